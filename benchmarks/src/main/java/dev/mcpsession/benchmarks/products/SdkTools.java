package dev.mcpsession.benchmarks.products;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.io.IOException;
import java.util.Map;
import reactor.core.publisher.Mono;

/// The SDK's stateless server as the handler of an application, so that all products run the same tool in the same library.
final class SdkTools implements McpStatelessServerTransport, HttpHandler {

    static final Tool QUERY = Tool.builder("query", Map.of("type", "object")).build();

    private final McpJsonMapper json = McpJsonDefaults.getMapper();
    private volatile McpStatelessServerHandler server;

    SdkTools() {
        McpServer.sync(this).toolCall(QUERY, (_, call) -> answer(call)).build();
    }

    /// The tool's work: it returns its argument.
    static CallToolResult answer(CallToolRequest call) {
        return CallToolResult.builder().addTextContent(call.arguments().get("sql").toString()).build();
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
        var message = McpSchema.deserializeJsonRpcMessage(json, new String(exchange.getRequestBody().readAllBytes()));
        if (!(message instanceof McpSchema.JSONRPCRequest request)) {
            exchange.sendResponseHeaders(202, -1);
            return;
        }
        var context = McpTransportContext.EMPTY;
        var response = server.handleRequest(context, request).contextWrite(all -> all.put(McpTransportContext.KEY, context)).block();
        var bytes = json.writeValueAsBytes(response);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
