package dev.mcpsession.httpserver;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.McpHeaders;
import dev.mcpsession.http.SessionHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Adds sessions and event streams to the handler that answers an application's JSON-RPC.
///
/// The application receives the forwarded requests, with the caller and its session in [Caller]. It must answer before it returns. If it
/// throws, the client gets 500, or a closed connection if the answer has already begun. A client that takes longer than the write timeout
/// to accept a piece of any answer loses its connection.
///
/// An answer without a length (`sendResponseHeaders(status, 0)`) closes its connection: if the client left before the last chunk, the JDK's
/// server would otherwise count that connection until the server stops. Pass the length where it is known. A `Vary` header that the
/// application sets is merged with the fields that were there before.
///
/// A client that closes its connection cancels nothing, because a server notices only when it writes. The application keeps running, and
/// gets an [IOException] when it writes and flushes. `notifications/cancelled` reaches it like any other POST of the session, also while
/// the call is still running. An application that answers by [ExchangeAnswer] gets heartbeats and cancellations.
///
/// This is not a [com.sun.net.httpserver.Filter]: filters run before the context's [com.sun.net.httpserver.Authenticator], and would create
/// sessions and open streams for callers that are about to get a 401. Exchange attributes are not used, because on this JDK all exchanges
/// of a context share them.
///
/// Thread-safe. Needs no closing. Each open stream occupies a thread, so the server needs an executor of virtual threads. The system
/// property `sun.net.httpserver.maxReqTime` must limit how long a client may take to send what the application reads. [McpHttpServer] sets
/// both.
///
/// Servers of other providers work too; robaho's needs no setup. Jetty's (`jetty-http-spi` 12.1) never listens once an executor is set.
/// Give its provider a running `org.eclipse.jetty.server.Server` instead. That server needs an idle timeout longer than the heartbeat, a
/// `VirtualThreadPool` of more than the default 200 tasks, since each open stream is one, and a header cache of size 0, since the default
/// takes 100 kB for each connection.
public final class SessionHttpHandler implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(SessionHttpHandler.class.getName());

    private final HttpHandler application;
    private final SessionHandler sessions;
    private final Watchdog watchdog;

    /// Wraps an application's handler, with a write timeout of 10 s.
    ///
    /// @param application answers the requests that are forwarded
    /// @param sessions    decides on each request; is not closed with this handler
    public SessionHttpHandler(HttpHandler application, SessionHandler sessions) {
        this(application, sessions, Watchdog.DEFAULT_WRITE_TIMEOUT);
    }

    /// Wraps an application's handler.
    ///
    /// @param application  answers the requests that are forwarded
    /// @param sessions     decides on each request; is not closed with this handler
    /// @param writeTimeout how long a client may take to accept a piece of its answer
    /// @throws IllegalArgumentException if the timeout is not positive, or longer than a day
    public SessionHttpHandler(HttpHandler application, SessionHandler sessions, Duration writeTimeout) {
        this(application, sessions, new Watchdog(writeTimeout));
    }

    SessionHttpHandler(HttpHandler application, SessionHandler sessions, Watchdog watchdog) {
        this.application = Objects.requireNonNull(application, "application");
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.watchdog = watchdog;
    }

    /// Decides on a request, and performs the decision.
    ///
    /// @param exchange the exchange, which is closed
    /// @throws IOException if the client went away, or the answer did not reach its end; the server then closes the connection
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        EntryFilter.passed();
        if (sessions.isWithdrawn()) ResponseHeaders.closeConnection(exchange.getResponseHeaders()); // no router is to use it again
        answer(exchange, new ExchangeRequest(exchange));
    }

    /// Answers a preflight for another path like one for the endpoint.
    private void answerPreflight(HttpExchange exchange) throws IOException {
        answer(exchange, new ExchangeRequest(exchange).at(sessions.path()));
    }

    private void answer(HttpExchange exchange, ExchangeRequest request) throws IOException {
        try (var response = new WatchedResponse(exchange, watchdog)) {
            if (response.refusesUnclear()) return;
            var decision = decide(request);
            if (decision.isEmpty()) {
                response.fail(Map.of(), Optional.empty());
                return;
            }
            switch (decision.get()) { // here, because each frame beneath a stream takes heap for as long as the stream is open
                case Decision.Reply reply -> response.send(reply);
                case Decision.Forward forward -> forward(forward, exchange, response);
                case Decision.Stream(var headers, var stream) -> {
                    try (stream) {
                        stream.writeTo(response.stream(headers));
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            throw WatchedResponse.failed(exchange, e);
        }
    }

    private Optional<Decision> decide(ExchangeRequest request) {
        try {
            return Optional.of(sessions.decide(request));
        } catch (IOException e) {
            LOG.log(DEBUG, () -> "client went away, stalled, or sent nonsense while its request was read", e);
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, () -> "request could not be decided on; sending 500", e);
            return Optional.empty();
        }
    }

    private void forward(Decision.Forward forward, HttpExchange exchange, WatchedResponse response) throws IOException {
        var status = 500;
        try {
            response.set(forward.headers());
            forward.body().ifPresent(body -> exchange.setStreams(new ByteArrayInputStream(body), null));
            status = response.from(within(forward), withoutSession(forward.headers()), forward.requestId());
        } finally {
            forward.completed(status);
        }
    }

    private HttpHandler within(Decision.Forward forward) {
        return exchange -> Caller.call(forward.caller(), forward.session(), () -> {
            application.handle(exchange);
            return null;
        });
    }

    private static Map<String, String> withoutSession(Map<String, String> headers) {
        if (!headers.containsKey(McpHeaders.SESSION_ID)) return headers;
        var others = new HashMap<>(headers);
        others.remove(McpHeaders.SESSION_ID);
        return others;
    }

    /// Returns a filter for this handler's context. If the context has an [com.sun.net.httpserver.Authenticator], add this filter before
    /// all others. Before the authenticator checks a caller, the filter
    ///
    /// - refuses requests for another path, with a `Host` or an `Origin` that is not allowed, or with a length that is not a number;
    /// - answers browsers' preflight requests, which carry no credentials, and sets the CORS headers with which scripts of allowed origins
    ///   can read the authenticator's refusal;
    /// - closes the connection after a chunked request. Otherwise requests could be smuggled past a proxy: the JDK's server takes a
    ///   chunk of size `100000000` for the end of the body, and answers what follows as another request.
    ///
    /// An authenticator that takes longer than 30 s is interrupted. Jetty's filters come after its authenticator.
    ///
    /// @return the filter
    public Filter filter() {
        return new EntryFilter(this, sessions);
    }

    /// Returns a filter for the context of another handler, such as one for OAuth metadata. With it, scripts of the origins that the
    /// endpoint allows can read the answers, and their preflight requests are answered as the endpoint answers them. The filter refuses
    /// nothing else.
    ///
    /// @return the filter
    public Filter crossOriginFilter() {
        return new CrossOriginFilter(this::answerPreflight, sessions);
    }
}
