package dev.mcpsession.reference.conformance;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.event.EventStreamFormat;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;

/// The answer to one request: a JSON object, or an event stream with notifications before the response. Which of them is known
/// when the first of them is sent.
///
/// Used by one thread.
final class Answer {

    private static final String EVENT_STREAM = "text/event-stream";

    private final HttpExchange exchange;
    private OutputStream stream;
    private boolean isLeft;

    Answer(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /// Streams from now on, if it does not yet.
    void stream() throws IOException {
        if (stream != null) return;
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", EVENT_STREAM);
        headers.set("Cache-Control", "no-cache");
        headers.set("X-Accel-Buffering", "no");
        exchange.sendResponseHeaders(200, 0);
        stream = exchange.getResponseBody();
    }

    /// Sends a notification ahead of the response.
    void notify(String method, Json.Obj params) throws IOException {
        stream();
        write(EventStreamFormat.message(Json.obj().with("jsonrpc", "2.0").with("method", method).with("params", params)));
    }

    /// Ends the stream without a response. The client fetches that by the event's id.
    void leave(String eventId) throws IOException {
        stream();
        write(EventStreamFormat.priming(eventId));
        write(EventStreamFormat.retry(100));
        stream.close();
        isLeft = true;
    }

    /// Sends the response.
    ///
    /// @param status if it is not a stream
    void respond(int status, Json.Obj response) throws IOException {
        if (isLeft) return;
        if (status == 200 && prefersStream()) stream();
        if (stream == null) {
            send(status, response);
        } else {
            write(EventStreamFormat.message(response));
            stream.close();
        }
    }

    private void send(int status, Json.Obj response) throws IOException {
        var body = response.toUtf8();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /// Whether the client names a stream before anything else.
    private boolean prefersStream() {
        var accept = exchange.getRequestHeaders().getFirst("Accept");
        return accept != null && accept.startsWith(EVENT_STREAM);
    }

    /// Takes a message that has no response.
    void accept() throws IOException {
        exchange.sendResponseHeaders(202, -1);
    }

    private void write(byte[] bytes) throws IOException {
        stream.write(bytes);
        stream.flush();
    }
}
