package dev.mcpsession.reference;

import dev.mcpsession.backend.Backend;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.dialog.KeyRing;
import dev.mcpsession.dialog.RequestState;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;

/// The reference server's application with the tools, prompts and resources that the official conformance suite requires.
public final class ConformanceServer implements AutoCloseable {

    private static final Json.Obj LIST_CHANGED = Json.obj().with("listChanged", true);
    private static final Json.Obj COMPLETION = (Json.Obj) Json.parse("""
            {"completion": {"values": ["test"], "total": 1, "hasMore": false}}""");

    private final Backend backend;
    private final ClientRequests requests;
    private final SessionHandler sessions;
    private final RequestState states;
    private final McpHttpServer server;

    /// Serves on a free port.
    ///
    /// @param backend the sessions and events; closed with the server
    /// @param keys    seal states; the same for all replicas
    public ConformanceServer(Backend backend, KeyRing keys) throws IOException {
        this.backend = backend;
        requests = ClientRequests.builder(backend.broadcaster()).build();
        sessions = SessionHandler.builder(backend.store()).broadcaster(backend.broadcaster()).onDrain(requests::drain).build();
        states = RequestState.builder(keys).build();
        server = McpHttpServer.builder(sessions)
                .address(new InetSocketAddress("127.0.0.1", 0))
                .endpoint(application())
                .start();
    }

    private StreamingApplication application() {
        var dialogs = new DialogTools(new Dialog(requests, states));
        var toolbox = new Toolbox();
        var methods = ReferenceServer.methods(Options.DEFAULT, backend, requests, toolbox);
        new ContentTools(backend.broadcaster()).all().forEach(toolbox::add);
        dialogs.all().forEach(toolbox::add);
        new Prompts(dialogs).addTo(methods);
        new Resources(new ResourceSubscriptions(backend.store(), backend.broadcaster())).addTo(methods);
        methods.declare("prompts", LIST_CHANGED);
        methods.declare("resources", LIST_CHANGED.with("subscribe", true));
        methods.declare("logging", Json.obj());
        methods.declare("completions", Json.obj());
        methods.addInSession("logging/setLevel", call -> Notifications.setLevel(call, backend.store()));
        methods.add("completion/complete", _ -> COMPLETION);
        return new StreamingApplication(new McpApplication(methods, requests), states);
    }

    public URI uri() {
        return server.uri();
    }

    @Override
    public void close() {
        try (backend; requests) {
            server.close();
        }
    }
}
