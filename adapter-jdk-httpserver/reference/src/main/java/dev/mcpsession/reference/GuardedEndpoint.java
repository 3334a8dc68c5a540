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

/// An operator's endpoint, guarded as the MCP endpoint is. Any web page can make a browser send a POST to loopback, but it cannot hide
/// its origin, nor name a type other than a form's without a preflight request.
///
/// @param method   the only method that is answered
/// @param body     whether a request has a body, which then has to be JSON
/// @param sessions the MCP endpoint, whose rules about `Host` and `Origin` apply here too
/// @param endpoint gives the answer
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
