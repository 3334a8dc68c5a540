package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.contract.Messages.INITIALIZE;
import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.EVENTS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.answer;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.Limits;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a request gets, as its client sees it.
class RequestTest {

    private static final String META = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
            + "\"io.modelcontextprotocol/clientCapabilities\":{}}";
    private static final String STATELESS = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\",\"params\":{" + META + "}}";
    private static final String MALFORMED_LISTEN =
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"subscriptions/listen\",\"params\":{\"notifications\":5," + META + "}}";

    private static final Pattern ERROR = Pattern.compile("\\{\"jsonrpc\":\"2.0\",\"id\":(null|[0-9]+|\"[a-z]*\"),\"error\":\\{");

    private static Endpoint endpoint;
    private static String session;

    @BeforeAll
    static void start() throws IOException {
        endpoint = new Endpoint();
        session = endpoint.initialize();
    }

    @AfterAll
    static void stop() {
        endpoint.close();
    }

    /// `S` is a live session's header, `J` is JSON's content type, `E` accepts event streams, `V` names 2026-07-28; `M` is a
    /// sound message of that revision.
    @ParameterizedTest(name = "{0} {1} [{2}] {3} is {4}")
    @CsvSource(delimiter = '|', textBlock = """
            GET     | /mcpfoo                   | S; E                                                      |                    | 404
            GET     | /mcp/                     | S; E                                                      |                    | 404
            GET     | /mcp/../x                 | S; E                                                      |                    | 404
            POST    | /%6dcp                    | S; J                                                      | {}                 | 404
            GET     | http://127.0.0.1/mcp/x    | S; E                                                      |                    | 404
            POST    | http://127.0.0.1/mcp      | S; J                                                      | {}                 | 200
            POST    | /mcp?a=b                  | S; J                                                      | {}                 | 200
            PUT     | /mcp                      | S; J                                                      | {}                 | 405
            HEAD    | /mcp                      | S; E                                                      |                    | 405
            PATCH   | /mcp                      | S                                                         | {}                 | 405
            get     | /mcp                      | S; E                                                      |                    | 405
            F@O     | /mcp                      | S                                                         |                    | 405
            OPTIONS | /mcp                      | S                                                         |                    | 405
            OPTIONS | /mcp                      | Origin: http://evil.example                               |                    | 403
            OPTIONS | /mcp                      | Origin: http://localhost:3000                             |                    | 204
            PUT     | /mcp                      | Host: evil.example                                        |                    | 403
            GET     | /mcp                      | Host:; S; E                                               |                    | 400
            GET     | /mcp                      | Host: evil.example; S; E                                  |                    | 403
            GET     | /mcp                      | Host: 127.0.0.1.evil.example; S; E                        |                    | 403
            GET     | /mcp                      | Host: 127.0.0.1; Host: 127.0.0.1; S; E                    |                    | 400
            POST    | /mcp                      | Host: localhost:8080; S; J                                | {}                 | 200
            POST    | /mcp                      | Origin: http://evil.example; S; J                         | {}                 | 403
            DELETE  | /mcp                      | Origin: null; S                                           |                    | 403
            POST    | /mcp                      | Origin: http://evil.example                               | {}                 | 403
            POST    | /mcp                      | S                                                         | {}                 | 415
            POST    | /mcp                      | S; Content-Type: text/plain                               | {}                 | 415
            POST    | /mcp                      | S; Content-Type: application/json; charset=utf-8          | {}                 | 200
            POST    | /mcp                      | J                                                         | {                  | 400
            POST    | /mcp                      | J                                                         | {"a":1,"a":1}      | 400
            POST    | /mcp                      | J                                                         | []                 | 400
            POST    | /mcp                      | J; MCP-Protocol-Version: 1999-01-01                       | {}                 | 400
            POST    | /mcp                      | S; J; MCP-Protocol-Version: 1999-01-01                    | {}                 | 400
            POST    | /mcp                      | S; J; MCP-Protocol-Version: 2025-06-18                    | {}                 | 200
            GET     | /mcp                      | S; E; MCP-Protocol-Version: 1999-01-01                    |                    | 400
            GET     | /mcp                      | E                                                         |                    | 400
            GET     | /mcp                      | S; Accept: application/json                               |                    | 406
            GET     | /mcp                      | S; Accept: */*, text/event-stream;q=0                     |                    | 406
            GET     | /mcp                      | S; Last-Event-ID: of the application                      |                    | 200
            DELETE  | /mcp                      |                                                           |                    | 400
            GET     | /mcp                      | S; E; V                                                   |                    | 405
            DELETE  | /mcp                      | S; V                                                      |                    | 405
            POST    | /mcp                      | J; V; Mcp-Method: tools/list                              | M                  | 200
            POST    | /mcp                      | S; J; V; Mcp-Method: tools/list; Last-Event-ID: mcps-ab-1 | M                  | 200
            POST    | /mcp                      | J; V; mcp-method:   tools/list                            | M                  | 200
            POST    | /mcp                      | J; V                                                      | M                  | 400
            POST    | /mcp                      | J; V; Mcp-Method: Tools/List                              | M                  | 400
            POST    | /mcp                      | J; Mcp-Method: tools/list                                 | M                  | 400
            POST    | /mcp                      | J; V; V; Mcp-Method: tools/list                           | M                  | 200
            POST    | /mcp                      | J; V; MCP-Protocol-Version: 2025-11-25; Mcp-Method: tools/list | M             | 400
            POST    | /mcp                      | J; MCP-Protocol-Version: 2025-11-25                       | M                  | 400
            POST    | /mcp                      | J; V; Mcp-Method: tools/list                              | {}                 | 400
            POST    | /mcp                      | J; V; Mcp-Method: tools/list                              | [M]                | 400
            POST    | /mcp                      | V; Mcp-Method: tools/list                                 | M                  | 415
            POST    | /mcp                      | J; V; Mcp-Method: subscriptions/listen                    | L                  | 400
            """)
    void handle_oneRequest_hasItsStatus(String method, String target, String headers, String body, int status)
            throws IOException {
        var sent = Optional.ofNullable(body).orElse("").replace("M", STATELESS).replace("L", MALFORMED_LISTEN);
        var response = endpoint.exchange(method, target, sent, spelledOut(headers));

        assertEquals(status, response.status(), response::toString);
        var isStateless = headers != null && headers.endsWith("V");
        if (status == 405) assertEquals(isStateless ? "POST" : "GET, POST, DELETE", response.header("Allow").orElseThrow());
        if (status == 200 && "M".equals(body)) assertEquals("none", response.body(), "no session is in scope");
        assertEquals(status >= 400 && !method.equals("HEAD"), ERROR.matcher(response.body()).lookingAt(), response::toString);
        assertTrue(endpoint.isAlive(session));
    }

    private static String[] spelledOut(String headers) {
        if (headers == null) return new String[0];
        return List.of(headers.split("; (?!charset)")).stream().map(header -> switch (header) {
            case "S" -> idHeader(session);
            case "J" -> JSON;
            case "E" -> EVENTS;
            case "V" -> "MCP-Protocol-Version: 2026-07-28";
            default -> header;
        }).toArray(String[]::new);
    }

    @Test
    void handle_preflight_tellsWhatIsAllowed() throws IOException {
        var response = endpoint.exchange("OPTIONS", "/mcp", "", "Origin: http://localhost:3000",
                "Access-Control-Request-Method: POST");

        assertEquals("http://localhost:3000", response.header("Access-Control-Allow-Origin").orElseThrow());
        assertEquals("GET, POST, DELETE", response.header("Access-Control-Allow-Methods").orElseThrow());
        assertTrue(response.header("Access-Control-Allow-Headers").orElseThrow().contains("Mcp-Session-Id"));
        assertEquals(Optional.empty(), response.header("Access-Control-Allow-Credentials"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "null", "http://localhost.evil.example", "http://localhost:3000, http://evil.example"})
    void handle_originOfOthers_isToldToNoScript(String origin) throws IOException {
        for (var method : List.of("POST", "GET", "DELETE", "OPTIONS")) {
            var response = endpoint.exchange(method, "/mcp", "", JSON, EVENTS, idHeader(session), "Origin: " + origin);

            assertEquals(403, response.status());
            assertTrue(response.headers().keySet().stream().noneMatch(name -> name.startsWith("access-control")), response::toString);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"jsonrpc":                                         | "code":-32700
            {"jsonrpc":"2.0","id":"x","method":"tools/list"}    | "id":"x"
            {"jsonrpc":"2.0","id":7,"method":"tools/list"}      | "code":-32600
            """)
    void handle_badBody_saysWhy(String body, String expected) throws IOException {
        var response = endpoint.exchange("POST", "/mcp", body, JSON);

        assertEquals(400, response.status());
        assertTrue(response.body().contains(expected), response::toString);
    }

    @Test
    void handle_unknownVersion_listsTheSupportedOnes() throws IOException {
        var response = endpoint.exchange("POST", "/mcp", LIST_TOOLS, JSON, "MCP-Protocol-Version: 1999-01-01");

        assertTrue(response.body().contains("\"code\":-32022"), response::toString);
        assertTrue(response.body().contains("\"2025-11-25\",\"2025-06-18\",\"2025-03-26\""), response::toString);
        assertTrue(response.body().contains("\"requested\":\"1999-01-01\""), response::toString);
        assertTrue(response.body().contains("\"id\":2"), response::toString);
    }

    @Test
    void handle_initialize_isAnsweredWithANewSession() throws IOException {
        var response = endpoint.exchange("POST", "/mcp", INITIALIZE, JSON, "Origin: http://localhost:3000");

        var id = response.header("Mcp-Session-Id").orElseThrow();
        assertEquals(id, response.body()); // what the application saw in its scope
        assertTrue(endpoint.isAlive(id));
        assertEquals("Mcp-Session-Id, Retry-After, WWW-Authenticate", response.header("Access-Control-Expose-Headers").orElseThrow());
        assertNotEquals(id, endpoint.initialize());
    }

    @Test
    void handle_callWithinASession_seesItAndMintsNone() throws IOException {
        var response = endpoint.call(session);

        assertEquals(200, response.status());
        assertEquals(session, response.body());
        assertEquals(Optional.empty(), response.header("Mcp-Session-Id"));
    }

    @Test
    void handle_idThatOpensNothing_looksTheSameWhateverTheReason() throws IOException {
        var deleted = endpoint.initialize();
        assertEquals(204, endpoint.exchange("DELETE", "/mcp", "", idHeader(deleted)).status());
        var foreign = endpoint.initialize("Authorization: Bearer alice");
        var ids = List.of("0123456789abcdef0123456789abcdef", deleted, foreign, "two words", "x".repeat(129), "smörgås");

        for (var request : List.of(
                new String[] {"POST", LIST_TOOLS, JSON},
                new String[] {"GET", "", EVENTS},
                new String[] {"DELETE", "", EVENTS})) {
            var answers = ids.stream().map(id -> answerTo(request, idHeader(id))).distinct().toList();

            assertEquals(1, answers.size(), answers::toString);
            assertEquals(404, answers.getFirst().status());
            assertTrue(answers.getFirst().body().contains("Session not found"));
        }
        assertTrue(endpoint.isAlive(foreign));
    }

    private static RawHttp.Response answerTo(String[] request, String idHeader) {
        try {
            return endpoint.exchange(request[0], "/mcp", request[1], request[2], idHeader);
        } catch (IOException e) {
            throw new AssertionError(idHeader, e);
        }
    }

    @Test
    void handle_delete_endsSessionAndStream() throws IOException {
        var id = endpoint.initialize();
        try (var stream = endpoint.stream(id)) {
            var response = endpoint.exchange("DELETE", "/mcp", "", idHeader(id));

            assertEquals(204, response.status());
            assertEquals(Optional.empty(), stream.readChunk());
            assertEquals(404, endpoint.exchange("DELETE", "/mcp", "", idHeader(id)).status());
            assertEquals(404, endpoint.call(id).status());
        }
    }

    @Test
    void handle_get_opensAStreamThatBringsEvents() throws IOException {
        var id = endpoint.initialize();
        try (var http = endpoint.connect()) {
            http.send(RawHttp.request("GET", "/mcp", "", EVENTS, idHeader(id)));

            var head = http.readHead();
            assertEquals(200, head.status());
            assertEquals(Map.of(
                    "content-type", List.of("text/event-stream"),
                    "cache-control", List.of("no-cache"),
                    "x-accel-buffering", List.of("no"),
                    "vary", List.of("Origin"),
                    "mcp-session-id", List.of(id),
                    "connection", List.of("close"),
                    "transfer-encoding", List.of("chunked")), head.headers());
            var start = http.readChunk().orElseThrow();
            assertTrue(start.matches(": connected\n\nid: mcps-[0-9a-f]+-[0-9]+-[0-9a-f]+\ndata:\n\n"), start);
            var event = endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed"));
            http.readUntil("id: " + event + "\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"");
        }
    }

    @Test
    void handle_listen_opensAStreamWithoutASession() throws IOException {
        var body = MALFORMED_LISTEN.replace(":5,", ":{\"toolsListChanged\":true},");
        try (var fresh = new Endpoint(); var http = fresh.connect()) {
            http.send(RawHttp.request("POST", "/mcp", body, JSON, idHeader(session), "Origin: http://localhost:3000",
                    "Accept: application/json, text/event-stream", "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: subscriptions/listen"));

            var head = http.readHead();
            assertEquals(200, head.status());
            assertEquals(Map.of(
                    "content-type", List.of("text/event-stream"),
                    "cache-control", List.of("no-cache"),
                    "x-accel-buffering", List.of("no"),
                    "vary", List.of("Origin"),
                    "access-control-allow-origin", List.of("http://localhost:3000"),
                    "access-control-expose-headers", List.of("Mcp-Session-Id, Retry-After, WWW-Authenticate"),
                    "connection", List.of("close"),
                    "transfer-encoding", List.of("chunked")), head.headers());
            assertEquals("event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{\"_meta\":"
                    + "{\"io.modelcontextprotocol/subscriptionId\":3},\"notifications\":{\"toolsListChanged\":true}}}\n\n", http.readChunk().orElseThrow());
            fresh.broadcaster.publish(Event.of("notifications/prompts/list_changed"));
            fresh.broadcaster.publish(Event.of("notifications/tools/list_changed"));
            assertEquals("event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":"
                    + "{\"io.modelcontextprotocol/subscriptionId\":3}}}\n\n", http.readChunk().orElseThrow());
            fresh.sessions.drain();
            assertEquals("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"resultType\":\"complete\",\"_meta\":"
                    + "{\"io.modelcontextprotocol/subscriptionId\":3}}}\n\n", http.readChunk().orElseThrow());
            assertEquals(Optional.empty(), http.readChunk());
        }
    }

    @Test
    void handle_listenWhoseClientLeaves_leavesNothingBehind() throws IOException {
        var body = MALFORMED_LISTEN.replace(":5,", ":{\"toolsListChanged\":true},");
        var before = endpoint.broadcaster.subscriberCount();
        try (var http = endpoint.connect()) {
            http.send(RawHttp.request("POST", "/mcp", body, JSON, EVENTS, "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: subscriptions/listen"));
            http.readHead();
            assertEquals(before + 1, endpoint.broadcaster.subscriberCount());
        }
        await("subscription closed", () -> {
            endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed")); // only by writing is it learnt
            return endpoint.broadcaster.subscriberCount() == before;
        });
    }

    @Test
    void handle_secondGet_takesTheStreamOver() throws IOException {
        var id = endpoint.initialize();
        try (var older = endpoint.stream(id); var newer = endpoint.stream(id)) {
            assertTrue(older.readChunk().orElseThrow().matches("retry: [0-9]{4,5}\n\n"));
            assertEquals(Optional.empty(), older.readChunk());
            assertTrue(older.isAtEnd());

            endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed"));
            newer.readUntil("list_changed");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 500, 302})
    void handle_initializeThatTheApplicationRefuses_leavesNoSession(int status) throws IOException {
        try (var refusing = new Endpoint(exchange -> answer(exchange, status, "{}"))) {
            var response = refusing.exchange("POST", "/mcp", INITIALIZE, JSON);

            assertEquals(status, response.status());
            await("session deleted", () -> refusing.store.heldCount() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "GET", "DELETE"})
    void handle_storeAway_is503WithRetryAfter(String method) throws IOException {
        var store = mock(SessionStore.class);
        when(store.policy()).thenReturn(SessionPolicy.DEFAULT);
        var failure = new SessionStoreException("find failed", new IOException("no route"));
        when(store.find(any())).thenThrow(failure);
        when(store.delete(any(), any())).thenThrow(failure);
        when(store.create(any(), any(), any())).thenThrow(failure);
        try (var away = new Endpoint(store, Endpoint::answerSession, b -> b, b -> b)) {
            var within = away.exchange(method, "/mcp", method.equals("POST") ? LIST_TOOLS : "", JSON, EVENTS, idHeader(SessionId.random().value()));
            var first = away.exchange("POST", "/mcp", INITIALIZE, JSON);

            assertEquals(503, within.status());
            assertEquals("5", within.header("Retry-After").orElseThrow());
            assertEquals(503, first.status());
            assertEquals("5", first.header("Retry-After").orElseThrow());
            assertEquals(2, away.sessions.stats().storeFailures());
        }
    }

    @Test
    void handle_initializeAtAFullStore_is503WithRetryAfter() throws IOException {
        var store = new InMemorySessionStore(SessionPolicy.builder().maxSessions(1).build());
        try (var full = new Endpoint(store, Endpoint::answerSession, b -> b, b -> b)) {
            full.initialize();

            var response = full.exchange("POST", "/mcp", INITIALIZE, JSON);

            assertEquals(503, response.status());
            assertEquals("5", response.header("Retry-After").orElseThrow());
        }
    }

    @Test
    void handle_getBeyondTheLastPlace_is503WithRetryAfter() throws IOException {
        var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        var one = Limits.builder().maxStreams(1).build();
        try (var full = new Endpoint(store, Endpoint::answerSession, b -> b.limits(one), b -> b);
                var _ = full.stream(full.initialize())) {
            var response = full.exchange("GET", "/mcp", "", EVENTS, idHeader(full.initialize()));

            assertEquals(503, response.status());
            assertEquals("5", response.header("Retry-After").orElseThrow());
        }
    }

    @Test
    void handle_keptAliveConnection_servesOneRequestAfterTheOther() throws IOException {
        try (var http = endpoint.connect()) {
            for (var i = 0; i < 20; i++) {
                assertEquals(200, http.exchange(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session))).status());
                assertEquals(404, http.exchange(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader("nobody"))).status());
            }
        }
    }

    @Test
    void handle_chunkSizeThatOverflows_letsNoSecondRequestThrough() throws IOException {
        try (var http = endpoint.connect()) {
            http.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\n" + idHeader(session) + "\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n100000000\r\n\r\n"
                    + RawHttp.request("DELETE", "/mcp", "", idHeader(session)));

            assertEquals("close", http.read().header("Connection").orElseThrow());
            assertTrue(http.isAtEnd());
            assertTrue(endpoint.isAlive(session));
        }
    }
}
