package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// Calls a handler for exactly one path: contexts match by prefix, so that `/health` also gets `/healthy`, `/health/../x` and
/// `///health`.
record ExactPath(String path, HttpHandler handler, Watchdog watchdog) implements HttpHandler {

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HttpAnswer.give(exchange, watchdog, answer -> {
            if (path.equals(RequestTarget.of(exchange.getRequestURI()).path())) answer.from(handler, Map.of(), Optional.empty());
            else answer.send(404, Map.of(), new byte[0]);
        });
    }
}
