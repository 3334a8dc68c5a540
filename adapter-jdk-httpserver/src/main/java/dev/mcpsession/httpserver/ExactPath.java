package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.http.Decision;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// Calls a handler for exactly one path, or for each path with one more segment if it ends with `/*`. Contexts match by prefix, so that of
/// `/health` also gets `/healthy`, `/health/../x` and `///health`.
record ExactPath(String path, HttpHandler handler, Watchdog watchdog) implements HttpHandler {

    private static final Decision.Reply NOT_FOUND = new Decision.Reply(404, Map.of(), new byte[0]);

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (var response = new WatchedResponse(exchange, watchdog)) {
            if (response.refusesUnclear()) return;
            if (matches(new ExchangeRequest(exchange).path())) response.from(handler, Map.of(), Optional.empty());
            else response.send(NOT_FOUND);
        } catch (RuntimeException | Error e) {
            throw WatchedResponse.failed(exchange, e);
        }
    }

    /// {@return the path of the context that gets all requests for these paths}
    static String context(String path) {
        return path.endsWith("/*") ? path.substring(0, path.length() - 1) : path;
    }

    private boolean matches(String requested) {
        var prefix = context(path);
        if (prefix.equals(path)) return path.equals(requested);
        return requested.startsWith(prefix) && requested.length() > prefix.length() && requested.indexOf('/', prefix.length()) < 0;
    }
}
