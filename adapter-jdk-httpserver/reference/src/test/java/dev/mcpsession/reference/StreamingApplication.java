package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.http.McpHeaders;
import dev.mcpsession.httpserver.ExchangeRequest;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.util.Optional;

/// The application, where a tool can answer with an event stream.
///
/// @param application creates the answers
/// @param seal        seals the ids of events
record StreamingApplication(McpApplication application, Seal seal) implements HttpHandler {

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var answer = new Answer(exchange);
        if (exchange.getRequestMethod().equals("POST")) {
            answer.respond(answer.bound(() -> application.reply(new ExchangeRequest(exchange))));
        } else {
            resume(exchange, answer);
        }
    }

    /// Sends the rest of a stream that this application began. The id of its last event names the request.
    private void resume(HttpExchange exchange, Answer answer) throws IOException {
        var id = Optional.ofNullable(exchange.getRequestHeaders().getFirst(McpHeaders.LAST_EVENT_ID)).flatMap(seal::open);
        if (id.isEmpty()) {
            answer.respond(Replies.json(400, Json.obj().with("jsonrpc", "2.0").with("id", Json.NULL)
                    .with("error", RpcException.error(RpcException.INVALID_REQUEST, "Last-Event-ID must be as it was given"))));
            return;
        }
        answer.stream();
        answer.respond(Replies.json(200,
                Json.obj().with("jsonrpc", "2.0").with("id", Json.parse(id.get())).with("result", ContentTools.reconnected())));
    }
}
