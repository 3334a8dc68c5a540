package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Handles;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.event.Topic;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// The server: a backend, its sessions, the application, and HTTP around them.
///
/// Publish, status and drain are for whoever runs the server. They have no authentication, so they are reachable from this machine
/// only: if the server listens elsewhere, there is a second one on loopback that has them.
final class ReferenceServer implements AutoCloseable {

    static final String MCP = "/mcp";
    static final String PUBLISH = "/publish";
    static final String STATUS = "/status";
    static final String DRAIN = "/drain";

    /// The server adds a second for answers that are on their way.
    private static final Duration GRACE = Duration.ofMillis(750);

    private final Backend backend;
    private final McpHttpServer server;
    private final McpHttpServer local;

    private ReferenceServer(Backend backend, McpHttpServer server, McpHttpServer local) {
        this.backend = backend;
        this.server = server;
        this.local = local;
    }

    /// Starts to serve.
    ///
    /// @param options how
    /// @param backend where sessions live and events come from; closed with the server
    /// @throws IOException if the server cannot listen; the backend stays open
    static ReferenceServer start(Options options, Backend backend) throws IOException {
        var sessions = SessionHandler.builder(backend.store())
                .broadcaster(backend.broadcaster())
                .path(MCP)
                .hostPolicy(options.allowed())
                .revisions(options.revisions().toArray(ProtocolVersion[]::new))
                .applicationStreams(false)
                .listChanges(SampleTools.LIST_CHANGED)
                .topic(Topic.RESOURCES, (_, uri) -> uri.equals(Board.URI))
                .build();
        var notes = new Handles(backend.store("notes", options.sessions()), "notes_");
        try {
            return start(options, backend, notes, sessions);
        } catch (IOException | RuntimeException e) {
            sessions.close();
            throw e;
        }
    }

    private static ReferenceServer start(Options options, Backend backend, Handles notes, SessionHandler sessions) throws IOException {
        var address = address(options);
        var board = new Board(backend);
        var toolbox = SampleTools.toolbox(backend, notes, board, InstantSource.system());
        var application = new McpApplication(new Methods(options.revisions(), toolbox, board));
        var beside = Map.<String, HttpHandler>of(
                PUBLISH, new GuardedEndpoint("POST", true, sessions,
                        new PublishEndpoint(backend.broadcaster(), options.events())),
                STATUS, new GuardedEndpoint("GET", false, sessions, new StatusEndpoint(sessions, backend)),
                DRAIN, new GuardedEndpoint("POST", false, sessions, new DrainEndpoint(sessions)));
        var mcp = McpHttpServer.builder(sessions).address(address).endpoint(application);
        if (address.getAddress().isLoopbackAddress()) {
            beside.forEach(mcp::handler);
            var server = mcp.start();
            return new ReferenceServer(backend, server, server);
        }
        var local = McpHttpServer.builder(sessions).endpoint(application)
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        beside.forEach(local::handler);
        var server = mcp.start();
        try {
            return new ReferenceServer(backend, server, local.start());
        } catch (IOException | RuntimeException e) {
            server.close(Duration.ZERO);
            throw e;
        }
    }

    private static InetSocketAddress address(Options options) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(options.host()), options.port());
    }

    /// Where the server answers.
    ///
    /// @param path one of its paths
    URI uri(String path) {
        return (path.equals(MCP) ? server : local).uri(path);
    }

    /// Streams end first, with a hint when to come back; then the server stops; then the backend closes.
    @Override
    public void close() {
        try (backend; var closing = Executors.newVirtualThreadPerTaskExecutor()) {
            Stream.of(server, local).distinct().forEach(each -> closing.submit(() -> each.close(GRACE)));
        }
    }
}
