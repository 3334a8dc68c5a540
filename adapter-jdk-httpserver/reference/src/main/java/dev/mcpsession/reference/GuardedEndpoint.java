package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.Request;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.ExchangeRequest;
import dev.mcpsession.httpserver.ExchangeResponse;
import java.io.IOException;

/// An operator's endpoint, guarded like the MCP endpoint. Any web page can have a browser send a POST to loopback. But it cannot hide its
/// origin, and without a preflight request it cannot send a content type other than a form's.
///
/// @param method   the only method that is answered
/// @param body     whether a request has a body, which must then be JSON
/// @param sessions the MCP endpoint, whose rules about `Host` and `Origin` apply here too
/// @param endpoint answers requests that pass the guard
record GuardedEndpoint(String method, boolean body, SessionHandler sessions, Endpoint endpoint) implements HttpHandler {

    /// Answers requests that passed the guard.
    @FunctionalInterface
    interface Endpoint {
        Decision.Reply answer(Request request) throws IOException;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        ExchangeResponse.send(exchange, answer(new ExchangeRequest(exchange)));
    }

    private Decision.Reply answer(ExchangeRequest request) throws IOException {
        var refused = sessions.refuseEarly(request.at(sessions.path()));
        if (refused.isPresent()) return refused.get();
        if (!request.method().equals(method)) return Replies.methodNotAllowed(method);
        if (body && !request.hasJson()) return Replies.error(415, "Content-Type must be application/json");
        try {
            return endpoint.answer(request);
        } catch (SessionStoreException e) {
            return Replies.unavailable(e.getMessage());
        }
    }
}
