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
/// If the answer does not reach its end, an [IOException] leaves the handler, so that the JDK's server gives up the connection. If the
/// exchange were only closed, or an [Error] left the handler, the server would count the connection against its limit until it stops.
///
/// Used by one thread.
final class WatchedResponse implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(WatchedResponse.class.getName());
    private static final int CHUNKED = 0;
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final HttpExchange exchange;
    private final Watchdog.Watch watch;
    private final HttpExchange watched;
    private final RequestBody request;
    private final WatchedOutput body;
    private final Headers headersBefore;
    private List<String> varyBefore = List.of(); // before a handler, which may set its own
    private boolean begun;

    private WatchedResponse(HttpExchange exchange, Watchdog.Watch watch) {
        this.exchange = exchange;
        this.watch = watch;
        watched = WatchedExchange.of(exchange, this::begin, watch);
        request = new RequestBody(exchange.getRequestBody());
        body = new WatchedOutput(exchange.getResponseBody(), watch);
        exchange.setStreams(request, body);
        headersBefore = new Headers(exchange.getResponseHeaders());
    }

    /// Gives an answer, and closes the exchange.
    ///
    /// @throws IOException unless the answer reached its end
    static void give(HttpExchange exchange, Watchdog watchdog, Giver giver) throws IOException {
        try (var watch = watchdog.watch(); var response = new WatchedResponse(exchange, watch)) {
            if (RequestBody.isUnclear(exchange)) response.refuse();
            else giver.give(response);
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, () -> exchange.getHttpContext().getPath() + ": could not be answered; closing the connection", e);
            throw new IOException("could not be answered", e);
        }
    }

    /// What gives an answer.
    @FunctionalInterface
    interface Giver {

        void give(WatchedResponse response) throws IOException;
    }

    private void refuse() throws IOException {
        ResponseHeaders.closeConnection(exchange.getResponseHeaders());
        send(new Decision.Reply(400, JSON, error(-32600, "Content-Length must be digits, and the protocol HTTP/1.1", Optional.empty())));
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

    /// Sends the head, once: Jetty would take another, and what follows it for the rest of the body.
    ///
    /// Closes the connection after a chunked body, of the request or of the answer. If the last chunk of an answer cannot be written,
    /// the JDK takes the exchange for ended all the same, finds the connection gone when it waits for the next request, and counts it
    /// until the server stops.
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

    /// Begins an event stream, in chunks, so that a drained client returns on a new connection. The rest of the request is read first:
    /// until then the JDK takes the request for unfinished, and ends it when its time is up.
    OutputStream stream(Map<String, String> headers) throws IOException {
        set(headers);
        watch.run(() -> {
            RequestBody.drain(request);
            begin(200, CHUNKED);
        });
        return body;
    }

    /// Has a handler answer, before it returns. Whatever it throws, the client gets 500, or 400 if its request could not be read,
    /// or a connection that is cut if the answer has already begun.
    ///
    /// @param headers what the answer to a failure has, too
    /// @param id      of the JSON-RPC request, which the answer to a failure names
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

    /// A client that leaves is not the handler's fault. Whether it was about to get an answer shows in the status alone, which before
    /// that is -1 with the JDK's server and 0 with Jetty's.
    private System.Logger.Level levelOf(Throwable failure) {
        if (request.isBroken()) return DEBUG;
        if (!(failure instanceof IOException)) return ERROR;
        return exchange.getResponseCode() > 0 ? DEBUG : WARNING;
    }

    /// Sends 500, or 400 if it was the request that could not be read; or cuts the answer that has already begun, because it must not
    /// look complete.
    ///
    /// @param headers what the answer has, too
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
