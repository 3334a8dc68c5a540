package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.contract.Await;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.http.StreamEnd;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a client gets in either era, whoever provides the server.
@Timeout(60)
class ProvidersTest {

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(2);
    private static final Json.Str PADDING = new Json.Str("x".repeat(60_000));
    private static final BasicAuthenticator PASSWORD_IS_SECRET = new BasicAuthenticator("test") {
        @Override
        public boolean checkCredentials(String user, String password) {
            return password.equals("secret");
        }
    };
    private static final String LISTEN = """
            {"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},\
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";

    /// Somebody's server with our handler, and a client.
    private static final class Served implements AutoCloseable {

        final InMemorySessionStore store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        final StripedBroadcaster broadcaster = new StripedBroadcaster();
        final SessionHandler sessions = SessionHandler.builder(store).broadcaster(broadcaster).build();
        final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        final Provider.Listening server;

        Served(Provider provider) throws IOException {
            this(provider, Endpoint::answerSession, null);
        }

        Served(Provider provider, HttpHandler application, Authenticator authenticator) throws IOException {
            server = provider.listen(new SessionHttpHandler(application, sessions, WRITE_TIMEOUT), authenticator);
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + server.address().getPort() + "/mcp");
        }

        HttpRequest.Builder request() {
            return HttpRequest.newBuilder(uri()).header("Content-Type", "application/json")
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
            server.close();
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
            assertEquals(400, served.post(null, Messages.LIST_TOOLS).statusCode());
            var minted = served.post(null, Messages.INITIALIZE);
            assertEquals(200, minted.statusCode(), minted::body);
            var session = minted.headers().firstValue("Mcp-Session-Id").orElseThrow();
            assertEquals(session, served.post(session, Messages.LIST_TOOLS).body(), "the session is in scope");
            assertEquals(404, served.post("unknown", Messages.LIST_TOOLS).statusCode());
            assertEquals(415, served.send(served.request().setHeader("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString(Messages.LIST_TOOLS))).statusCode());
            assertEquals(405, served.send(served.request().method("PUT", HttpRequest.BodyPublishers.ofString("{}"))).statusCode());

            try (var stream = served.stream(served.request().header("Mcp-Session-Id", session).GET())) {
                assertEquals(": connected", stream.readLine());
                for (var n = 0; n < 3; n++) served.broadcaster.publish(Event.of("test/" + n));
                for (var n = 0; n < 3; n++) assertTrue(data(stream).contains("\"test/" + n + "\""));

                var deleted = served.send(served.request().header("Mcp-Session-Id", session).DELETE());

                assertEquals(204, deleted.statusCode());
                assertEquals("the end", data(stream));
            }
            assertEquals(404, served.post(session, Messages.LIST_TOOLS).statusCode());
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

                served.sessions.drain();

                assertTrue(data(stream).startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"l\",\"result\":{"));
                assertEquals("the end", data(stream));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void authenticator_ofEveryProvider_ownsTheSession(Provider provider) throws Exception {
        try (var served = new Served(provider, Endpoint::answerSession, PASSWORD_IS_SECRET)) {
            assertEquals(401, served.post(null, Messages.INITIALIZE).statusCode());
            assertEquals(401, served.send(as("ann:wrong", served.request())
                    .POST(HttpRequest.BodyPublishers.ofString(Messages.INITIALIZE))).statusCode());
            assertEquals(0, served.store.heldCount());

            var minted = served.send(as("ann:secret", served.request()).POST(HttpRequest.BodyPublishers.ofString(Messages.INITIALIZE)));

            assertEquals(Owner.principal("test:ann"), served.store.list().getFirst().owner());
            var call = served.request().header("Mcp-Session-Id", minted.headers().firstValue("Mcp-Session-Id").orElseThrow())
                    .POST(HttpRequest.BodyPublishers.ofString(Messages.LIST_TOOLS));
            assertEquals(200, served.send(as("ann:secret", call.copy())).statusCode());
            assertEquals(404, served.send(as("bob:secret", call.copy())).statusCode());
        }
    }

    private static HttpRequest.Builder as(String credentials, HttpRequest.Builder request) {
        return request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }

    /// Whatever an application does wrong, its client hears of it, on a connection that can be used again.
    @ParameterizedTest
    @EnumSource
    void failure_ofEveryProvider_is500AndServesOn(Provider provider) throws Exception {
        var application = new AtomicReference<HttpHandler>(Endpoint::answerSession);
        try (var served = new Served(provider, exchange -> application.get().handle(exchange), null);
                var http = RawHttp.connect(served.server.address())) {
            var session = http.exchange(RawHttp.request("POST", "/mcp", Messages.INITIALIZE, Endpoint.JSON)).header("Mcp-Session-Id").orElseThrow();
            var call = RawHttp.request("POST", "/mcp", Messages.LIST_TOOLS, Endpoint.JSON, Endpoint.idHeader(session));
            for (var failure : List.of(FailureTest.Failure.EXCEPTION, FailureTest.Failure.ASSERTION_ERROR, FailureTest.Failure.NO_ANSWER)) {
                application.set(failure);
                assertEquals(500, http.exchange(call).status(), failure::toString);
                application.set(Endpoint::answerSession);
                assertEquals(session, http.exchange(call).body());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void failure_inTheMiddleOfTheAnswerOfEveryProvider_doesNotLookComplete(Provider provider) throws Exception {
        try (var served = new Served(provider, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("half of the ans".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IllegalStateException("on purpose");
        }, null); var http = RawHttp.connect(served.server.address())) {
            http.send(RawHttp.request("POST", "/mcp", Messages.INITIALIZE, Endpoint.JSON));

            assertThrows(IOException.class, http::read);
            Await.await("session deleted", () -> served.store.heldCount() == 0);
        }
    }

    /// With a body that is read for the decision, for none, or not at all.
    @ParameterizedTest
    @EnumSource
    void refusal_ofEveryProvider_leavesTheConnection(Provider provider) throws Exception {
        try (var served = new Served(provider); var http = RawHttp.connect(served.server.address())) {
            var large = " ".repeat(200_000);
            assertEquals(404, http.exchange(RawHttp.request("POST", "/mcp", large, Endpoint.JSON, Endpoint.idHeader("nobody"))).status());
            assertEquals(415, http.exchange(RawHttp.request("POST", "/mcp", large, "Content-Type: text/plain")).status());
            assertEquals(400, http.exchange(RawHttp.request("POST", "/mcp", large, Endpoint.JSON)).status());
            assertEquals(413, http.exchange(RawHttp.request("POST", "/mcp", " ".repeat(5 << 20), Endpoint.JSON)).status());
            assertEquals(405, http.exchange(RawHttp.request("HEAD", "/mcp", "")).status());
            assertEquals(404, http.exchange(RawHttp.request("GET", "/mcp/below", "")).status());
            assertEquals(200, http.exchange(RawHttp.request("POST", "/mcp", Messages.INITIALIZE, Endpoint.JSON)).status());
        }
    }

    /// Opens a session and its stream.
    private static void openStream(RawHttp http) throws IOException {
        var minted = http.exchange(RawHttp.request("POST", "/mcp", Messages.INITIALIZE, Endpoint.JSON));
        http.send(RawHttp.request("GET", "/mcp", "", Endpoint.EVENTS, Endpoint.idHeader(minted.header("Mcp-Session-Id").orElseThrow())));
        http.skipTo(": connected");
    }

    @ParameterizedTest
    @EnumSource
    void reader_thatStallsOnEveryProvider_losesItsStream(Provider provider) throws Exception {
        try (var served = new Served(provider); var http = RawHttp.connect(served.server.address())) {
            openStream(http);

            for (var n = 0; n < 300; n++) served.broadcaster.publish(Event.of("test", Json.obj().with("padding", PADDING)));

            Await.await("stream ended", () -> served.sessions.stats().streams().ended().get(StreamEnd.WRITE_TIMEOUT) == 1);
            assertEquals(0, served.broadcaster.subscriberCount());
            assertThrows(EOFException.class, () -> http.skipTo("what is never sent"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void reader_thatLeavesEveryProvider_isNoticedByWriting(Provider provider) throws Exception {
        try (var served = new Served(provider)) {
            var http = RawHttp.connect(served.server.address());
            openStream(http);
            http.close();

            Await.await("stream ended", () -> {
                served.broadcaster.publish(Event.of("test"));
                return served.sessions.stats().streams().ended().get(StreamEnd.CLIENT_GONE) == 1;
            });
            assertEquals(0, served.broadcaster.subscriberCount());
        }
    }
}
