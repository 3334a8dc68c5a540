package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.InetSocketAddress;

final class Example implements AutoCloseable {

    private final SessionStore store = new InMemorySessionStore(SessionPolicy.DEFAULT);
    private final Broadcaster events = new StripedBroadcaster();
    private final SessionHandler sessions = SessionHandler.builder(store)
            .broadcaster(events)
            .revisions(ProtocolVersion.V2025_11_25, ProtocolVersion.V2025_06_18, ProtocolVersion.V2025_03_26) // your handler's
            .build();
    final McpHttpServer server;

    Example(HttpHandler yourHandler, int port) throws IOException {
        server = McpHttpServer.builder(sessions)
                .address(new InetSocketAddress("127.0.0.1", port))
                .endpoint(yourHandler) // the session is Caller.current().session()
                .start();
    }

    void toolsChanged() {
        events.publish(Event.toolsChanged()); // to every open stream
    }

    @Override
    public void close() {
        server.close(); // streams end first, then the server
        events.close();
        store.close();
    }
}
