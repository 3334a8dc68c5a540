package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.http.SessionHandler;
import java.io.IOException;

/// Goes before a context's authenticator for browsers of allowed origins: answers their preflight requests, which carry no
/// credentials, and lets their scripts read it when the authenticator refuses them.
///
/// Nothing else passes it by: of an `OPTIONS` request nothing becomes but the endpoint's own reply.
final class BrowserFilter extends Filter {

    private final SessionHttpHandler endpoint;
    private final SessionHandler sessions;

    BrowserFilter(SessionHttpHandler endpoint, SessionHandler sessions) {
        this.endpoint = endpoint;
        this.sessions = sessions;
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        if (exchange.getRequestMethod().equals("OPTIONS")) {
            endpoint.handle(exchange);
            return;
        }
        sessions.corsHeaders(new HttpRequest(exchange, endpoint.watchdog())).forEach(exchange.getResponseHeaders()::set);
        chain.doFilter(exchange);
    }

    @Override
    public String description() {
        return "answers browsers before they are authenticated";
    }
}
