package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.http.SessionHandler;
import java.io.IOException;

/// Adds the MCP endpoint's CORS headers to the answers of a handler beside it, and answers preflights as the endpoint does.
final class CrossOriginFilter extends Filter {

    private final SessionHttpHandler endpoint;
    private final SessionHandler sessions;

    CrossOriginFilter(SessionHttpHandler endpoint, SessionHandler sessions) {
        this.endpoint = endpoint;
        this.sessions = sessions;
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        var request = new HttpRequest(exchange, endpoint.watchdog());
        if (isPreflight(request)) {
            endpoint.answerPreflight(exchange);
            return;
        }
        sessions.corsHeaders(request).forEach(exchange.getResponseHeaders()::set);
        chain.doFilter(exchange);
    }

    private static boolean isPreflight(HttpRequest request) {
        return request.method().equals("OPTIONS") && !request.headers("Access-Control-Request-Method").isEmpty();
    }

    @Override
    public String description() {
        return "lets scripts of allowed origins read the answers";
    }
}
