package dev.mcpsession.httpserver;

import static java.lang.System.Logger.Level.ERROR;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.http.SessionHandler;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// Runs before the authenticator of the endpoint's context: refuses requests for another path, host or origin, answers browsers'
/// preflights, which carry no credentials, and closes the connection after a chunked request, whichever part answers it.
///
/// The authenticator is watched until the endpoint takes over, because it writes to the client too.
final class EntryFilter extends Filter {

    private static final System.Logger LOG = System.getLogger(EntryFilter.class.getName());
    private static final Watchdog WATCHDOG = new Watchdog(Duration.ofSeconds(30));
    private static final ScopedValue<Watchdog.Watch> ENTRY = ScopedValue.newInstance();

    private final HttpHandler endpoint;
    private final SessionHandler sessions;

    EntryFilter(HttpHandler endpoint, SessionHandler sessions) {
        this.endpoint = endpoint;
        this.sessions = sessions;
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        if (RequestBody.isChunked(exchange)) ResponseHeaders.closeConnection(exchange.getResponseHeaders());
        var request = new ExchangeRequest(exchange);
        if (request.method().equals("OPTIONS") || RequestBody.isUnclear(exchange) || sessions.refuseEarly(request).isPresent()) {
            endpoint.handle(exchange);
            return;
        }
        ResponseHeaders.set(exchange.getResponseHeaders(), sessions.corsHeaders(request));
        try (var watch = WATCHDOG.watch()) {
            ScopedValue.where(ENTRY, watch).call(() -> entered(exchange, chain, watch));
        } catch (Error e) {
            LOG.log(ERROR, () -> exchange.getHttpContext().getPath() + ": authenticator failed; closing the connection", e);
            throw new IOException("authenticator failed", e); // after an Error, the JDK's server counts the connection until it stops
        }
    }

    private static Void entered(HttpExchange exchange, Chain chain, Watchdog.Watch watch) throws IOException {
        watch.run(() -> chain.doFilter(exchange));
        return null;
    }

    /// Ends the watch on the authenticator, when the endpoint takes over.
    ///
    /// @throws SocketTimeoutException if this thread has been interrupted because the authenticator took too long
    static void passed() throws SocketTimeoutException {
        if (ENTRY.isBound()) ENTRY.get().leaveAndClose();
    }

    @Override
    public String description() {
        return "refuses foreign requests, and answers preflights, before callers are authenticated";
    }
}
