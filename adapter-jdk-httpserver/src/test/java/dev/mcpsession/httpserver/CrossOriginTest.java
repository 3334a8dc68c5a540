package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A browser's script needs an application's OAuth metadata, which is beside the endpoint.
class CrossOriginTest {

    private static final String METADATA = "/.well-known/oauth-protected-resource";
    private static final String ALLOWED = "Origin: http://localhost:6274";
    private static final String FOREIGN = "Origin: http://evil.example";

    private Endpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = new Endpoint(new InMemorySessionStore(SessionPolicy.DEFAULT), CrossOriginTest::answerVarying, b -> b, b -> b
                .crossOriginHandler(METADATA, exchange -> Endpoint.answer(exchange, 200, "metadata"))
                .crossOriginHandler("/broken", _ -> {
                    throw new IOException("on purpose");
                })
                .crossOriginHandler("/varying", CrossOriginTest::answerVarying)
                .handler("/health", exchange -> Endpoint.answer(exchange, 200, "well")));
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    /// Answers with the `Vary` that the query names.
    private static void answerVarying(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().put("Vary", List.of(exchange.getRequestURI().getQuery()));
        Endpoint.answer(exchange, 200, "varying");
    }

    private static Optional<String> reader(RawHttp.Response response) {
        return response.header("Access-Control-Allow-Origin");
    }

    /// The official TypeScript client names its protocol version when it asks for metadata, so that browsers ask before.
    @Test
    void handler_preflight_isAnsweredAsTheEndpointAnswers() throws IOException {
        var headers = new String[] {ALLOWED, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: mcp-protocol-version"};

        var preflight = endpoint.exchange("OPTIONS", METADATA, "", headers);

        assertEquals(204, preflight.status());
        assertEquals(Optional.of("http://localhost:6274"), reader(preflight));
        assertTrue(preflight.header("Access-Control-Allow-Methods").orElseThrow().contains("GET"));
        assertTrue(preflight.header("Access-Control-Allow-Headers").orElseThrow().toLowerCase(Locale.ROOT).contains("mcp-protocol-version"));
        assertEquals(endpoint.exchange("OPTIONS", "/mcp", "", headers).headers(), preflight.headers());
    }

    @Test
    void handler_allowedOrigin_mayReadAnswersAndFailures() throws IOException {
        var metadata = endpoint.exchange("GET", METADATA, "", ALLOWED);
        var broken = endpoint.exchange("GET", "/broken", "", ALLOWED);

        assertEquals("metadata", metadata.body());
        assertEquals(Optional.of("http://localhost:6274"), reader(metadata));
        assertEquals(Optional.of("Origin"), metadata.header("Vary"));
        assertEquals(500, broken.status());
        assertEquals(Optional.of("http://localhost:6274"), reader(broken));
    }

    @Test
    void handler_anyoneElse_readsNothing() throws IOException {
        var foreign = endpoint.exchange("GET", METADATA, "", FOREIGN);
        var preflight = endpoint.exchange("OPTIONS", METADATA, "", FOREIGN, "Access-Control-Request-Method: GET");

        assertEquals("metadata", foreign.body()); // which is public
        assertEquals(Optional.empty(), reader(foreign));
        assertEquals(Optional.of("Origin"), foreign.header("Vary"));
        assertEquals(403, preflight.status());
        assertEquals(Optional.empty(), reader(preflight));
    }

    /// Otherwise a cache could hand the answer for one origin to another.
    @Test
    void handler_setsVary_keepsOriginInIt() throws IOException {
        assertEquals(List.of("Accept-Encoding", "Origin"), varyOf("GET", "/varying?Accept-Encoding", ""));
        assertEquals(List.of("Accept, origin"), varyOf("GET", "/varying?Accept,%20origin", ""));
        assertEquals(List.of("*"), varyOf("GET", "/varying?*", ""));
    }

    @Test
    void endpoint_setsVary_keepsOriginInIt() throws IOException {
        assertEquals(List.of("Accept", "Origin"), varyOf("POST", "/mcp?Accept", Messages.INITIALIZE));
    }

    private List<String> varyOf(String method, String target, String body) throws IOException {
        return endpoint.exchange(method, target, body, ALLOWED, Endpoint.JSON).headers().get("vary");
    }

    @Test
    void handler_notCrossOrigin_isReadByNoScript() throws IOException {
        var response = endpoint.exchange("GET", "/health", "", ALLOWED);

        assertEquals("well", response.body());
        assertEquals(Optional.empty(), reader(response));
    }
}
