package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.BOB;
import static dev.mcpsession.http.Endpoint.POLICY;
import static dev.mcpsession.http.TestRequest.INITIALIZE;
import static dev.mcpsession.http.TestRequest.initialize;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.http.HandlerStats.Refusal;
import dev.mcpsession.http.HandlerStats.SessionEnd;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateTest {

    private static final Duration PROVISIONAL = Duration.ofSeconds(60);
    private static final String VALID = "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"\",\"version\":\"\"}}";

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void decide_initialize_createsForItsOwner() {
        var forward = endpoint.forward(post(INITIALIZE).by(ALICE));

        var session = endpoint.store.list().getFirst();
        assertEquals(Optional.of(session), forward.session());
        assertEquals(session.id().value(), forward.headers().get("Mcp-Session-Id"));
        assertEquals(Owner.principal(ALICE), session.owner());
        assertEquals(new Client("2025-11-25", "tester", Json.obj().with("roots", Json.obj())), session.client());
        assertArrayEquals(INITIALIZE.getBytes(), forward.body().orElseThrow());
        assertEquals(1, endpoint.handler.stats().underWay());
    }

    @Test
    void decide_initializeByNobody_createsAnAnonymousSession() {
        var forward = endpoint.forward(post(INITIALIZE));

        assertTrue(forward.session().orElseThrow().owner().isAnonymous());
    }

    @Test
    void decide_initializeWithTheLeast_creates() {
        var forward = endpoint.forward(post(initialize("\"a\"", VALID)));

        assertEquals(new Client("2025-11-25", "", Json.obj()), forward.session().orElseThrow().client());
    }

    @Test
    void decide_initializeTwice_createsTwo() {
        assertFalse(endpoint.created(ALICE).equals(endpoint.created(ALICE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"jsonrpc\":\"2.0\",\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":{\"a\":1},\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"JSONRPC\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"Initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize \",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":[\"initialize\"],\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"Method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"notifications/initialized\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":null}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":[\"2025-11-25\"]}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":null}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":20251125}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"PROTOCOLVERSION\":\"2025-11-25\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}]",
        "[]", "{}", "1", "null", "\"initialize\""
    })
    void decide_noValidInitialize_isRefusedAndCreatesNothing(String body) {
        var reply = endpoint.reply(post(body).by(ALICE));

        assertEquals(400, reply.status());
        assertEquals(body.contains("\"id\":1,\"method\":\"initialize\"") && body.startsWith("{\"jsonrpc\":\"2.0\"") ? -32602 : -32600,
                Endpoint.code(reply));
        assertEquals(0, endpoint.store.heldCount());
        endpoint.assertNothingUnderWay();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"id\":1,\"id\":2}", "{}{}", "{\"id\":01}", "nul", "\u0000", "{\"a\":\"\r\n\"}"})
    void decide_notJson_isParseError(String body) {
        var reply = endpoint.reply(post(body).by(ALICE));

        assertEquals(400, reply.status());
        assertEquals(-32700, Endpoint.code(reply));
        assertEquals(0, endpoint.store.heldCount());
    }

    @Test
    void decide_notUtf8_isParseError() {
        var reply = endpoint.reply(post().withBody(new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}));

        assertEquals(-32700, Endpoint.code(reply));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-0", "1.50", "1e3", "12345678901234567890", "\"1\"", "\"\"", "\"a\\\"\\n\\u2028ä\""})
    void decide_refusedWithAnId_echoesItToTheLetter(String id) {
        var sent = Json.parse(id);
        var noSession = post("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");
        var tooNew = noSession.with(McpHeaders.PROTOCOL_VERSION, "2099-01-01");
        var incomplete = noSession.with(McpHeaders.PROTOCOL_VERSION, "2026-07-28");
        var tooLarge = post(initialize(id, "{\"protocolVersion\":\"" + "x".repeat(64 << 10) + "\"}"));

        for (var request : List.of(noSession, tooNew, incomplete, tooLarge)) {
            var body = Endpoint.body(endpoint.reply(request));

            assertEquals(Optional.of(sent), body.get("id"));
            assertEquals(Optional.of("2.0"), body.string("jsonrpc"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "[]", "{}"})
    void decide_refusedWithNoIdThatCounts_hasNullInTheAnswer(String id) {
        var reply = endpoint.reply(post("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}"));

        assertEquals(Optional.of(Json.NULL), Endpoint.body(reply).get("id"));
    }

    @Test
    void decide_bodyAtTheLimit_isRead() {
        var most = Limits.DEFAULT.maxBodyBytes();
        var body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

        assertEquals(400, endpoint.reply(post(body + " ".repeat(most - body.length()))).status());
        assertEquals(413, endpoint.reply(post(body + " ".repeat(most - body.length() + 1))).status());
    }

    @Test
    void decide_initializeAtTheLimit_creates() {
        var most = Limits.DEFAULT.maxInitializeBytes();

        endpoint.forward(post(INITIALIZE + " ".repeat(most - INITIALIZE.length())));
        var reply = endpoint.reply(post(INITIALIZE + " ".repeat(most - INITIALIZE.length() + 1)));

        assertEquals(413, reply.status());
        assertEquals(-32600, Endpoint.code(reply));
        assertEquals(1, endpoint.store.heldCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 300, 400, 404, 500, 0, -1})
    void completed_initializeFailed_deletesTheSession(int status) {
        var forward = endpoint.forward(post(INITIALIZE).by(ALICE));

        forward.completed(status);

        assertEquals(0, endpoint.store.heldCount());
        endpoint.assertNothingUnderWay();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204, 299})
    void completed_initializeSucceeded_keepsTheSession(int status) {
        endpoint.forward(post(INITIALIZE).by(ALICE)).completed(status);

        assertEquals(1, endpoint.store.list().size());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void completed_twice_isHarmless() {
        var forward = endpoint.forward(post(INITIALIZE).by(ALICE));
        var other = endpoint.forward(post(INITIALIZE).by(ALICE));

        forward.completed(200);
        forward.completed(500);

        assertEquals(2, endpoint.store.list().size());
        assertEquals(1, endpoint.handler.stats().underWay());
        other.completed(200);
    }

    @Test
    void completed_laterCallFailed_keepsTheSession() {
        var id = endpoint.created(ALICE);

        endpoint.forward(post().within(id).by(ALICE)).completed(500);

        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void completed_twiceInASession_releasesOnce() {
        var id = endpoint.created(ALICE);
        var one = endpoint.forward(post().within(id).by(ALICE));
        var other = endpoint.forward(post().within(id).by(ALICE));

        one.completed(200);
        one.completed(200);

        assertEquals(1, endpoint.handler.stats().underWay());
        other.completed(200);
        endpoint.assertNothingUnderWay();
    }

    @Test
    void created_notUsed_livesForAMinute() {
        var id = endpoint.created(ALICE);

        endpoint.elapse(PROVISIONAL.minusMillis(1));
        assertTrue(endpoint.store.find(id).isPresent());
        endpoint.elapse(Duration.ofMillis(1));

        assertEquals(404, endpoint.reply(post(TestRequest.PING).within(id).by(ALICE)).status());
    }

    @Test
    void created_initializeCompletedAndKeeperTicked_isStillProvisional() {
        var id = endpoint.created(ALICE);

        endpoint.handler.close(Duration.ZERO); // touches what is in use
        endpoint.elapse(PROVISIONAL);

        assertTrue(endpoint.store.find(id).isEmpty());
    }

    @Test
    void created_initializeUnderWayAndKeeperTicked_isStillProvisional() {
        var forward = endpoint.forward(post(INITIALIZE).by(ALICE));

        endpoint.handler.close(Duration.ZERO);
        endpoint.elapse(PROVISIONAL);

        assertTrue(endpoint.store.find(forward.session().orElseThrow().id()).isEmpty());
    }

    @Test
    void created_secondRequest_livesForTheTtl() {
        var id = endpoint.created(ALICE);

        endpoint.forward(post().within(id).by(ALICE)); // counts from the start of the call, not from its end

        endpoint.elapse(POLICY.ttl().minusMillis(1));
        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void created_streamOpened_livesForTheTtl() {
        var id = endpoint.created(ALICE);

        endpoint.stream(TestRequest.get().within(id).by(ALICE)).stream().close();

        endpoint.elapse(POLICY.ttl().minusMillis(1));
        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void created_refusedRequests_doNotProlongItsLife() {
        var id = endpoint.created(ALICE);

        endpoint.reply(post(TestRequest.PING).within(id).by(BOB));
        endpoint.reply(TestRequest.get().within(id).by(BOB));
        endpoint.reply(TestRequest.delete().within(id).by(BOB));
        endpoint.reply(TestRequest.get().replacing("Accept", "text/html").within(id).by(ALICE));

        endpoint.elapse(PROVISIONAL);
        assertTrue(endpoint.store.find(id).isEmpty());
    }

    @Test
    void used_callInFlight_isKeptAliveByTheKeeper() {
        var id = endpoint.used(ALICE);
        endpoint.elapse(POLICY.ttl().minusMillis(1));
        endpoint.forward(post().within(id).by(ALICE));

        endpoint.handler.close(Duration.ZERO);

        endpoint.elapse(POLICY.ttl().minusMillis(1));
        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void decide_ownerFull_oldestIdleGoes() {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(3).build())) {
            var ids = IntStream.range(0, 3).mapToObj(_ -> {
                small.elapse(Duration.ofSeconds(1));
                return small.used(ALICE);
            }).toList();
            var held = small.forward(post().within(ids.get(0)).by(ALICE));

            small.used(ALICE);

            assertEquals(List.of(true, false, true), ids.stream().map(id -> small.store.find(id).isPresent()).toList());
            held.completed(200); // it was in use until now
            small.used(ALICE);
            assertEquals(List.of(true, false, false), ids.stream().map(id -> small.store.find(id).isPresent()).toList());
        }
    }

    @Test
    void decide_ownerFull_neverUsedGoFirstAndOldestFirst() {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(4).build())) {
            var used = small.used(ALICE);
            var unused = IntStream.range(0, 3).mapToObj(_ -> {
                small.elapse(Duration.ofSeconds(1));
                return small.created(ALICE);
            }).toList();

            for (var i = 0; i < unused.size(); i++) {
                small.used(ALICE);
                var gone = i;
                for (var n = 0; n < unused.size(); n++) assertEquals(n > gone, small.store.find(unused.get(n)).isPresent());
                assertTrue(small.store.find(used).isPresent());
            }
            assertEquals(3, small.handler.stats().sessions().ended().get(SessionEnd.EVICTED));
            small.used(ALICE);
            assertTrue(small.store.find(used).isEmpty());
        }
    }

    @Test
    void decide_ownerFull_whoHasJustAnsweredIsLastAmongIdle() {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(3).build())) {
            var ids = IntStream.range(0, 3).mapToObj(_ -> {
                small.elapse(Duration.ofSeconds(1));
                return small.used(ALICE);
            }).toList();
            small.call(post().within(ids.get(0)).by(ALICE)); // the store does not know of it before the next tick

            small.created(ALICE);

            assertEquals(List.of(true, false, true), ids.stream().map(id -> small.store.find(id).isPresent()).toList());
        }
    }

    @Test
    void decide_ownerFullAndAllHeld_oldestGoesAndItsStreamEnds() {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(2).build())) {
            var streams = new ArrayList<Decision.Stream>();
            for (var i = 0; i < 2; i++) {
                small.elapse(Duration.ofSeconds(1));
                streams.add(small.stream(TestRequest.get().within(small.created(ALICE)).by(ALICE)));
            }

            small.created(ALICE);

            assertEquals(StreamEnd.SESSION_ENDED, small.written(streams.get(0)).end());
            assertEquals(1, small.handler.stats().streams().open());
            streams.get(1).stream().close();
        }
    }

    @Test
    void decide_ownerFull_othersKeepTheirs() {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(1).build())) {
            var bobs = small.created(BOB);
            var anybodys = List.of(small.createdForAnybody(), small.createdForAnybody());
            small.created(ALICE);

            small.created(ALICE);

            assertTrue(small.store.find(bobs).isPresent());
            for (var id : anybodys) assertTrue(small.store.find(id).isPresent());
            assertEquals(1, small.store.list(Owner.principal(ALICE)).size());
        }
    }

    @Test
    void decide_storeFull_isUnavailable() {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessions(2).build())) {
            var ids = List.of(small.created(ALICE), small.created(BOB));

            var reply = small.reply(post(INITIALIZE).by(ALICE));

            assertEquals(503, reply.status());
            assertEquals("5", reply.headers().get("Retry-After"));
            for (var id : ids) assertTrue(small.store.find(id).isPresent());
            assertEquals(0, small.handler.stats().storeFailures());
            assertEquals(1, small.handler.stats().refused().get(Refusal.STORE_FULL));
            small.assertNothingUnderWay();
        }
    }
}
