package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import dev.mcpsession.InMemorySessionStore;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.StripedBroadcaster;
import dev.mcpsession.http.SessionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a client gets in either era, whoever provides the server.
@Timeout(60)
class ProvidersTest {

    private static final String LISTEN = """
            {"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},\
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";

    private enum Provider {
        JDK, ROBAHO;

        HttpServerProvider open() {
            return switch (this) {
                case JDK -> HttpServerProvider.provider();
                case ROBAHO -> new robaho.net.httpserver.DefaultHttpServerProvider();
            };
        }
    }

    /// A server with nothing but a context for the handler, as somebody has who does not use [McpHttpServer].
    private static final class Served implements AutoCloseable {

        final InMemorySessionStore store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        final StripedBroadcaster broadcaster = new StripedBroadcaster();
        final SessionHandler sessions = SessionHandler.builder(store).broadcaster(broadcaster).build();
        final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        final HttpServer server;
        final URI uri;

        Served(Provider provider) throws IOException {
            server = provider.open().createHttpServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/mcp", new SessionHttpHandler(Endpoint::answerSession, sessions));
            server.start();
            uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
        }

        HttpRequest.Builder request() {
            return HttpRequest.newBuilder(uri).header("Content-Type", "application/json")
                    .header("Accept", "application/json, text/event-stream");
        }

        HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> post(String session, String body) throws IOException, InterruptedException {
            var request = request().POST(HttpRequest.BodyPublishers.ofString(body));
            return send(session == null ? request : request.header("Mcp-Session-Id", session));
        }

        BufferedReader stream(HttpRequest.Builder request) throws IOException, InterruptedException {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(200, response.statusCode());
            assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElseThrow());
            return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            sessions.close(Duration.ofSeconds(5));
            http.shutdownNow();
            server.stop(0);
            threads.shutdownNow();
            broadcaster.close();
            store.close();
        }
    }

    /// The data of the next event that has some.
    private static String data(BufferedReader stream) throws IOException {
        for (var line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.startsWith("data: ")) return line.substring("data: ".length());
        }
        return "the end";
    }

    @ParameterizedTest
    @EnumSource
    void session_ofEveryProvider_livesStreamsAndEnds(Provider provider) throws Exception {
        try (var served = new Served(provider)) {
            assertEquals(400, served.post(null, Endpoint.CALL).statusCode());
            var minted = served.post(null, Endpoint.INITIALIZE);
            assertEquals(200, minted.statusCode(), minted::body);
            var session = minted.headers().firstValue("Mcp-Session-Id").orElseThrow();
            assertEquals(session, served.post(session, Endpoint.CALL).body(), "the session is in scope");
            assertEquals(404, served.post("unknown", Endpoint.CALL).statusCode());
            assertEquals(415, served.send(served.request().setHeader("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString(Endpoint.CALL))).statusCode());
            assertEquals(405, served.send(served.request().method("PUT", HttpRequest.BodyPublishers.ofString("{}"))).statusCode());

            try (var stream = served.stream(served.request().header("Mcp-Session-Id", session).GET())) {
                assertEquals(": connected", stream.readLine());
                for (var n = 0; n < 3; n++) served.broadcaster.publish(Event.of("test/" + n));
                for (var n = 0; n < 3; n++) assertTrue(data(stream).contains("\"test/" + n + "\""));

                var deleted = served.send(served.request().header("Mcp-Session-Id", session).DELETE());

                assertEquals(204, deleted.statusCode());
                assertEquals("the end", data(stream));
            }
            assertEquals(404, served.post(session, Endpoint.CALL).statusCode());
        }
    }

    @ParameterizedTest
    @EnumSource
    void listen_ofEveryProvider_isAcknowledgedAndEndsWithItsResult(Provider provider) throws Exception {
        try (var served = new Served(provider)) {
            var stateless = served.request().header("MCP-Protocol-Version", "2026-07-28");
            assertEquals(405, served.send(stateless.copy().GET()).statusCode());
            assertEquals(400, served.send(stateless.copy().POST(HttpRequest.BodyPublishers.ofString(LISTEN))).statusCode());

            var listen = stateless.copy().header("Mcp-Method", "subscriptions/listen").POST(HttpRequest.BodyPublishers.ofString(LISTEN));
            try (var stream = served.stream(listen)) {
                assertTrue(data(stream).contains("notifications/subscriptions/acknowledged"));
                served.broadcaster.publish(Event.of("notifications/tools/list_changed"));
                assertTrue(data(stream).contains("\"io.modelcontextprotocol/subscriptionId\":\"l\""));

                served.sessions.drainStreams();

                assertTrue(data(stream).startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"l\",\"result\":{"));
                assertEquals("the end", data(stream));
            }
        }
    }
}
