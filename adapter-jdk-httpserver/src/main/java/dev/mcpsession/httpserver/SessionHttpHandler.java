package dev.mcpsession.httpserver;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.EventStream;
import dev.mcpsession.http.McpHeaders;
import dev.mcpsession.http.SessionHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Puts sessions and event streams before the handler that answers an application's JSON-RPC.
///
/// The application is called for those requests that are its own, with the caller and its session in [Caller], and has to
/// answer before it returns. If it throws, the client gets 500. A client that takes longer than the
/// write timeout to accept a piece of an answer, of an event stream or of the application, loses its connection.
///
/// If the application does not give the length of an answer (`sendResponseHeaders(status, 0)`), the connection is closed after it: if
/// the client left before the last chunk, the JDK's server would otherwise count that connection until it stops. Give the length
/// where it is known. `Vary` keeps `Origin` if the application sets it.
///
/// A client that closes its connection cancels nothing: no server of this interface notices before something is written. The
/// application runs on, and gets an [IOException] when it writes and flushes. `notifications/cancelled` reaches it as any other POST does,
/// within the same session, while the call is still being answered.
///
/// It wraps a handler and is no [com.sun.net.httpserver.Filter]: filters run before the context's
/// [com.sun.net.httpserver.Authenticator], and would mint and stream for callers who are about to get a 401. It puts nothing
/// into the exchange's attributes, which on this JDK are shared by all exchanges of a context.
///
/// Safe for use by many threads, and not to be closed. The server needs an executor that can spare a thread for each open
/// stream, so one of virtual threads, and a bound on how long a client may take to send what the application reads, which is
/// the system property `sun.net.httpserver.maxReqTime`. [McpHttpServer] has both.
///
/// Servers of other providers do as well, robaho's as they are. Jetty's (`jetty-http-spi` 12.1) never listens once it is given an
/// executor: lend its provider an `org.eclipse.jetty.server.Server` that runs, with a `VirtualThreadPool` for more tasks than
/// its 200, since each open stream is one, and with an idle timeout longer than the heartbeat.
public final class SessionHttpHandler implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(SessionHttpHandler.class.getName());

    private final HttpHandler application;
    private final SessionHandler sessions;
    private final Watchdog watchdog;

    /// Wraps an application's handler, with a write timeout of 10 s.
    ///
    /// @param application answers the requests that are passed on
    /// @param sessions    decides; remains the caller's to close
    public SessionHttpHandler(HttpHandler application, SessionHandler sessions) {
        this(application, sessions, Watchdog.DEFAULT_WRITE_TIMEOUT);
    }

    /// Wraps an application's handler.
    ///
    /// @param application  answers the requests that are passed on
    /// @param sessions     decides; remains the caller's to close
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

    /// Decides, and does what was decided.
    ///
    /// @param exchange the exchange; is closed
    /// @throws IOException if the client went away, or could not be answered in order; the server then closes the connection
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        EntryFilter.passed();
        answer(exchange, new HttpRequest(exchange, watchdog));
    }

    /// Answers a preflight of another path as one of the endpoint's.
    void answerPreflight(HttpExchange exchange) throws IOException {
        answer(exchange, HttpRequest.at(sessions.path(), exchange, watchdog));
    }

    private void answer(HttpExchange exchange, HttpRequest request) throws IOException {
        HttpAnswer.give(exchange, watchdog, answer -> {
            var decision = decide(request);
            if (decision.isEmpty()) answer.fail(Map.of(), Optional.empty());
            else perform(decision.get(), exchange, answer);
        });
    }

    private Optional<Decision> decide(HttpRequest request) {
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

    private void perform(Decision decision, HttpExchange exchange, HttpAnswer answer) throws IOException {
        switch (decision) {
            case Decision.Reply(int status, var headers, byte[] body) -> answer.send(status, headers, body);
            case Decision.Forward forward -> forward(forward, exchange, answer);
            case Decision.Stream(var headers, var stream) -> stream(stream, headers, answer);
        }
    }

    private void forward(Decision.Forward forward, HttpExchange exchange, HttpAnswer answer) throws IOException {
        var status = 500;
        try {
            answer.set(forward.headers());
            forward.body().ifPresent(body -> exchange.setStreams(new ByteArrayInputStream(body), null));
            status = answer.from(within(forward), withoutSession(forward.headers()), forward.requestId());
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

    private static void stream(EventStream stream, Map<String, String> headers, HttpAnswer answer) throws IOException {
        try (stream) {
            stream.writeTo(answer.stream(headers));
        }
    }

    /// A filter for this handler's context, to be added before all others, if the context has an
    /// [com.sun.net.httpserver.Authenticator]. Before the authenticator is asked, it
    ///
    /// - refuses requests of another path, with a `Host` or an `Origin` that is not allowed, or with a length that is not a number;
    /// - answers browsers' preflight requests, which carry no credentials, and sets the headers by which scripts of allowed origins can
    ///   read the authenticator's refusal;
    /// - closes the connection after a chunked request. Otherwise requests could be smuggled past a proxy: the JDK's server takes a
    ///   chunk of size `100000000` for the end of the body, and answers what follows as another request.
    ///
    /// An authenticator that takes longer than 30 s is interrupted. Jetty's filters come after its authenticator.
    ///
    /// @return a filter to be added to the context
    public Filter filter() {
        return new EntryFilter(this, sessions);
    }

    /// A filter for the context of another handler, such as one for OAuth metadata: scripts of the origins that the endpoint allows
    /// can read its answers, and their preflight requests are answered as the endpoint answers them. Nothing else is guarded.
    ///
    /// @return a filter to be added to the other context
    public Filter crossOriginFilter() {
        return new CrossOriginFilter(this, sessions);
    }

    Watchdog watchdog() {
        return watchdog;
    }
}
