import org.springframework.ai.mcp.client.webflux.transport.WebClientStreamableHttpTransport;
import org.springframework.web.reactive.function.client.WebClient;

/// The official Java client over the transport of Spring AI.
final class SpringAiClient {

    public static void main(String... args) throws Exception {
        Commands.obey(new SdkClient(url -> WebClientStreamableHttpTransport.builder(WebClient.builder().baseUrl(url)).build()));
    }
}
