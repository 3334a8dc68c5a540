package dev.mcpsession.reference.conformance;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.memory.MemoryBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.stream.Stream;

/// A server with the tools, prompts and resources that the official suite asks for: a stateless application, and this library
/// before it.
final class ConformanceServer implements AutoCloseable {

    private final Backend backend = new MemoryBackend().open(Backend.MEMORY, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT);
    private final SessionHandler sessions = SessionHandler.builder(backend.store()).broadcaster(backend.broadcaster()).build();
    private final McpHttpServer server;

    /// Serves on a free port.
    ConformanceServer() throws IOException {
        server = McpHttpServer.builder(sessions)
                .address(new InetSocketAddress("127.0.0.1", 0))
                .endpoint(application())
                .start();
    }

    private Application application() {
        var seal = new Seal();
        var dialogs = new DialogTools(seal);
        var tools = Stream.concat(new ContentTools(backend.broadcaster(), seal).all().stream(), dialogs.all().stream()).toList();
        var resources = new Resources(new ResourceSubscriptions(backend.store(), backend.broadcaster()));
        return new Application(new Methods(tools, new Prompts(dialogs), resources, backend.store()), seal);
    }

    URI uri() {
        return server.uri(sessions.path());
    }

    @Override
    public void close() {
        try (backend) {
            server.close();
        }
    }
}
