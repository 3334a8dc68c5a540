package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.event.EventId;
import dev.mcpsession.http.StreamEnd;
import dev.mcpsession.json.Json;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointsTest {

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer("--allow-host", "mcp.example", "--allow-origin", "https://app.example");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nonsense                                  | 400
            `{"method":"m"`                           | 400
            ``                                        | 400
            `[]`                                      | 400
            `"m"`                                     | 400
            `{}`                                      | 400
            `{"params":{}}`                           | 400
            `{"method":5}`                            | 400
            `{"method":null}`                         | 400
            `{"method":""}`                           | 400
            `{"method":"m","params":[]}`              | 400
            `{"method":"m","params":null}`            | 400
            `{"method":"m","param":{}}`               | 400
            `{"method":"m","method":"m"}`             | 400
            `{"method":"m"}`                          | 202
            `{"method":"m","params":{}}`              | 202
            ` {"params":{"a":[1]},"method":"ü"} `     | 202
            """)
    void publish_bodies_areTakenOrRefused(String body, int status) throws Exception {
        var response = server.publish(body == null ? "" : body);

        assertEquals(status, response.statusCode());
        assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
        var answer = (Json.Obj) Json.parse(response.body());
        assertEquals(List.of(status == 202 ? "id" : "error"), List.copyOf(answer.members().keySet()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `[]`                                                                         | body must be an object
            `{"method":"m","param":{}}`                                                  | body must have no members but method and params
            `{"params":{}}`                                                              | method must be a string that is not empty
            `{"method":"m","params":[]}`                                                 | params must be an object
            `{"method":"m","params":{"_meta":[]}}`                                       | _meta of an event must be an object: m
            `{"method":"m","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":1}}}` | _meta of an event must not have io.modelcontextprotocol/subscriptionId: m
            `{"method":"notifications/resources/updated"}`                               | params of a topic's event must have a string uri
            `{"method":"notifications/resources/updated","params":{"uri":5}}`            | params of a topic's event must have a string uri
            """)
    void publish_wrongMember_isNamed(String body, String why) throws Exception {
        var response = server.publish(body);

        assertEquals(400, response.statusCode());
        assertEquals(Json.obj().with("error", why), Json.parse(response.body()));
    }

    @Test
    void publish_methodTooLong_is400() throws Exception {
        assertEquals("{\"error\":\"method must have 1 to 256 characters: 257\"}",
                server.publish("{\"method\":\"" + "m".repeat(257) + "\"}").body());
        assertEquals(202, server.publish("{\"method\":\"" + "m".repeat(256) + "\"}").statusCode());
    }

    @Test
    void publish_nestedAsDeepAsCanBeRead_reachesAStream() throws Exception {
        var deep = "[".repeat(62) + "]".repeat(62);
        var reader = server.stream(server.initialize("2025-06-18"));
        reader.next();

        assertEquals(202, server.publish("{\"method\":\"m\",\"params\":{\"a\":" + deep + "}}").statusCode());
        assertTrue(reader.next().contains(deep));
        assertEquals(400, server.publish("{\"method\":\"m\",\"params\":{\"a\":[" + deep + "]}}").statusCode());
    }

    @Test
    void publish_tooLarge_is413() throws Exception {
        var body = "{\"method\":\"m\",\"params\":{\"a\":\"" + "x".repeat(1 << 20) + "\"}}";
        var almost = "{\"method\":\"m\",\"params\":{\"a\":\"" + "x".repeat((1 << 20) - 32) + "\"}}";

        assertEquals(413, server.publish(body).statusCode());
        assertEquals(413, server.publish(almost).statusCode(), "fits as a body, not as an event");
    }

    @Test
    void publish_event_reachesAStreamAsOneFrame() throws Exception {
        var reader = server.stream(server.initialize("2025-06-18"));
        assertEquals(": connected\n\n", reader.next());

        var first = id(server.publish("{\"method\":\"notifications/tools/list_changed\"}").body());
        var second = id(server.publish("{\"method\":\"m\",\"params\":{\"a\":\"ü\"}}").body());

        assertEquals("id: " + first + "\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{}}\n\n",
                reader.next());
        assertEquals("id: " + second + "\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"a\":\"ü\"}}\n\n", reader.next());
        assertEquals(EventId.parse(first).orElseThrow().sequence() + 1, EventId.parse(second).orElseThrow().sequence());
    }

    private static String id(String body) {
        return ((Json.Obj) Json.parse(body)).string("id").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            POST   | /publish  | localhost      | -                    | application/json                | 202
            POST   | /publish  | 127.0.0.1:1    | -                    | application/json; charset=utf-8 | 202
            POST   | /publish  | mcp.example    | https://app.example  | application/json                | 202
            POST   | /publish  | localhost      | http://localhost:3   | application/json                | 202
            POST   | /publish  | evil.example   | -                    | application/json                | 403
            POST   | /publish  | localhost      | https://evil.example | application/json                | 403
            POST   | /publish  | localhost      | null                 | application/json                | 403
            POST   | /publish  | localhost      | -                    | text/plain                      | 415
            POST   | /publish  | localhost      | -                    | -                               | 415
            GET    | /publish  | localhost      | -                    | -                               | 405
            PUT    | /publish  | localhost      | -                    | application/json                | 405
            OPTIONS| /publish  | localhost      | https://app.example  | -                               | 405
            POST   | /publish/ | localhost      | -                    | application/json                | 404
            POST   | /publishx | localhost      | -                    | application/json                | 404
            GET    | /status   | localhost      | -                    | -                               | 200
            GET    | /status   | mcp.example:80 | -                    | -                               | 200
            GET    | /status   | evil.example   | -                    | -                               | 403
            GET    | /status   | localhost      | https://evil.example | -                               | 403
            POST   | /status   | localhost      | -                    | application/json                | 405
            HEAD   | /status   | localhost      | -                    | -                               | 405
            DELETE | /status   | localhost      | -                    | -                               | 405
            POST   | /drain    | localhost      | -                    | -                               | 202
            POST   | /drain    | localhost      | http://localhost:3   | application/json                | 202
            POST   | /drain    | evil.example   | -                    | -                               | 403
            POST   | /drain    | localhost      | https://evil.example | -                               | 403
            GET    | /drain    | localhost      | -                    | -                               | 405
            GET    | /publish  | evil.example   | -                    | -                               | 403
            DELETE | /drain    | localhost      | https://evil.example | -                               | 403
            POST   | /status   | evil.example   | -                    | text/plain                      | 403
            POST   | /publish  | a, b           | -                    | application/json                | 400
            GET    | /status   | a b            | -                    | -                               | 400
            GET    | http://localhost:5/status | evil.example | -       | -                               | 200
            GET    | http://evil.example/status | localhost | -         | -                               | 403
            GET    | /status/x | localhost      | -                    | -                               | 404
            """)
    void endpoints_behindTheGuard_answer(String method, String path, String host, String origin, String type, int status)
            throws Exception {
        var request = method + ' ' + path + " HTTP/1.1\nHost: " + host + '\n'
                + (origin == null ? "" : "Origin: " + origin + '\n')
                + (type == null ? "" : "Content-Type: " + type + '\n')
                + "Connection: close\nContent-Length: 14\n\n{\"method\":\"m\"}";

        var answer = RunningServer.raw(server.uri("/publish"), request);

        assertTrue(answer.startsWith("HTTP/1.1 " + status + ' '), answer);
        if (status == 403) assertTrue(answer.contains(method.equals("DELETE") ? "Origin must be" : "must be allowed"), answer);
        if (status == 405) assertTrue(answer.contains("Allow: " + (path.endsWith("/status") ? "GET" : "POST") + "\r\n"), answer);
    }

    @Test
    void reply_withoutABody_isReadByAClientThatStillSends() throws Exception {
        var body = "x".repeat(8 << 20);

        for (var i = 0; i < 5; i++) {
            var answer = RunningServer.raw(server.uri("/status"), "HEAD /status HTTP/1.1\nHost: localhost\nConnection: close\n"
                    + "Content-Length: " + body.length() + "\n\n" + body);

            assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
        }
    }

    @Test
    void status_afterSomeUse_tellsIt() throws Exception {
        try (var fresh = new RunningServer()) {
            var gone = fresh.initialize("2025-06-18");
            var reader = fresh.stream(gone);
            reader.next();
            fresh.publish("{\"method\":\"m\"}");
            reader.next();
            fresh.delete(gone);
            assertEquals(EventReader.END, reader.next());
            fresh.stream(fresh.initialize("2025-06-18")).next();

            var status = fresh.status();

            assertEquals(2, number(status, "sessionsCreated"));
            assertEquals(1, number(status.object("sessionsEnded").orElseThrow(), "DELETED"));
            assertEquals(2, number(status, "sessionsInUse"));
            assertEquals(1, number(status, "subscribers"));
            assertEquals(1, number(status, "published"));
            assertEquals(1, number(status, "delivered"));
            assertEquals(0, number(status, "lagged"));
            assertEquals(0, number(status, "messagesLost"));
            assertEquals(1, number(status, "streamsOpen"));
            assertEquals(2, number(status, "streamsOpened"));
            assertEquals(0, number(status, "callsInFlight"));
            assertEquals(1, number(status, "retainedEvents"));
            assertTrue(number(status, "uptimeSeconds") >= 0);
            var ended = status.object("streamsEnded").orElseThrow();
            for (var cause : StreamEnd.values()) {
                assertEquals(cause == StreamEnd.SESSION_ENDED ? 1 : 0, number(ended, cause.name()), cause.name());
            }
            for (var gauge : List.of("waiting", "wakeUps", "retainedBytes", "asksOpen", "sessions", "sessionsHeld")) number(status, gauge);
        }
    }

    @Test
    void drain_openStreams_endInOrderAndMayComeBack() throws Exception {
        try (var fresh = new RunningServer()) {
            var session = fresh.initialize("2025-06-18");
            var legacy = fresh.stream(session);
            legacy.next();
            var listen = fresh.listen("1", "{\"toolsListChanged\":true}");
            listen.next();

            assertEquals("{\"draining\":2}", fresh.drain());

            assertTrue(legacy.next().matches("retry: [0-9]+\n\n"));
            assertEquals(EventReader.END, legacy.next());
            assertTrue(listen.next().startsWith("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\","));
            assertEquals(EventReader.END, listen.next());
            assertEquals(": connected\n\n", fresh.stream(session).next());
            assertTrue(fresh.listen("2", "{}").next().contains("acknowledged"));
        }
    }

    private static long number(Json.Obj object, String key) {
        return ((Json.Num) object.get(key).orElseThrow()).asLong().orElseThrow();
    }

    @Test
    void endpoints_serverOnAllInterfaces_answerOnLoopbackAlone() throws Exception {
        try (var open = new RunningServer("--host", "0.0.0.0")) {
            var own = open.uri("/publish");
            var mcp = URI.create("http://127.0.0.1:" + open.uri("/mcp").getPort());
            var request = "GET /status HTTP/1.1\nHost: localhost\nConnection: close\n\n";

            assertNotEquals(mcp.getPort(), own.getPort());
            assertTrue(InetAddress.getByName(own.getHost()).isLoopbackAddress());
            assertTrue(RunningServer.raw(own, request).startsWith("HTTP/1.1 200 "));
            assertTrue(RunningServer.raw(mcp, request).startsWith("HTTP/1.1 404 "));
            assertTrue(RunningServer.raw(mcp, request.replace("/status", "/mcp")).startsWith("HTTP/1.1 400 "));
        }
    }
}
