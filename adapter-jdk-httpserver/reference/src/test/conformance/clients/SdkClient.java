import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/// The official Java client: one source for all its versions and transports.
@SuppressWarnings("deprecation") // deprecated in some of the versions, and the only way in others
final class SdkClient implements Commands.Client {

    private final Function<String, McpClientTransport> transport;
    private McpSyncClient client;

    SdkClient(Function<String, McpClientTransport> transport) {
        this.transport = transport;
    }

    public static void main(String... args) throws Exception {
        Commands.obey(new SdkClient(url -> HttpClientStreamableHttpTransport.builder(url).build()));
    }

    @Override
    public void connect(String url) {
        client = McpClient.sync(transport.apply(url.substring(0, url.length() - "/mcp".length())))
                .requestTimeout(Duration.ofSeconds(20))
                .initializationTimeout(Duration.ofSeconds(50))
                .clientInfo(new McpSchema.Implementation("java", "1"))
                .toolsChangeConsumer(_ -> Commands.heard("notifications/tools/list_changed"))
                .build();
        client.initialize();
    }

    @Override
    public int list() {
        return client.listTools().tools().size();
    }

    @Override
    public String call(String text) {
        var result = client.callTool(new McpSchema.CallToolRequest("echo", Map.of("text", text)));
        return ((McpSchema.TextContent) result.content().getFirst()).text();
    }

    @Override
    public void end() {
        client.closeGracefully();
    }
}
