package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Map;

/// Calls a handler for one path alone: contexts match by prefix, so that `/health` also gets `/healthy` and `/health/../x`.
record ExactPath(String path, HttpHandler handler, Watchdog watchdog) implements HttpHandler {

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HttpAnswer.give(exchange, watchdog, answer -> {
            if (path.equals(exchange.getRequestURI().getRawPath())) answer(answer);
            else answer.send(404, Map.of(), new byte[0]);
        });
    }

    private void answer(HttpAnswer answer) throws IOException {
        answer.set(Map.of()); // what every answer has, whoever gives it
        answer.from(handler, Map.of());
    }
}
