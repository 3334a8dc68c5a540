package dev.mcpsession.reference;

import static java.lang.System.Logger.Level.INFO;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.McpSessionException;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.Request;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.ExchangeRequest;
import dev.mcpsession.httpserver.ExchangeResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// An operator's endpoint, guarded like the MCP endpoint. Any web page can have a browser send a POST to loopback. But it cannot hide its
/// origin, and without a preflight request it cannot send a content type other than a form's. Every use that changes something is logged.
///
/// @param path     the path, as it is shown in the log
/// @param sessions the MCP endpoint, whose rules about `Host` and `Origin` apply here too
/// @param methods  answers requests that pass the guard, by method
record GuardedEndpoint(String path, SessionHandler sessions, SortedMap<String, Endpoint> methods) implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(GuardedEndpoint.class.getName());
    private static final int SHOWN = 200;

    /// Answers requests that passed the guard.
    @FunctionalInterface
    interface Endpoint {

        /// {@return the answer}
        /// @throws IllegalArgumentException if a parameter is wrong; its message becomes the answer 400
        Decision.Reply answer(Use use) throws IOException;

        /// {@return whether a request has a body, which must then be JSON}
        default boolean takesJson() {
            return false;
        }
    }

    /// One use of an endpoint.
    ///
    /// @param request    the request
    /// @param parameters those of the query, decoded
    record Use(Request request, Map<String, String> parameters) {

        Optional<String> parameter(String name) {
            return Optional.ofNullable(parameters.get(name));
        }

        /// {@return a whole number from 1 to a maximum}
        int number(String name, int otherwise, int max) {
            var text = parameters.getOrDefault(name, Integer.toString(otherwise));
            var number = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
            if (number < 1 || number > max) throw new IllegalArgumentException(name + " must be a number from 1 to " + max);
            return number;
        }

        /// {@return the last segment of the path}
        String lastSegment() {
            return request.path().substring(request.path().lastIndexOf('/') + 1);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var request = new ExchangeRequest(exchange);
        var reply = answer(request, exchange.getRequestURI().getRawQuery());
        ExchangeResponse.send(exchange, reply);
        if (!request.method().equals("GET") && reply.status() != 403) log(request.method(), reply);
    }

    private void log(String method, Decision.Reply reply) {
        var answer = new String(reply.body(), UTF_8);
        LOG.log(INFO, () -> "operator: " + method + " " + path + " answered " + reply.status() + " "
                + answer.substring(0, Math.min(SHOWN, answer.length())));
    }

    private Decision.Reply answer(ExchangeRequest request, String query) throws IOException {
        var refused = sessions.refuseEarly(request.at(sessions.path()));
        if (refused.isPresent()) return refused.get();
        var endpoint = methods.get(request.method());
        if (endpoint == null) return Replies.methodNotAllowed(String.join(", ", methods.keySet()));
        if (endpoint.takesJson() && !request.hasJson()) return Replies.error(415, "Content-Type must be application/json");
        try {
            return endpoint.answer(new Use(request, parameters(query)));
        } catch (IllegalArgumentException e) {
            return Replies.error(400, e.getMessage());
        } catch (McpSessionException e) {
            return Replies.unavailable(e.getMessage());
        }
    }

    private static Map<String, String> parameters(String query) {
        var parameters = new HashMap<String, String>();
        if (query == null || query.isEmpty()) return parameters;
        for (var parameter : query.split("&")) {
            var parts = parameter.split("=", 2);
            if (parts.length == 1) throw new IllegalArgumentException("a parameter must have a value");
            var twice = parameters.put(URLDecoder.decode(parts[0], UTF_8), URLDecoder.decode(parts[1], UTF_8));
            if (twice != null) throw new IllegalArgumentException("a parameter must be there once");
        }
        return parameters;
    }
}
