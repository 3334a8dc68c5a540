package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Messages.INITIALIZE;
import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.EVENTS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.BasicAuthenticator;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {

    private static final String ALICE = credentials("alice:secret");
    private static final String BOB = credentials("bob:secret");

    private Endpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = new Endpoint(new InMemorySessionStore(SessionPolicy.DEFAULT), Endpoint::answerSession, b -> b,
                b -> b.authenticator(new BasicAuthenticator("test") {
                    @Override
                    public boolean checkCredentials(String user, String password) {
                        return password.equals("secret");
                    }
                }).handler("/health", exchange -> Endpoint.answer(exchange, 200, "well")));
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    private static String credentials(String text) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void handle_withoutCredentials_mintsStreamsAndDeletesNothing() throws IOException {
        for (var nobody : List.of("X-Nothing: here", credentials("alice:wrong"))) {
            var refused = endpoint.exchange("POST", "/mcp", INITIALIZE, JSON, nobody);

            assertEquals(401, refused.status());
            assertTrue(refused.header("WWW-Authenticate").orElseThrow().startsWith("Basic realm=\"test\""));
            assertEquals(0, endpoint.store.heldCount());
        }
        var session = endpoint.initialize(ALICE);

        assertEquals(401, endpoint.exchange("GET", "/mcp", "", EVENTS, idHeader(session)).status());
        assertEquals(401, endpoint.exchange("DELETE", "/mcp", "", idHeader(session)).status());
        assertEquals(401, endpoint.exchange("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)).status());
        assertTrue(endpoint.isAlive(session));
        assertEquals(0, endpoint.sessions.stats().streams().opened());
        assertEquals(0, endpoint.broadcaster.subscriberCount());
    }

    @Test
    void handle_withCredentials_ownsWhatItMints() throws IOException {
        var session = endpoint.initialize(ALICE);

        assertEquals(List.of(new SessionId(session)),
                endpoint.store.list(Owner.principal("test", "alice")).stream().map(s -> s.id()).toList());
        assertEquals(session, endpoint.exchange("POST", "/mcp", LIST_TOOLS, JSON, ALICE, idHeader(session)).body());
        assertEquals(0, endpoint.sessions.deleteAll(Owner.principal("test", "bob")));
        assertEquals(1, endpoint.sessions.deleteAll(Owner.principal("test", "alice")));
        assertFalse(endpoint.isAlive(session));
    }

    @Test
    void handle_anothersSession_isNotFound() throws IOException {
        var session = endpoint.initialize(ALICE);

        assertEquals(404, endpoint.exchange("POST", "/mcp", LIST_TOOLS, JSON, BOB, idHeader(session)).status());
        assertEquals(404, endpoint.exchange("GET", "/mcp", "", EVENTS, BOB, idHeader(session)).status());
        assertEquals(404, endpoint.exchange("DELETE", "/mcp", "", BOB, idHeader(session)).status());
        assertTrue(endpoint.isAlive(session));
        assertEquals(204, endpoint.exchange("DELETE", "/mcp", "", ALICE, idHeader(session)).status());
    }

    @Test
    void handle_streamWithCredentials_isOpened() throws IOException {
        var session = endpoint.initialize(ALICE);
        try (var http = endpoint.connect()) {
            http.send(RawHttp.request("GET", "/mcp", "", EVENTS, ALICE, idHeader(session)));

            assertEquals(200, http.readHead().status());
            http.readUntil(": connected");
        }
    }

    @Test
    void handle_preflight_asksForNoCredentials() throws IOException {
        var preflight = endpoint.exchange("OPTIONS", "/mcp", "", "Origin: http://localhost:3000", "Access-Control-Request-Method: POST");

        assertEquals(204, preflight.status());
        assertEquals("http://localhost:3000", preflight.header("Access-Control-Allow-Origin").orElseThrow());
        assertEquals(403, endpoint.exchange("OPTIONS", "/mcp", "", "Origin: http://evil.example").status());
        assertEquals(405, endpoint.exchange("OPTIONS", "/mcp", "").status());
        assertEquals(403, endpoint.exchange("OPTIONS", "/mcp", "", "Host: evil.example", "Origin: http://localhost:3000").status());
        assertEquals(0, endpoint.store.heldCount());
    }

    @Test
    void handle_withoutCredentials_tellsScriptsOfAllowedOriginsAlone() throws IOException {
        var allowed = endpoint.exchange("POST", "/mcp", INITIALIZE, JSON, "Origin: http://localhost:3000");
        var other = endpoint.exchange("POST", "/mcp", INITIALIZE, JSON, "Origin: http://evil.example");

        assertEquals(401, allowed.status());
        assertEquals("http://localhost:3000", allowed.header("Access-Control-Allow-Origin").orElseThrow());
        assertTrue(allowed.header("Access-Control-Expose-Headers").orElseThrow().contains("WWW-Authenticate"));
        assertEquals(403, other.status());
        assertTrue(other.header("Access-Control-Allow-Origin").isEmpty());
    }

    @Test
    void handle_withCredentials_tellsScriptsOnce() throws IOException {
        var response = endpoint.exchange("POST", "/mcp", INITIALIZE, JSON, ALICE, "Origin: http://localhost:3000");

        assertEquals(List.of("http://localhost:3000"), response.headers().get("access-control-allow-origin"));
        assertEquals(List.of("Origin"), response.headers().get("vary"));
    }

    @Test
    void handle_otherHandler_asksForNoCredentials() throws IOException {
        assertEquals("well", endpoint.exchange("GET", "/health", "").body());
    }

    /// With the specification's 403 before the challenge, a foreign page cannot make a browser ask for a password.
    @Test
    void handle_foreignRequest_isRefusedBeforeItIsChallenged() throws IOException {
        for (var method : List.of("GET", "POST", "DELETE")) {
            assertEquals(403, endpoint.exchange(method, "/mcp", "", "Origin: http://evil.example").status());
            assertEquals(403, endpoint.exchange(method, "/mcp", "", "Host: evil.example").status());
            assertEquals(403, endpoint.exchange(method, "http://evil.example/mcp", "").status());
            assertEquals(400, endpoint.exchange(method, "/mcp", "", "Host:").status());
            assertEquals(400, endpoint.exchange(method, "/mcp", "", "Host: localhost", "Host: localhost").status());
            assertEquals(404, endpoint.exchange(method, "/mcp/x", "").status());
            assertEquals(404, endpoint.exchange(method, "///mcp", "").status());
            assertEquals(401, endpoint.exchange(method, "/mcp", "").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100000000", "", ";x", "FFFFFFFF00000000", "80000000", "+5", "-1", "1\r2"})
    void handle_chunkSizeThatTheServerMisreads_letsNoSecondRequestThrough(String size) throws IOException {
        for (var path : List.of("/mcp", "/health", "/nowhere")) {
            try (var http = endpoint.connect()) {
                http.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + size + "\r\n\r\n"
                        + RawHttp.request("GET", "/health", ""));

                var answers = http.readToEnd();
                assertTrue(answers.lastIndexOf("HTTP/1.1 ") <= 0, () -> path + " let the second request through: " + answers);
            }
        }
    }

    @Test
    void handle_lengthThatIsNoNumber_is400BeforeItIsChallenged() throws IOException {
        try (var http = endpoint.connect()) {
            http.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\n12345");

            assertEquals(400, http.read().status());
            assertTrue(http.isAtEnd());
        }
    }
}
