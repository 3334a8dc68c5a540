package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/// Answers a probe with 200 or 503. It has no guard, because a probe comes with the pod's address as its host.
///
/// @param isWell the answer; must not wait for anything
record Probe(BooleanSupplier isWell) implements HttpHandler {

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(isWell.getAsBoolean() ? 200 : 503, -1);
    }
}
