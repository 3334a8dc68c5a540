package dev.mcpsession.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.dialog.AnswerStream;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// The stateless server of the official Java SDK as the handler of an application. Tools read their session from the transport
/// context, because the SDK runs them on threads that have no `Caller`. There they also find the answer to their call, on which they
/// send notifications and ask the client.
final class SdkBridge implements McpStatelessServerTransport, HttpHandler {

    static final String SESSION = "session";
    static final String ANSWER = "answer";

    private static final System.Logger LOG = System.getLogger(SdkBridge.class.getName());
    private static final int MAX_BODY = 4 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Answer ACCEPTED = new Answer(202, "");
    private static final Answer ANSWERED = new Answer(200, "");

    private final ClientRequests requests;
    private final McpJsonMapper json = McpJsonDefaults.getMapper();
    private volatile McpStatelessServerHandler server;

    private record Answer(int status, String body) {}

    /// @param requests answers the calls, and delivers what clients send about them
    SdkBridge(ClientRequests requests) {
        this.requests = requests;
    }

    @Override
    public void setMcpHandler(McpStatelessServerHandler handler) {
        server = handler;
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var answer = answer(exchange);
        if (answer == ANSWERED) return;
        if (answer.body.isEmpty()) {
            exchange.sendResponseHeaders(answer.status, -1);
            return;
        }
        var bytes = answer.body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
        if (body.length > MAX_BODY) return invalid(413, "body must be at most " + MAX_BODY + " bytes");
        Json message;
        try {
            message = Json.parse(body);
        } catch (JsonException e) {
            return error(400, Json.NULL, ErrorCodes.PARSE_ERROR, "body must be JSON: " + e.getMessage());
        }
        return message instanceof Json.Obj object ? answer(object, exchange) : invalid(400, "body must be one JSON-RPC message");
    }

    private Answer answer(Json.Obj message, HttpExchange exchange) throws IOException {
        if (!message.string("jsonrpc").equals(Optional.of("2.0"))) return invalid(400, "jsonrpc must be \"2.0\"");
        if (isResponse(message)) return deliver(message);
        var method = message.string("method");
        if (method.isEmpty()) return invalid(400, "method must be a string");
        var id = message.get("id");
        if (id.isEmpty()) return deliver(message); // the stateless server of the SDK does nothing with notifications
        if (!(id.get() instanceof Json.Str || id.get() instanceof Json.Num)) return invalid(400, "id must be a string or a number");
        var params = message.get("params").orElse(Json.obj());
        if (!(params instanceof Json.Obj)) return error(200, id.get(), ErrorCodes.INVALID_PARAMS, "params must be an object");
        try (var stream = requests.answer(id.get(), new ExchangeAnswer(exchange))) {
            var answer = call(stream, method.get(), params);
            stream.response(answer.status, (Json.Obj) Json.parse(answer.body));
            return ANSWERED;
        }
    }

    private Answer deliver(Json.Obj message) throws IOException {
        try {
            requests.deliver(Caller.current(), message);
            return ACCEPTED;
        } catch (IllegalArgumentException e) {
            return invalid(413, e.getMessage());
        }
    }

    private static boolean isResponse(Json.Obj message) {
        return message.get("method").isEmpty() && (message.get("result").isPresent() || message.get("error").isPresent());
    }

    private Answer call(AnswerStream answer, String method, Json params) throws IOException {
        var id = answer.id();
        var context = McpTransportContext.create(answer.caller().session()
                .<Map<String, Object>>map(session -> Map.of(SESSION, session, ANSWER, answer)).orElse(Map.of(ANSWER, answer)));
        try {
            var request = new McpSchema.JSONRPCRequest(method, id.toString(), values(method, params));
            var response = server.handleRequest(context, request)
                    .contextWrite(all -> all.put(McpTransportContext.KEY, context)).block(PATIENCE);
            return response.error() == null
                    ? new Answer(200, envelope(id, "result", response.result()))
                    : failure(id, response.error());
        } catch (IllegalArgumentException _) { // what the SDK throws for params that are not those of the method
            return error(200, id, ErrorCodes.INVALID_PARAMS, "params must be those of the method");
        } catch (IOException | RuntimeException e) { // also if our patience ends
            LOG.log(System.Logger.Level.WARNING, () -> method + " failed; answered an internal error", e);
            return error(200, id, ErrorCodes.INTERNAL_ERROR, "Internal error");
        }
    }

    private Object values(String method, Json params) {
        try {
            var values = json.readValue(params.toUtf8(), Object.class);
            // The SDK does the same later, and logs a stack trace if it fails.
            if (method.equals("initialize")) json.convertValue(values, McpSchema.InitializeRequest.class);
            return values;
        } catch (IOException e) { // a number or a name that is longer than the SDK's limits
            throw new IllegalArgumentException(e);
        }
    }

    /// A client of 2026-07-28, which has no session, also needs the status to recognize an unknown method. The message of an
    /// exception stays in the SDK's log.
    private Answer failure(Json id, McpSchema.JSONRPCResponse.JSONRPCError failure) throws IOException {
        return switch (failure.code()) {
            case ErrorCodes.METHOD_NOT_FOUND -> error(
                    Caller.current().session().isPresent() ? 200 : 404, id, failure.code(), "Method not found");
            case ErrorCodes.INTERNAL_ERROR -> error(200, id, failure.code(), "Internal error");
            default -> new Answer(200, envelope(id, "error", failure));
        };
    }

    private Answer invalid(int status, String why) throws IOException {
        return error(status, Json.NULL, ErrorCodes.INVALID_REQUEST, why);
    }

    private Answer error(int status, Json id, int code, String why) throws IOException {
        return new Answer(status, envelope(id, "error", new McpSchema.JSONRPCResponse.JSONRPCError(code, why)));
    }

    /// Sends back the id as it came, which the SDK would round if it is no 64-bit integer.
    private String envelope(Json id, String member, Object value) throws IOException {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"" + member + "\":" + json.writeValueAsString(value) + '}';
    }
}
