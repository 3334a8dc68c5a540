package dev.mcpsession.reference;

import static java.lang.System.Logger.Level.ERROR;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.http.Decision.Reply;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.http.Request;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The application: answers JSON-RPC requests, each on its own, with one JSON object. It keeps nothing of a client.
///
/// A request without a session is one of 2026-07-28, because no other comes here without one; everything that such a request says
/// of itself has been checked. There are no event streams but the library's, so only POST comes here. A batch is answered in the
/// only revision that has batches, 2025-03-26, and refused in all others.
///
/// @param methods what there is to call
record McpApplication(Methods methods) implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(McpApplication.class.getName());
    private static final int MAX_BODY = 1 << 20; // becomes a tree, which takes many times as much
    private static final int MAX_BATCH = 100;
    private static final String WITH_BATCHES = ProtocolVersion.V2025_03_26.toString();

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Exchanges.reply(exchange, reply(new ExchangeRequest(exchange)));
    }

    private Reply reply(Request request) throws IOException {
        var body = request.readBody(MAX_BODY);
        if (body.isEmpty()) return refusal(413, "body must be at most " + MAX_BODY + " bytes");
        try {
            return switch (Json.parse(body.get())) {
                case Json.Arr(var batch) when takesBatches() -> replyToBatch(batch.stream().map(Message::of).toList());
                case Json.Arr _ -> refusal(400, "messages must come one by one since " + ProtocolVersion.V2025_06_18);
                case Json single -> reply(Message.of(single));
            };
        } catch (JsonException e) {
            return Replies.json(400, nameless(RpcException.PARSE_ERROR, "body must be JSON: " + e.getMessage()));
        }
    }

    private Reply reply(Message message) {
        if (message instanceof Message.Invalid invalid) return Replies.json(400, invalid(invalid));
        return answer(message).map(answer -> Replies.json(status(answer), answer)).orElseGet(() -> Replies.empty(202));
    }

    /// In 2026-07-28 the status, too, says that a method is unknown, which tells this server from one of another era.
    private static int status(Json.Obj answer) {
        return isStateless() && isNotFound(answer) ? 404 : 200;
    }

    private static boolean isStateless() {
        return Caller.current().session().isEmpty();
    }

    private static boolean isNotFound(Json.Obj answer) {
        return answer.object("error").orElse(Json.obj()).integer("code").equals(OptionalLong.of(RpcException.METHOD_NOT_FOUND));
    }

    private Reply replyToBatch(List<Message> batch) {
        if (batch.isEmpty() || batch.size() > MAX_BATCH) return refusal(400, "a batch must hold 1 to " + MAX_BATCH + " messages");
        if (batch.stream().anyMatch(McpApplication::isInitialize)) return refusal(400, "initialize must not be in a batch");
        var answers = batch.stream().map(this::answer).<Json>mapMulti(Optional::ifPresent).toList();
        return answers.isEmpty() ? Replies.empty(202) : Replies.json(200, new Json.Arr(answers));
    }

    private boolean takesBatches() {
        return Caller.current().session().map(session -> methods.agreed(session.client().protocolVersion()))
                .equals(Optional.of(WITH_BATCHES));
    }

    private static boolean isInitialize(Message message) {
        return message instanceof Message.Call call && call.method().equals("initialize");
    }

    private Optional<Json.Obj> answer(Message message) {
        return switch (message) {
            case Message.Call call -> Optional.of(answer(call));
            case Message.BadCall(var id) ->
                    Optional.of(response(id).with("error", error(RpcException.INVALID_PARAMS, "params must be an object")));
            case Message.Invalid invalid -> Optional.of(invalid(invalid));
            case Message.OneWay() -> Optional.empty();
        };
    }

    private Json.Obj answer(Message.Call call) {
        var response = response(call.id());
        try {
            return response.with("result", isStateless() ? methods.result(call) : methods.resultInSession(call));
        } catch (RpcException e) {
            return response.with("error", error(e.code(), e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> call.method() + " failed; answered an internal error", e);
            return response.with("error", error(RpcException.INTERNAL_ERROR, "Internal error"));
        }
    }

    private static Json.Obj response(Json id) {
        return Json.obj().with("jsonrpc", "2.0").with("id", id);
    }

    private static Json.Obj error(int code, String message) {
        return Json.obj().with("code", code).with("message", message);
    }

    private static Json.Obj invalid(Message.Invalid message) {
        return response(message.id()).with("error", error(RpcException.INVALID_REQUEST, message.why()));
    }

    /// An error response to something whose id is unknown.
    private static Json.Obj nameless(int code, String message) {
        return response(Json.NULL).with("error", error(code, message));
    }

    private static Reply refusal(int status, String why) {
        return Replies.json(status, nameless(RpcException.INVALID_REQUEST, why));
    }
}
