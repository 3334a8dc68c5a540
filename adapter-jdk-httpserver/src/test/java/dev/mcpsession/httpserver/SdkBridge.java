package dev.mcpsession.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.SessionScope;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;

/// The stateless server of the official Java SDK as an application's handler. Its tools find the session in their transport
/// context, on whatever thread they run: a [ScopedValue] does not go with them.
final class SdkBridge implements McpStatelessServerTransport, HttpHandler {

    static final String SESSION = "session";

    private static final int MAX_BODY = 4 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final McpJsonMapper json = McpJsonDefaults.getMapper();
    private volatile McpStatelessServerHandler server;

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
        var body = exchange.getRequestBody().readNBytes(MAX_BODY);
        var context = SessionScope.current().map(session -> McpTransportContext.create(Map.of(SESSION, session)))
                .orElse(McpTransportContext.EMPTY);
        switch (McpSchema.deserializeJsonRpcMessage(json, new String(body, UTF_8))) {
            case McpSchema.JSONRPCRequest request -> {
                var answer = json.writeValueAsBytes(within(context, server.handleRequest(context, request)));
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
            case McpSchema.JSONRPCNotification notification -> {
                within(context, server.handleNotification(context, notification));
                exchange.sendResponseHeaders(202, -1);
            }
            default -> exchange.sendResponseHeaders(400, -1);
        }
    }

    private static <T> T within(McpTransportContext context, Mono<T> answer) {
        return answer.contextWrite(all -> all.put(McpTransportContext.KEY, context)).block(PATIENCE);
    }
}
