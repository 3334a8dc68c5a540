package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.MetricsText;
import dev.mcpsession.json.Json;
import dev.mcpsession.reference.GuardedEndpoint.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What an operator can see and do, by path. None of it authenticates anybody, so it must be reachable from this machine only.
final class Operator {

    static final String PAGE = "/";
    static final String PUBLISH = "/publish";
    static final String STATUS = "/status";
    static final String METRICS = "/metrics";
    static final String SESSIONS = "/sessions";
    static final String SESSION = "/sessions/*";
    static final String STREAMS = "/streams";
    static final String DRAIN = "/drain";

    private final SessionHandler sessions;
    private final Map<String, HttpHandler> handlers = new LinkedHashMap<>();

    Operator(SessionHandler sessions, Backend backend, ClientRequests requests, BroadcasterOptions events) {
        this.sessions = sessions;
        var known = new Known(sessions, backend.store());
        var list = new SessionsEndpoint(sessions, backend.store(), known);
        var metrics = new MetricsText(sessions, requests);
        add(PAGE, Map.of("GET", new PageEndpoint()));
        add(STATUS, Map.of("GET", new StatusEndpoint(sessions, requests)));
        add(METRICS, Map.of("GET", _ -> text(metrics.text())));
        add(STREAMS, Map.of("GET", new StreamsEndpoint(sessions)));
        add(SESSIONS, Map.of("GET", list::list, "DELETE", list::logOut));
        add(SESSION, Map.of("DELETE", list::end));
        add(PUBLISH, Map.of("POST", new PublishEndpoint(backend.broadcaster(), events)));
        add(DRAIN, Map.of("POST", _ -> Replies.json(202, Json.obj().with("draining", sessions.drain()))));
    }

    private void add(String path, Map<String, Endpoint> methods) {
        handlers.put(path, new GuardedEndpoint(path, sessions, new TreeMap<>(methods)));
    }

    private static Decision.Reply text(String metrics) {
        return new Decision.Reply(200, Map.of("Content-Type", MetricsText.CONTENT_TYPE), metrics.getBytes(StandardCharsets.UTF_8));
    }

    Map<String, HttpHandler> handlers() {
        return handlers;
    }
}
