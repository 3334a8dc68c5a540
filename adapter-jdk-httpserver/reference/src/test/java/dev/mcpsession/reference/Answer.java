package dev.mcpsession.reference;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.event.EventStreamFormat;
import dev.mcpsession.http.Decision.Reply;
import dev.mcpsession.httpserver.ExchangeResponse;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// The answer to one request: a JSON object, or an event stream with notifications before the response. The first message sent decides
/// which. Used by one thread.
final class Answer {

    private static final ScopedValue<Answer> CURRENT = ScopedValue.newInstance();
    private static final String EVENT_STREAM = "text/event-stream";

    private final HttpExchange exchange;
    private OutputStream stream;
    private boolean isLeft;

    Answer(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /// The answer to this thread's request.
    static Answer current() {
        return CURRENT.get();
    }

    Reply bound(ScopedValue.CallableOp<Reply, IOException> op) throws IOException {
        return ScopedValue.where(CURRENT, this).call(op);
    }

    Headers requestHeaders() {
        return exchange.getRequestHeaders();
    }

    /// Starts an event stream.
    void stream() {
        if (stream != null) return;
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", EVENT_STREAM);
        headers.set("Cache-Control", "no-cache");
        headers.set("X-Accel-Buffering", "no");
        run(() -> exchange.sendResponseHeaders(200, 0));
        stream = exchange.getResponseBody();
    }

    /// Sends a notification before the response.
    void notify(String method, Json.Obj params) {
        stream();
        write(EventStreamFormat.message(Json.obj().with("jsonrpc", "2.0").with("method", method).with("params", params)));
    }

    /// Ends the stream without a response. The client fetches the response by the event's id.
    void leave(String eventId) {
        stream();
        write(EventStreamFormat.priming(eventId));
        write(EventStreamFormat.retry(100));
        run(stream::close);
        isLeft = true;
    }

    /// Sends the response.
    void respond(Reply reply) throws IOException {
        if (isLeft) return;
        if (reply.status() == 200 && prefersStream()) stream();
        if (stream == null) {
            ExchangeResponse.send(exchange, reply);
        } else {
            write(EventStreamFormat.message((Json.Obj) Json.parse(reply.body())));
            stream.close();
        }
    }

    /// Whether the client's `Accept` starts with an event stream.
    private boolean prefersStream() {
        var accept = exchange.getRequestHeaders().getFirst("Accept");
        return accept != null && accept.startsWith(EVENT_STREAM);
    }

    private void write(byte[] bytes) {
        run(() -> {
            stream.write(bytes);
            stream.flush();
        });
    }

    private interface Step {

        void run() throws IOException;
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
