package dev.mcpsession.httpserver.reference;

import static java.lang.System.Logger.Level.ERROR;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.SessionScope;
import dev.mcpsession.http.Decision.Reply;
import dev.mcpsession.http.McpHeaders;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.http.Request;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The application: answers JSON-RPC requests, each on its own, with one JSON object. It keeps nothing of a client.
///
/// Which era a request belongs to, its version's header says: that it agrees with the body was checked before it came here. A
/// batch is answered in the one revision that has them, 2025-03-26, and refused in all others.
///
/// @param methods what there is to call
record McpApplication(Methods methods) implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(McpApplication.class.getName());
    private static final int MAX_BODY = 1 << 20; // becomes a tree, which takes many times as much
    private static final int MAX_BATCH = 100;
    private static final String WITH_BATCHES = ProtocolVersion.V2025_03_26.toString();
    private static final Optional<String> STATELESS = Optional.of(ProtocolVersion.V2026_07_28.toString());

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Exchanges.reply(exchange, reply(new ExchangeRequest(exchange)));
    }

    private Reply reply(Request request) throws IOException {
        if (!request.method().equals("POST")) return refusal(400, "there is no stream with this Last-Event-ID");
        var body = request.readBody(MAX_BODY);
        if (body.isEmpty()) return refusal(413, "body must be at most " + MAX_BODY + " bytes");
        var isStateless = request.header(McpHeaders.PROTOCOL_VERSION).equals(STATELESS);
        try {
            return switch (Json.parse(body.get())) {
                case Json single when isStateless -> replyStateless(Message.of(single));
                case Json.Arr(var batch) -> replyToBatch(batch.stream().map(Message::of).toList());
                case Json single -> reply(Message.of(single));
            };
        } catch (JsonException e) {
            return Replies.json(400, nameless(RpcException.PARSE_ERROR, "body must be JSON: " + e.getMessage()));
        }
    }

    private Reply reply(Message message) {
        if (message instanceof Message.Invalid) return refusal(400, "body must be a JSON-RPC 2.0 message");
        return answer(message).map(answer -> Replies.json(200, answer)).orElseGet(() -> Replies.empty(202));
    }

    /// A method that there is none of is told by the status, too: so a client knows this from a server of another era.
    private Reply replyStateless(Message message) {
        if (!(message instanceof Message.Call call)) return Replies.empty(202);
        var answer = answer(call, methods::result);
        return Replies.json(isNotFound(answer) ? 404 : 200, answer);
    }

    private static boolean isNotFound(Json.Obj answer) {
        return answer.object("error").flatMap(error -> error.get("code")).equals(Optional.of(Json.Num.of(RpcException.METHOD_NOT_FOUND)));
    }

    private Reply replyToBatch(List<Message> batch) {
        if (!takesBatches()) return refusal(400, "messages must come one by one since " + ProtocolVersion.V2025_06_18);
        if (batch.isEmpty() || batch.size() > MAX_BATCH) return refusal(400, "a batch must hold 1 to " + MAX_BATCH + " messages");
        if (batch.stream().anyMatch(McpApplication::isInitialize)) return refusal(400, "initialize must not be in a batch");
        var answers = batch.stream().map(this::answer).<Json>mapMulti(Optional::ifPresent).toList();
        return answers.isEmpty() ? Replies.empty(202) : Replies.json(200, new Json.Arr(answers));
    }

    private static boolean takesBatches() {
        return SessionScope.current().map(session -> Methods.agreed(session.client().protocolVersion())).equals(Optional.of(WITH_BATCHES));
    }

    private static boolean isInitialize(Message message) {
        return message instanceof Message.Call call && call.method().equals("initialize");
    }

    private Optional<Json.Obj> answer(Message message) {
        return switch (message) {
            case Message.Call call -> Optional.of(answer(call, methods::resultInSession));
            case Message.BadCall(var id) ->
                    Optional.of(response(id).with("error", error(RpcException.INVALID_PARAMS, "params must be an object")));
            case Message.Invalid() -> Optional.of(nameless(RpcException.INVALID_REQUEST, "not a JSON-RPC 2.0 message"));
            case Message.OneWay() -> Optional.empty();
        };
    }

    private static Json.Obj answer(Message.Call call, Function<Message.Call, Json.Obj> result) {
        var response = response(call.id());
        try {
            return response.with("result", result.apply(call));
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

    /// An error response to something that has no id, or whose id is not known.
    private static Json.Obj nameless(int code, String message) {
        return Json.obj().with("jsonrpc", "2.0").with("error", error(code, message));
    }

    private static Reply refusal(int status, String why) {
        return Replies.json(status, nameless(RpcException.INVALID_REQUEST, why));
    }
}
