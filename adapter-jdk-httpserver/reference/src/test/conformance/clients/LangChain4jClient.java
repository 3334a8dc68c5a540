import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.McpClientListener;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;

/// The client of LangChain4j, with the stream for notifications, which is optional.
final class LangChain4jClient implements Commands.Client {

    private McpClient client;

    public static void main(String... args) throws Exception {
        Commands.obey(new LangChain4jClient());
    }

    @Override
    public void connect(String url) {
        client = DefaultMcpClient.builder()
                .transport(StreamableHttpMcpTransport.builder().url(url).subsidiaryChannel(true).build())
                .listener(new McpClientListener() {
                    @Override
                    public void onNotificationToolsListChanged() {
                        Commands.heard("notifications/tools/list_changed");
                    }
                })
                .build();
    }

    @Override
    public int list() {
        return client.listTools().size();
    }

    @Override
    public String call(String text) {
        var request = ToolExecutionRequest.builder().name("echo").arguments("{\"text\":\"" + text + "\"}").build();
        return client.executeTool(request).resultText();
    }

    @Override
    public void end() throws Exception {
        client.close();
    }
}
