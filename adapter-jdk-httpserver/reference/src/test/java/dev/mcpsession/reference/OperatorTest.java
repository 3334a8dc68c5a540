package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.json.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an operator can see and do.
class OperatorTest {

    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        server = new RunningServer("--allow-origin", "https://app.example");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String initialize(String token) throws Exception {
        return server.send(mcp(token).POST(HttpRequest.BodyPublishers.ofString(Messages.initialize("2025-06-18"))))
                .headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private EventReader stream(String token, String session) throws Exception {
        return server.stream(mcp(token).header("Mcp-Session-Id", session).header("Accept", "text/event-stream").GET());
    }

    private HttpRequest.Builder mcp(String token) {
        var request = HttpRequest.newBuilder(server.uri("/mcp")).header("Content-Type", "application/json");
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(String method, String target) throws Exception {
        return server.send(HttpRequest.newBuilder(server.uri(target)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private Json.Obj json(String method, String target) throws Exception {
        var response = send(method, target);
        assertEquals(200, response.statusCode(), response::body);
        return (Json.Obj) Json.parse(response.body());
    }

    private static List<Json.Obj> each(Json.Obj answer, String list) {
        return ((Json.Arr) answer.get(list).orElseThrow()).items().stream().map(Json.Obj.class::cast).toList();
    }

    private static String text(Json.Obj object, String member) {
        return object.string(member).orElseThrow();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void streams_open_areListedWithoutIdsAndNames() throws Exception {
        var session = initialize("alice's");
        var reader = stream("alice's", session);
        reader.next();
        server.listen("1", "{}").next();

        var answer = send("GET", "/streams").body();

        var streams = each((Json.Obj) Json.parse(answer), "streams");
        assertEquals(2, streams.size());
        var ofSession = streams.stream().filter(stream -> stream.string("id").isPresent()).findFirst().orElseThrow();
        assertEquals(new SessionId(session).toString(), text(ofSession, "id"));
        assertEquals(Owner.token("alice's").toString(), text(ofSession, "owner"));
        assertFalse(answer.contains(session) || answer.contains("alice") || answer.contains(Owner.token("alice's").value()));
        assertEquals(1, each(json("GET", "/streams?limit=1"), "streams").size());
    }

    @Test
    void sessions_pages_haveEachSessionOnce() throws Exception {
        for (var i = 0; i < 5; i++) initialize("alice's");
        initialize("bob's");
        var owner = encoded(Owner.token("alice's").value());
        var keys = new ArrayList<String>();

        var after = "";
        for (var pages = 0; after != null && pages < 9; pages++) {
            var page = json("GET", "/sessions?limit=2&owner=" + owner + after);
            assertEquals(5, page.integer("total").orElseThrow());
            each(page, "sessions").forEach(session -> keys.add(text(session, "key")));
            after = page.string("next").map(next -> "&after=" + encoded(next)).orElse(null);
        }

        assertEquals(5, keys.size());
        assertEquals(5, new HashSet<>(keys).size());
        assertEquals(6, each(json("GET", "/sessions"), "sessions").size());
        assertEquals(0, each(json("GET", "/sessions?owner=anonymous"), "sessions").size());
    }

    @Test
    void delete_sessionByKeyOrId_endsItWithItsStream() throws Exception {
        for (var byKey : List.of(true, false)) {
            var session = server.initialize("2025-06-18");
            var reader = server.stream(session);
            reader.next();
            var key = byKey ? text(each(json("GET", "/streams"), "streams").getFirst(), "key") : session;

            assertEquals(new SessionId(session).toString(), text(json("DELETE", "/sessions/" + key), "ended"));

            assertEquals(EventReader.END, reader.next());
            assertEquals(404, server.post(session, Messages.callTool("whoami", "{}")).statusCode());
            assertEquals(404, send("DELETE", "/sessions/" + key).statusCode());
        }
    }

    @Test
    void delete_sessionWithoutAStream_isFoundInTheStore() throws Exception {
        var session = server.initialize("2025-06-18");
        var key = text(each(json("GET", "/sessions"), "sessions").getFirst(), "key");

        json("DELETE", "/sessions/" + key);

        assertEquals(404, server.post(session, Messages.callTool("whoami", "{}")).statusCode());
    }

    /// As it is shown, or in full.
    @Test
    void delete_owner_endsSessionsAndListensOfThisOwnerAlone() throws Exception {
        for (var owner : List.of(Owner.token("alice's").toString(), Owner.token("alice's").value())) {
            var alices = stream("alice's", initialize("alice's"));
            var bobs = initialize("bob's");
            alices.next();

            var answer = json("DELETE", "/sessions?owner=" + encoded(owner));

            assertEquals(1, answer.integer("sessions").orElseThrow());
            assertEquals(Owner.token("alice's").toString(), text(answer, "loggedOut"));
            assertEquals(EventReader.END, alices.next());
            stream("bob's", bobs).next();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /sessions?limit=0               | 400 | limit must be a number from 1 to 1000
            GET    | /sessions?limit=1001            | 400 | limit must be a number from 1 to 1000
            GET    | /streams?limit=x                | 400 | limit must be a number from 1 to 1000
            GET    | /sessions?after=yesterday       | 400 | after must be the next of the page before
            GET    | /sessions?owner                 | 400 | a parameter must have a value
            GET    | /sessions?limit=1&limit=2       | 400 | a parameter must be there once
            GET    | /sessions?owner=token:01234567  | 400 | owner must have a session or a stream, or be named in full
            DELETE | /sessions                       | 400 | owner must be given
            DELETE | /sessions?owner=                | 400 | owner must be given
            DELETE | /sessions?owner=anonymous       | 400 | owner must not be anonymous
            DELETE | /sessions/0123456789abcdef      | 404 | no live session has this key
            DELETE | /sessions/notes_x               | 404 | no live session has this key
            POST   | /sessions                       | 405 | method must be DELETE, GET
            GET    | /sessions/0123456789abcdef      | 405 | method must be DELETE
            """)
    void endpoints_wrongUse_sayWhat(String method, String target, int status, String why) throws Exception {
        var response = send(method, target);

        assertEquals(status, response.statusCode());
        assertEquals(Json.obj().with("error", why), Json.parse(response.body()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            GET    | /            | evil.example | -                    | 403
            GET    | /metrics     | evil.example | -                    | 403
            GET    | /streams     | evil.example | -                    | 403
            GET    | /sessions    | localhost    | https://evil.example | 403
            DELETE | /sessions    | localhost    | https://evil.example | 403
            DELETE | /sessions/x  | evil.example | -                    | 403
            DELETE | /sessions/   | localhost    | -                    | 404
            DELETE | /sessions/x/y| localhost    | -                    | 404
            GET    | /            | localhost    | https://app.example  | 200
            GET    | /index.html  | localhost    | -                    | 404
            GET    | /live        | 10.1.2.3:80  | -                    | 200
            GET    | /ready       | 10.1.2.3:80  | -                    | 200
            """)
    void guard_foreignHostOrOrigin_isRefusedButForProbes(String method, String path, String host, String origin, int status)
            throws Exception {
        var answer = RunningServer.raw(server.uri("/"), method + ' ' + path + " HTTP/1.1\nHost: " + host + '\n'
                + (origin == null ? "" : "Origin: " + origin + '\n') + "Connection: close\n\n");

        assertTrue(answer.startsWith("HTTP/1.1 " + status + ' '), answer);
    }

    @Test
    void ready_draining_isFalseWhileTheProcessLives() throws Exception {
        assertEquals(200, send("GET", "/ready").statusCode());

        server.drain();

        assertEquals(503, send("GET", "/ready").statusCode());
        assertEquals(200, send("GET", "/live").statusCode());
        assertFalse(((Json.Bool) server.status().get("ready").orElseThrow()).value());
        server.initialize("2025-06-18");
    }

    @Test
    void page_securityPolicy_allowsItsOwnScriptAlone() throws Exception {
        var response = send("GET", "/");

        assertTrue(response.headers().firstValue("Content-Security-Policy").orElseThrow().contains("script-src 'sha256-"));
        assertFalse(response.body().matches("(?s).*(src|href)=\"?https?:.*"));
        assertFalse(response.body().matches("(?s).* on[a-z]+=.*"), "the policy forbids handlers in attributes");
    }

    @Test
    void metrics_numbers_areInAsciiDigits() throws Exception {
        var response = send("GET", "/metrics");

        assertEquals("text/plain; version=0.0.4; charset=utf-8", response.headers().firstValue("Content-Type").orElseThrow());
        assertTrue(response.body().contains("\nmcp_server_streams_ended_total{cause=\"client_gone\"} 0\n"));
        assertTrue(response.body().contains("\nmcp_server_stream_write_duration_seconds_bucket{le=\"0.0001\"} 0\n"));
        assertTrue(response.body().chars().allMatch(c -> c < 0x80));
    }

    @Test
    void operatorPort_otherHost_hasTheEndpointsAndNotTheProbes() throws Exception {
        try (var open = new RunningServer("--host", "0.0.0.0", "--operator-port", "0")) {
            var mcp = URI.create("http://127.0.0.1:" + open.uri("/mcp").getPort());

            for (var path : List.of("/", "/metrics", "/sessions", "/streams", "/status")) {
                assertTrue(RunningServer.raw(mcp, "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n").startsWith("HTTP/1.1 404 "), path);
                assertEquals(200, open.send(HttpRequest.newBuilder(open.uri(path))).statusCode());
            }
            assertTrue(RunningServer.raw(mcp, "GET /ready HTTP/1.1\nHost: 10.0.0.1\nConnection: close\n\n").startsWith("HTTP/1.1 200 "));
        }
    }
}
