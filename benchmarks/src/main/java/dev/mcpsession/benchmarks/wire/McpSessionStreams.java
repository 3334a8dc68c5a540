package dev.mcpsession.benchmarks.wire;

import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.SessionHttpHandler;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.time.Duration;

/// This library, as an application uses it.
public final class McpSessionStreams implements StreamServer {

    /// With a heartbeat longer than any measurement.
    static final BroadcasterOptions OPTIONS = BroadcasterOptions.builder().heartbeat(Duration.ofHours(1)).build();

    private final StripedBroadcaster broadcaster = new StripedBroadcaster(OPTIONS);
    private final SessionHandler sessions =
            SessionHandler.builder(new InMemorySessionStore(SessionPolicy.DEFAULT)).broadcaster(broadcaster).build();
    private final int port;
    private final Runnable stop;

    private McpSessionStreams(Start start) throws IOException {
        var server = start.start(sessions);
        port = server.port;
        stop = server.stop;
    }

    private record Running(int port, Runnable stop) {}

    private interface Start {

        Running start(SessionHandler sessions) throws IOException;
    }

    /// Starts on the JDK's server.
    ///
    /// @param application answers forwarded requests
    /// @return a server that listens
    /// @throws IOException if it cannot
    public static McpSessionStreams onJdk(HttpHandler application) throws IOException {
        return new McpSessionStreams(sessions -> {
            var server = Servers.mcpSession(sessions, application);
            return new Running(server.address().getPort(), server::close);
        });
    }

    /// Starts on robaho's server.
    ///
    /// @param application answers forwarded requests
    /// @return a server that listens
    /// @throws IOException if it cannot
    public static McpSessionStreams onRobaho(HttpHandler application) throws IOException {
        return on(Servers::robaho, application);
    }

    /// Starts on Jetty.
    ///
    /// @param application answers forwarded requests
    /// @return a server that listens
    /// @throws IOException if it cannot
    public static McpSessionStreams onJetty(HttpHandler application) throws IOException {
        return on(Servers::jetty, application);
    }

    private interface Plain {

        Servers.Plain start(String path, HttpHandler handler) throws IOException;
    }

    private static McpSessionStreams on(Plain plain, HttpHandler application) throws IOException {
        return new McpSessionStreams(sessions -> {
            var server = plain.start(PATH, new SessionHttpHandler(application, sessions));
            return new Running(server.port(), server::close);
        });
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void publish(StreamEvent event) {
        broadcaster.publish(event.event());
    }

    @Override
    public int streams() {
        return sessions.stats().streams().open();
    }

    @Override
    public long lost() {
        return sessions.stats().streams().lagged();
    }

    @Override
    public void close() {
        sessions.close();
        stop.run();
        broadcaster.close();
    }
}
