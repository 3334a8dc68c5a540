package dev.mcpsession.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.dialog.AnswerChannel;
import dev.mcpsession.dialog.OpenedState;
import dev.mcpsession.dialog.RequestState;
import dev.mcpsession.event.EventStreamFormat;
import dev.mcpsession.http.McpHeaders;
import dev.mcpsession.httpserver.ExchangeAnswer;
import dev.mcpsession.httpserver.ExchangeResponse;
import dev.mcpsession.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/// The application, with one tool whose stream ends before the response. The client fetches the response by the id of the stream's event,
/// which contains everything that the later answer needs: the id of the request.
///
/// @param application answers everything else
/// @param states      seals the ids of events
record StreamingApplication(McpApplication application, RequestState states) implements HttpHandler {

    static final String LEAVES = "test_reconnection";

    private static final ScopedValue<Headers> HEADERS = ScopedValue.newInstance();
    private static final String PURPOSE = "event";
    private static final int MAX_BODY = 1 << 20;

    /// The headers of this thread's request.
    static Headers requestHeaders() {
        return HEADERS.get();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            resume(exchange, new ExchangeAnswer(exchange));
            return;
        }
        var body = exchange.getRequestBody().readNBytes(MAX_BODY);
        var leaving = new String(body, UTF_8).contains(LEAVES) && !Methods.isStateless()
                ? Json.parse(body) : Json.NULL;
        if (leaving instanceof Json.Obj message) {
            leave(message, new ExchangeAnswer(exchange));
            return;
        }
        exchange.setStreams(new ByteArrayInputStream(body), null);
        ScopedValue.where(HEADERS, exchange.getRequestHeaders()).call(() -> {
            application.handle(exchange);
            return null;
        });
    }

    private void leave(Json.Obj message, AnswerChannel channel) throws IOException {
        try (var stream = channel.stream()) {
            var id = Json.obj().with("id", message.get("id").orElseThrow());
            stream.write(EventStreamFormat.priming(states.seal(Caller.current().owner(), PURPOSE, id)));
            stream.write(EventStreamFormat.retry(100));
        }
    }

    /// Sends the rest of a stream that this application began. The id of its last event names the request.
    private void resume(HttpExchange exchange, AnswerChannel channel) throws IOException {
        var last = Optional.ofNullable(exchange.getRequestHeaders().getFirst(McpHeaders.LAST_EVENT_ID));
        if (last.map(text -> states.open(Caller.current().owner(), PURPOSE, text)).orElse(null) instanceof OpenedState.Opened(var kept)) {
            try (var stream = channel.stream()) {
                stream.write(EventStreamFormat.message(Json.obj().with("jsonrpc", "2.0").with("id", kept.get("id").orElseThrow())
                        .with("result", reconnected())));
            }
            return;
        }
        ExchangeResponse.send(exchange, Replies.json(400, Json.obj().with("jsonrpc", "2.0").with("id", Json.NULL)
                .with("error", RpcException.error(RpcException.INVALID_REQUEST, "Last-Event-ID must be as it was given"))));
    }

    static Json.Obj reconnected() {
        return Tool.result(false, Tool.text("Answered after the client came back."));
    }
}
