package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.dialog.AnswerChannel;
import dev.mcpsession.http.Decision;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;

/// The answer to an [HttpExchange] as a [dev.mcpsession.dialog.AnswerStream] writes it. Open one in the handler behind a
/// [SessionHttpHandler], which ends writes that block:
///
/// {@snippet :
/// try (var answer = requests.answer(id, new ExchangeAnswer(exchange))) {
///     answer.response(call(answer));
/// }
/// }
///
/// Headers that are already set are sent, too. Used by one thread at a time, as the answer stream does.
public final class ExchangeAnswer implements AnswerChannel {

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final Map<String, String> EVENT_STREAM = Map.of("Content-Type", "text/event-stream", "Cache-Control", "no-cache",
            "X-Accel-Buffering", "no");

    private final HttpExchange exchange;
    private final boolean takesEventStream;

    /// Creates the answer to an exchange.
    ///
    /// @param exchange the exchange, whose body has been read and whose headers have not been sent
    public ExchangeAnswer(HttpExchange exchange) {
        this.exchange = Objects.requireNonNull(exchange, "exchange");
        takesEventStream = new ExchangeRequest(exchange).takesEventStream();
    }

    @Override
    public boolean takesEventStream() {
        return takesEventStream;
    }

    @Override
    public OutputStream stream() throws IOException {
        ResponseHeaders.set(exchange.getResponseHeaders(), EVENT_STREAM);
        RequestBody.drain(exchange.getRequestBody());
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    @Override
    public void reply(int status, byte[] json) throws IOException {
        ExchangeResponse.send(exchange, new Decision.Reply(status, JSON, json));
    }
}
