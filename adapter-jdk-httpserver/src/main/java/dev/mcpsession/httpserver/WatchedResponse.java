package dev.mcpsession.httpserver;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.http.Decision;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The answering side of an exchange. Every write is watched, there is exactly one answer, and the exchange is always closed.
///
/// If the answer does not reach its end, an [IOException] leaves the handler, so that the JDK's server drops the connection. If the
/// exchange were only closed, or an [Error] left the handler, the server would count the connection against its limit until the server
/// stops.
///
/// Used by one thread.
final class WatchedResponse implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(WatchedResponse.class.getName());
    private static final int CHUNKED = 0;
    private static final Headers NO_HEADERS = Headers.of();
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final HttpExchange exchange;
    private final Watchdog.Watch watch;
    private final HttpExchange watched;
    private final RequestBody request;
    private final WatchedOutput body;
    private final Headers headersBefore;
    private List<String> varyBefore = List.of(); // as the handler found it; a handler may replace it
    private boolean begun;

    /// Begins to answer an exchange. What leaves the block that answers it must be an [IOException]: see [#failed].
    ///
    /// @param watchdog watches the answer until it is closed
    WatchedResponse(HttpExchange exchange, Watchdog watchdog) {
        this(exchange, watchdog.watch());
    }

    private WatchedResponse(HttpExchange exchange, Watchdog.Watch watch) {
        this.exchange = exchange;
        this.watch = watch;
        watched = WatchedExchange.of(exchange, this::begin, watch);
        request = new RequestBody(exchange.getRequestBody());
        body = new WatchedOutput(exchange.getResponseBody(), watch);
        exchange.setStreams(request, body);
        var headers = exchange.getResponseHeaders();
        headersBefore = headers.isEmpty() ? NO_HEADERS : new Headers(headers);
    }

    /// {@return what must leave a handler instead of another failure, which is logged}
    static IOException failed(HttpExchange exchange, Throwable failure) {
        LOG.log(ERROR, () -> exchange.getHttpContext().getPath() + ": could not be answered; closing the connection", failure);
        return new IOException("could not be answered", failure);
    }

    /// Refuses a request whose end cannot be determined.
    ///
    /// @return whether it was refused
    boolean refusesUnclear() throws IOException {
        if (!RequestBody.isUnclear(exchange)) return false;
        ResponseHeaders.closeConnection(exchange.getResponseHeaders());
        send(new Decision.Reply(400, JSON, error(-32600, "Content-Length must be digits, and the protocol HTTP/1.1", Optional.empty())));
        return true;
    }

    private static byte[] error(int code, String message, Optional<Json> id) {
        return Json.obj().with("jsonrpc", "2.0").with("id", id.orElse(Json.NULL))
                .with("error", Json.obj().with("code", code).with("message", message)).toUtf8();
    }

    void set(Map<String, String> headers) {
        ResponseHeaders.set(exchange.getResponseHeaders(), headers);
    }

    void send(Decision.Reply reply) throws IOException {
        watch.run(() -> ExchangeResponse.send(watched, reply));
    }

    /// Sends the head once: Jetty would accept a second one, and take what follows for the rest of the body.
    ///
    /// The connection closes after a chunked request or answer. If the last chunk of an answer cannot be written, the JDK still considers
    /// the exchange ended, finds the connection gone when it waits for the next request, and counts it until the server stops.
    private void begin(int status, long length) throws IOException {
        if (begun) throw new IOException("headers must be sent once: " + status);
        var headers = exchange.getResponseHeaders();
        var answersInChunks = length == CHUNKED && !ExchangeResponse.isHead(exchange);
        if (answersInChunks || RequestBody.isChunked(exchange)) ResponseHeaders.closeConnection(headers);
        ResponseHeaders.addVary(headers, varyBefore);
        body.begin();
        watch.run(() -> exchange.sendResponseHeaders(status, length));
        begun = true;
    }

    /// Begins an event stream. It is chunked and so ends its connection, and a drained client returns on a new one. The rest of the request
    /// is read first: until then the JDK considers the request unfinished, and ends it when its time is up.
    OutputStream stream(Map<String, String> headers) throws IOException {
        set(headers);
        watch.run(() -> {
            RequestBody.drain(request);
            begin(200, CHUNKED);
        });
        return body;
    }

    /// Calls a handler, which must answer before it returns. If it throws, the client gets 500, or 400 if its request could not be read. If
    /// the answer has already begun, the connection is cut.
    ///
    /// @param headers headers of the answer if the handler fails
    /// @param id      of the JSON-RPC request, for the answer if the handler fails
    /// @return the status of the answer
    int from(HttpHandler handler, Map<String, String> headers, Optional<Json> id) throws IOException {
        varyBefore = ResponseHeaders.vary(exchange.getResponseHeaders());
        try {
            handler.handle(watched);
            if (begun) return exchange.getResponseCode();
            LOG.log(ERROR, () -> exchange.getHttpContext().getPath() + ": handler returned without an answer; sending 500");
        } catch (Throwable e) {
            LOG.log(levelOf(e), () -> exchange.getHttpContext().getPath() + ": handler failed", e);
            if (body.isEnded()) return exchange.getResponseCode(); // the connection may be serving another request
        }
        return fail(headers, id);
    }

    /// A client that leaves is not the handler's fault. Only the status shows whether an answer had begun: before that it is -1 with the
    /// JDK's server, and 0 with Jetty's.
    private System.Logger.Level levelOf(Throwable failure) {
        if (request.isBroken()) return DEBUG;
        if (!(failure instanceof IOException)) return ERROR;
        return exchange.getResponseCode() > 0 ? DEBUG : WARNING;
    }

    /// Sends 500, or 400 if the request could not be read. An answer that has already begun is cut, so that it does not look complete.
    ///
    /// @param headers further headers of the answer
    /// @param id      of the JSON-RPC request, if that was read
    /// @return the status
    int fail(Map<String, String> headers, Optional<Json> id) throws IOException {
        var reply = request.isBroken() ? new Decision.Reply(400, JSON, error(-32700, "body could not be read", id))
                : new Decision.Reply(500, JSON, error(-32603, "Internal error", id));
        Thread.interrupted();
        exchange.getResponseHeaders().clear(); // one of them may be what cannot be sent
        exchange.getResponseHeaders().putAll(headersBefore);
        set(headers);
        try {
            send(reply);
            return reply.status();
        } catch (IOException e) {
            watch.cut();
            throw e;
        }
    }

    /// Closes the exchange, and throws unless its answer reached its end. A pending interrupt is cleared: it would cut the rest of the
    /// answer, or hit whatever this thread does next. If the request is broken, the thread is interrupted: the JDK reads the rest when it
    /// closes the exchange, and would wait for a client that sends nothing more.
    @Override
    public void close() throws IOException {
        Thread.interrupted();
        if (request.isBroken()) Thread.currentThread().interrupt();
        try {
            watch.run(() -> {
                exchange.close();
                body.requireEnded();
            });
        } finally {
            exchange.close(); // a watch that was cut runs nothing
            Thread.interrupted();
            watch.close();
        }
    }
}
