import io.modelcontextprotocol.client.transport.WebClientStreamableHttpTransport;
import org.springframework.web.reactive.function.client.WebClient;

/// The official Java client over Spring's WebClient, a transport that it included until 1.0.
final class SpringSdkClient {

    public static void main(String... args) throws Exception {
        Commands.obey(new SdkClient(url -> WebClientStreamableHttpTransport.builder(WebClient.builder().baseUrl(url)).build()));
    }
}
