package dev.mcpsession.reference;

import dev.mcpsession.Handles;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.dialog.RequestState;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// The server: a backend, its sessions, the application, and HTTP around them.
///
/// What is for the [Operator] is reachable from this machine only: if the server listens elsewhere, a second server on loopback has it.
final class ReferenceServer implements AutoCloseable {

    static final String MCP = "/mcp";
    static final String LIVE = "/live";
    static final String READY = "/ready";

    private static final Set<String> PUBLIC = Set.of(MCP, LIVE, READY);

    private final Options options;
    private final Backend backend;
    private final ClientRequests requests;
    private final McpHttpServer server;
    private final McpHttpServer local;

    private ReferenceServer(Options options, Backend backend, ClientRequests requests, McpHttpServer server, McpHttpServer local) {
        this.options = options;
        this.backend = backend;
        this.requests = requests;
        this.server = server;
        this.local = local;
    }

    /// Starts a server.
    ///
    /// @param options the server's options
    /// @param backend the sessions and events; closed with the server
    /// @throws IOException if the server cannot listen; the backend stays open
    static ReferenceServer start(Options options, Backend backend) throws IOException {
        var requests = ClientRequests.builder(backend.broadcaster()).build();
        var sessions = SessionHandler.builder(backend.store())
                .broadcaster(backend.broadcaster())
                .path(MCP)
                .hostPolicy(options.allowed())
                .revisions(options.revisions().toArray(ProtocolVersion[]::new))
                .applicationStreams(false)
                .listChanges(Event.toolsChanged())
                .topic(Topic.RESOURCES, (_, uri) -> uri.equals(Board.URI))
                .onDrain(requests::drain)
                .build();
        try {
            return start(options, backend, requests, sessions);
        } catch (IOException | RuntimeException e) {
            sessions.close();
            requests.close();
            throw e;
        }
    }

    private static ReferenceServer start(Options options, Backend backend, ClientRequests requests, SessionHandler sessions)
            throws IOException {
        var address = address(options);
        var application = new McpApplication(methods(options, backend, requests, new Toolbox()), requests);
        var operator = new Operator(sessions, backend, requests, options.events());
        var mcp = McpHttpServer.builder(sessions).address(address).endpoint(application)
                .handler(LIVE, new Probe(() -> true))
                .handler(READY, new Probe(sessions::isReady));
        if (address.getAddress().isLoopbackAddress()) {
            operator.handlers().forEach(mcp::handler);
            var server = mcp.start();
            return new ReferenceServer(options, backend, requests, server, server);
        }
        var local = McpHttpServer.builder(sessions).endpoint(application)
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.operatorPort()));
        operator.handlers().forEach(local::handler);
        var server = mcp.start();
        try {
            return new ReferenceServer(options, backend, requests, server, local.start());
        } catch (IOException | RuntimeException e) {
            server.close(Duration.ZERO);
            throw e;
        }
    }

    /// Returns all methods that clients can call. The tools are added to the toolbox.
    static Methods methods(Options options, Backend backend, ClientRequests requests, Toolbox toolbox) {
        var board = new Board(backend);
        SampleTools.addTo(toolbox, backend, board);
        NoteTools.addTo(toolbox, new Handles(backend.store("notes", options.sessions()), "notes_"));
        new AskingTools(new Dialog(requests, states(options, backend))).addTo(toolbox);
        var methods = new Methods(options.revisions());
        toolbox.addTo(methods);
        board.addTo(methods);
        return methods;
    }

    /// A confirmation counts once, whichever replica receives it.
    private static RequestState states(Options options, Backend backend) {
        return RequestState.builder(options.stateKeys())
                .singleUse(new Handles(backend.store("states", SessionPolicy.DEFAULT), "state_")).build();
    }

    private static InetSocketAddress address(Options options) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(options.host()), options.port());
    }

    Backend backend() {
        return backend;
    }

    /// Returns the URI of one of the server's paths.
    URI uri(String path) {
        return (PUBLIC.contains(path) ? server : local).uri(path);
    }

    /// Serves for the time of notice, ends the streams, with a hint when to reconnect, then stops the server and closes the backend.
    @Override
    public void close() {
        try (backend; requests; var closing = Executors.newVirtualThreadPerTaskExecutor()) {
            Stream.of(server, local).distinct().forEach(each -> closing.submit(() -> each.close(options.notice(), options.grace())));
        }
    }
}
