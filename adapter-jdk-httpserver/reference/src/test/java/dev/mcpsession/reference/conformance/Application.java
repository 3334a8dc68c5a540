package dev.mcpsession.reference.conformance;

import static java.lang.System.Logger.Level.ERROR;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.http.McpHeaders;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.Optional;

/// The application: answers each JSON-RPC request on its own, and keeps nothing of a client but what is in its session. A request
/// that has no session is one of 2026-07-28: no other comes here.
///
/// @param methods what there is to call
/// @param seal    for the ids of events
record Application(Methods methods, Seal seal) implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(Application.class.getName());
    private static final int MAX_BODY = 1 << 20;

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) post(exchange);
        else resume(exchange);
    }

    private void post(HttpExchange exchange) throws IOException {
        var answer = new Answer(exchange);
        switch (message(exchange.getRequestBody().readNBytes(MAX_BODY))) {
            case Json.Obj message when message.get("id").isPresent() && message.string("method").isPresent() ->
                    answer(message, answer, exchange.getRequestHeaders());
            case Json.Obj message when message.get("id").isPresent() || message.string("method").isPresent() -> answer.accept();
            default -> refuse(answer, Json.obj().with("jsonrpc", "2.0"), false, RpcError.invalidRequest());
        }
    }

    private static Json message(byte[] body) {
        try {
            return Json.parse(body);
        } catch (JsonException _) {
            return Json.NULL;
        }
    }

    private void answer(Json.Obj message, Answer answer, Headers headers) throws IOException {
        var call = new Call(message.get("id").orElseThrow(), message.string("method").orElseThrow(),
                message.object("params").orElse(Json.obj()), Caller.current().session(), answer);
        try {
            if (call.isStateless()) checkHeaders(call, headers);
            answer.respond(200, response(call.id()).with("result", methods.result(call)));
        } catch (RpcError e) {
            refuse(answer, response(call.id()), !call.isStateless(), e);
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> call.method() + " failed; answered an internal error", e);
            refuse(answer, response(call.id()), true, RpcError.internal());
        }
    }

    private void checkHeaders(Call call, Headers headers) {
        if (call.method().equals("tools/call")) {
            methods.tool(call).ifPresent(tool -> ParamHeaders.check(tool.inputSchema(), call.arguments(), headers));
        }
    }

    private static void refuse(Answer answer, Json.Obj response, boolean isInBodyAlone, RpcError error) throws IOException {
        answer.respond(isInBodyAlone ? 200 : error.status(), response.with("error", error.error()));
    }

    /// The rest of a stream that this application began: its event's id says what to answer.
    private void resume(HttpExchange exchange) throws IOException {
        var id = Optional.ofNullable(exchange.getRequestHeaders().getFirst(McpHeaders.LAST_EVENT_ID)).flatMap(seal::open);
        var answer = new Answer(exchange);
        if (id.isEmpty()) {
            refuse(answer, Json.obj().with("jsonrpc", "2.0"), false, RpcError.invalidRequest());
            return;
        }
        answer.stream();
        answer.respond(200, response(Json.parse(id.get())).with("result", ContentTools.reconnected()));
    }

    private static Json.Obj response(Json id) {
        return Json.obj().with("jsonrpc", "2.0").with("id", id);
    }
}
