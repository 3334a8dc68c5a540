package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.http.SessionHandler;
import java.io.IOException;

/// Adds the MCP endpoint's CORS headers to the answers of another handler, and passes its preflights to the endpoint.
final class CrossOriginFilter extends Filter {

    private final HttpHandler preflights;
    private final SessionHandler sessions;

    CrossOriginFilter(HttpHandler preflights, SessionHandler sessions) {
        this.preflights = preflights;
        this.sessions = sessions;
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        var request = new ExchangeRequest(exchange);
        if (isPreflight(request)) {
            preflights.handle(exchange);
            return;
        }
        ResponseHeaders.set(exchange.getResponseHeaders(), sessions.corsHeaders(request));
        chain.doFilter(exchange);
    }

    private static boolean isPreflight(ExchangeRequest request) {
        return request.method().equals("OPTIONS") && !request.headers("Access-Control-Request-Method").isEmpty();
    }

    @Override
    public String description() {
        return "lets scripts of allowed origins read the answers";
    }
}
