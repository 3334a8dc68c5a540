package dev.mcpsession.reference;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.http.Decision.Reply;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.httpserver.ExchangeAnswer;
import dev.mcpsession.httpserver.ExchangeRequest;
import dev.mcpsession.httpserver.ExchangeResponse;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The application: answers each JSON-RPC message independently, and keeps no client state.
///
/// A request without a session is one of 2026-07-28, because all others have a session when they arrive here. The library has checked its
/// metadata. The library also writes all event streams, so only POST arrives here. A batch is answered in 2025-03-26, the only revision
/// that has batches, and refused in all others.
///
/// @param methods  the methods that clients can call
/// @param requests answers the calls, and delivers what clients send about them
record McpApplication(Methods methods, ClientRequests requests) implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(McpApplication.class.getName());
    private static final int MAX_BODY = 1 << 20; // the parsed tree takes many times as much
    private static final int MAX_BATCH = 100;
    /// In 2026-07-28 these errors also determine the status. From that of an unknown method a client learns the server's era.
    private static final Map<Json, Integer> STATELESS_STATUS = Map.of(
            Json.Num.of(RpcException.METHOD_NOT_FOUND), 404,
            Json.Num.of(RpcException.HEADER_MISMATCH), 400,
            Json.Num.of(RpcException.MISSING_CAPABILITY), 400);
    private static final String WITH_BATCHES = ProtocolVersion.V2025_03_26.toString();

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var body = new ExchangeRequest(exchange).readBody(MAX_BODY);
        if (body.isEmpty()) {
            ExchangeResponse.send(exchange, refusal(413, "body must be at most " + MAX_BODY + " bytes"));
            return;
        }
        try {
            answer(exchange, Json.parse(body.get()));
        } catch (JsonException e) {
            ExchangeResponse.send(exchange, Replies.json(400, nameless(RpcException.PARSE_ERROR, "body must be JSON: " + e.getMessage())));
        }
    }

    private void answer(HttpExchange exchange, Json body) throws IOException {
        if (!(body instanceof Json.Arr) && Message.of(body) instanceof Message.Call call) {
            try (var answer = requests.answer(call.id(), new ExchangeAnswer(exchange))) {
                var response = answer(call.on(answer));
                answer.response(status(response), response);
            }
            return;
        }
        ExchangeResponse.send(exchange, switch (body) {
            case Json.Arr(var batch) when takesBatches() -> replyToBatch(batch.stream().map(Message::of).toList());
            case Json.Arr _ -> refusal(400, "messages must come one by one since " + ProtocolVersion.V2025_06_18);
            case Json single -> reply(Message.of(single));
        });
    }

    private Reply reply(Message message) {
        if (message instanceof Message.Invalid invalid) return Replies.json(400, invalid(invalid));
        try {
            return answer(message).map(answer -> Replies.json(status(answer), answer)).orElseGet(() -> Replies.empty(202));
        } catch (IllegalArgumentException e) {
            return refusal(413, e.getMessage());
        } catch (BroadcasterException e) {
            LOG.log(WARNING, () -> "a client's message could not be relayed; answered 503", e);
            return Replies.unavailable("messages cannot be relayed at the moment");
        }
    }

    private static int status(Json.Obj answer) {
        if (!Methods.isStateless()) return 200;
        return answer.object("error").flatMap(error -> error.get("code")).map(STATELESS_STATUS::get).orElse(200);
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
                    Optional.of(response(id).with("error", RpcException.error(RpcException.INVALID_PARAMS, "params must be an object")));
            case Message.Invalid invalid -> Optional.of(invalid(invalid));
            case Message.OneWay(var sent) -> {
                requests.deliver(Caller.current(), sent); // a response to a request of this server, or a cancellation, or nothing to us
                yield Optional.empty();
            }
        };
    }

    private Json.Obj answer(Message.Call call) {
        var response = response(call.id());
        try {
            return response.with("result", methods.result(call));
        } catch (RpcException e) {
            return response.with("error", e.error());
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> call.method() + " failed; answered an internal error", e);
            return response.with("error", RpcException.error(RpcException.INTERNAL_ERROR, "Internal error"));
        }
    }

    private static Json.Obj response(Json id) {
        return Json.obj().with("jsonrpc", "2.0").with("id", id);
    }

    private static Json.Obj invalid(Message.Invalid message) {
        return response(message.id()).with("error", RpcException.error(RpcException.INVALID_REQUEST, message.why()));
    }

    /// An error response to a message whose id is unknown.
    private static Json.Obj nameless(int code, String message) {
        return response(Json.NULL).with("error", RpcException.error(code, message));
    }

    private static Reply refusal(int status, String why) {
        return Replies.json(status, nameless(RpcException.INVALID_REQUEST, why));
    }
}
