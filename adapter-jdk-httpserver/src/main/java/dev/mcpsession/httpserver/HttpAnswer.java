package dev.mcpsession.httpserver;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The answering side of an exchange. However the answer comes about, it is watched, there is one, and the exchange is closed.
///
/// If the answer does not reach its end, an [IOException] leaves the handler, so that the JDK's server gives up the connection. If the
/// exchange were only closed, or an [Error] left the handler, the server would count the connection against its limit until it stops.
///
/// Used by one thread.
final class HttpAnswer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HttpAnswer.class.getName());
    private static final int MAX_DRAIN_BYTES = 16 << 20;
    private static final int NO_BODY = -1;
    private static final int CHUNKED = 0;
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private final HttpExchange exchange;
    private final Watchdog.Watch watch;
    private final RequestBody request;
    private final WatchedOutput body;
    private final Map<String, List<String>> headersBefore;
    private boolean variesByOrigin; // before the handler, which may set a Vary of its own
    private boolean begun;

    private HttpAnswer(HttpExchange exchange, Watchdog.Watch watch) {
        this.exchange = exchange;
        this.watch = watch;
        request = new RequestBody(exchange.getRequestBody());
        body = new WatchedOutput(exchange.getResponseBody(), watch);
        exchange.setStreams(request, body);
        headersBefore = exchange.getResponseHeaders().isEmpty() ? Map.of() : Map.copyOf(exchange.getResponseHeaders());
    }

    /// Gives an answer, and closes the exchange.
    ///
    /// @throws IOException unless the answer reached its end
    static void give(HttpExchange exchange, Watchdog watchdog, Giver giver) throws IOException {
        try (var watch = watchdog.watch(); var answer = new HttpAnswer(exchange, watch)) {
            if (Framing.isUnclear(exchange)) answer.refuse();
            else giver.give(answer);
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, () -> exchange.getHttpContext().getPath() + ": could not be answered; closing the connection", e);
            throw new IOException("could not be answered", e);
        }
    }

    /// What gives an answer.
    @FunctionalInterface
    interface Giver {

        void give(HttpAnswer answer) throws IOException;
    }

    void set(Map<String, String> headers) {
        headers.forEach(exchange.getResponseHeaders()::set);
    }

    private void refuse() throws IOException {
        Framing.closeConnectionAfter(exchange);
        send(400, JSON, error(-32600, "Content-Length must be digits, and the protocol HTTP/1.1", Optional.empty()));
    }

    private static byte[] error(int code, String message, Optional<Json> id) {
        return Json.obj().with("jsonrpc", "2.0").with("id", id.orElse(Json.NULL))
                .with("error", Json.obj().with("code", code).with("message", message)).toUtf8();
    }

    /// Answers, then reads what is left of the request: a client that still sends when its connection is closed gets a reset,
    /// and may never read the answer.
    void send(int status, Map<String, String> headers, byte[] bytes) throws IOException {
        set(headers);
        watch.run(() -> {
            if (bytes.length == 0 || isHead()) sendHead(status);
            else send(status, bytes);
        });
    }

    private boolean isHead() {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private void sendHead(int status) throws IOException {
        drain(); // first, for this closes the exchange
        begin(status, NO_BODY);
    }

    private void send(int status, byte[] bytes) throws IOException {
        begin(status, bytes.length);
        body.write(bytes);
        body.flush();
        drain();
        body.close();
    }

    /// Sends the head, once: Jetty would take another, and what follows it for the rest of the body.
    ///
    /// Closes the connection after a chunked body, of the request or of the answer. If the last chunk of an answer cannot be written,
    /// the JDK still takes the exchange for ended, finds the connection gone when it is to wait for the next request, and counts it
    /// until the server stops.
    void begin(int status, long length) throws IOException {
        if (begun) throw new IOException("headers must be sent once: " + status);
        if (length == CHUNKED && !isHead() || Framing.isChunked(exchange)) Framing.closeConnectionAfter(exchange);
        if (variesByOrigin) Vary.nameOrigin(exchange.getResponseHeaders());
        body.begin();
        watch.run(() -> exchange.sendResponseHeaders(status, length));
        begun = true;
    }

    /// Throws if there is no telling where the request ends.
    private void drain() throws IOException {
        if (request.isBroken()) throw new IOException("request cannot be read to its end");
        var buffer = new byte[8 << 10];
        var left = MAX_DRAIN_BYTES;
        for (var n = request.read(buffer); n >= 0 && left > 0; n = request.read(buffer)) left -= n;
    }

    /// Begins an event stream, in chunks, so that a drained client comes back on a new connection. The request's body is read first:
    /// until then the JDK takes the request for unfinished, and ends it when its time is up.
    OutputStream stream(Map<String, String> headers) throws IOException {
        set(headers);
        watch.run(() -> {
            drain();
            begin(200, CHUNKED);
        });
        return body;
    }

    /// Has a handler answer, before it returns. Whatever it throws, the client gets 500, or 400 if its request could not be read,
    /// or a connection that is cut if the answer has already begun.
    ///
    /// @param headers what an answer to a failure has, too
    /// @param id      of the JSON-RPC request, which the answer to a failure names
    /// @return the status of the answer
    int from(HttpHandler handler, Map<String, String> headers, Optional<Json> id) throws IOException {
        variesByOrigin = Vary.namesOrigin(exchange.getResponseHeaders());
        try {
            handler.handle(WatchedExchange.of(exchange, this, watch));
            if (begun) return exchange.getResponseCode();
            LOG.log(ERROR, () -> exchange.getHttpContext().getPath() + ": handler returned without an answer; sending 500");
        } catch (Throwable e) {
            LOG.log(levelOf(e), () -> exchange.getHttpContext().getPath() + ": handler failed", e);
            if (body.isEnded()) return exchange.getResponseCode(); // the connection may be serving another request
        }
        return fail(headers, id);
    }

    /// A client that leaves is not the handler's fault. That it was about to get an answer tells the exchange alone, which has
    /// no status before, -1 of the JDK's server and 0 of Jetty's.
    private System.Logger.Level levelOf(Throwable failure) {
        if (request.isBroken()) return DEBUG;
        if (!(failure instanceof IOException)) return ERROR;
        return exchange.getResponseCode() > 0 ? DEBUG : WARNING;
    }

    /// Sends 500, or 400 if it was the request that could not be read; or cuts the answer that has already begun: it must not
    /// look complete.
    ///
    /// @param headers what the answer has, too
    /// @param id      of the JSON-RPC request, if that was read
    /// @return the status
    int fail(Map<String, String> headers, Optional<Json> id) throws IOException {
        var status = request.isBroken() ? 400 : 500;
        Thread.interrupted();
        exchange.getResponseHeaders().clear(); // one of them may be what cannot be sent
        exchange.getResponseHeaders().putAll(headersBefore);
        set(headers);
        try {
            send(status, JSON, request.isBroken() ? error(-32700, "body could not be read", id) : error(-32603, "Internal error", id));
            return status;
        } catch (IOException e) {
            watch.cut();
            throw e;
        }
    }

    /// Closes the exchange, and throws unless its answer reached its end. A pending interrupt is cleared: it would cut the rest of
    /// the answer, or hit whatever this thread does next. If the request is broken, the thread is interrupted: the JDK reads on when
    /// it closes the exchange, and would wait for a client that has nothing more to send.
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
            exchange.close(); // the watch may have let nothing through
            Thread.interrupted();
        }
    }
}
