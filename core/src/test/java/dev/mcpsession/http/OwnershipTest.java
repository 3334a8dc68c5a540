package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.BOB;
import static dev.mcpsession.http.Endpoint.POLICY;
import static dev.mcpsession.http.TestRequest.INITIALIZE;
import static dev.mcpsession.http.TestRequest.delete;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.listen;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Handles;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class OwnershipTest {

    private static final UnaryOperator<TestRequest> BY_ALICE = request -> request.by(ALICE);
    private static final UnaryOperator<TestRequest> BY_BOB = request -> request.by(BOB);
    private static final UnaryOperator<TestRequest> BY_TOKEN = request -> request.with("Authorization", "Bearer alice");
    private static final UnaryOperator<TestRequest> BY_NOBODY = request -> request;

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    static Stream<TestRequest> verbs() {
        return Stream.of(post(TestRequest.PING), get(), get().with(McpHeaders.LAST_EVENT_ID, "mcps-5e1f-7"),
                get().with(McpHeaders.LAST_EVENT_ID, "the application's"), delete());
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void decide_sessionThatIsNotTheCallers_looksUnknown(TestRequest verb) {
        var mine = endpoint.used(ALICE);
        var deleted = endpoint.used(BOB);
        endpoint.store.delete(deleted);
        var abandoned = endpoint.created(BOB);
        endpoint.elapse(POLICY.provisionalTtl());
        var expired = endpoint.used(ALICE);
        endpoint.elapse(POLICY.ttl());
        endpoint.store.revive(mine, Owner.principal(ALICE));
        var expected = endpoint.reply(verb.within(SessionId.random()));

        assertEquals(404, expected.status());
        for (var caller : List.of(BY_BOB, BY_TOKEN, BY_NOBODY)) {
            for (var id : Stream.of(mine, deleted, abandoned, expired).map(SessionId::value).toList()) {
                assertSame(expected, endpoint.reply(caller.apply(verb.within(id))));
            }
            assertSame(expected, endpoint.reply(caller.apply(verb.within("mal formed"))));
            assertSame(expected, endpoint.reply(caller.apply(verb.within(mine).with(McpHeaders.SESSION_ID, mine.value()))));
        }
        assertTrue(endpoint.store.find(mine).isPresent());
        endpoint.assertNothingUnderWay();
    }

    private static void assertSame(Decision.Reply expected, Decision.Reply actual) {
        assertEquals(expected.status(), actual.status());
        assertEquals(expected.headers(), actual.headers());
        assertArrayEquals(expected.body(), actual.body());
    }

    @Test
    void decide_strangerOnEachVerb_leavesEverythingAsItWas() {
        var id = endpoint.used(ALICE);
        var stream = endpoint.stream(get().within(id).by(ALICE));
        var before = endpoint.store.find(id);
        endpoint.elapse(Duration.ofMinutes(1));

        verbs().forEach(verb -> assertEquals(404, endpoint.reply(verb.within(id).by(BOB)).status()));

        assertEquals(before, endpoint.store.find(id));
        endpoint.publish("m");
        endpoint.end(id);
        var written = endpoint.written(stream);
        assertEquals(StreamEnd.SESSION_ENDED, written.end());
        assertTrue(written.text().contains("\"method\":\"m\""));
    }

    @Test
    void decide_anonymousSession_isOpenToWhoeverHasItsId() {
        var id = endpoint.createdForAnybody();

        for (var caller : List.of(BY_NOBODY, BY_ALICE, BY_TOKEN)) {
            endpoint.call(caller.apply(post().within(id)));
            endpoint.stream(caller.apply(get().within(id))).stream().close();
        }
        assertEquals(204, endpoint.reply(BY_BOB.apply(delete().within(id))).status());
    }

    @Test
    void decide_anonymousSessionExpired_isRevivedByNobody() {
        var id = endpoint.createdForAnybody();
        endpoint.call(post().within(id));
        endpoint.elapse(POLICY.ttl());

        for (var caller : List.of(BY_NOBODY, BY_ALICE)) {
            assertEquals(404, endpoint.reply(caller.apply(post(TestRequest.PING).within(id))).status());
        }
    }

    @Test
    void decide_anonymousForbidden_isChallengedOnEachVerb() {
        try (var strict = new Endpoint(b -> b.owners(OwnerResolver.authenticated(OwnerResolver.standard(), "Bearer realm=\"mcp\"")))) {
            for (var request : Stream.concat(verbs(), Stream.of(post(INITIALIZE))).toList()) {
                if (request.body() == null && request.method().equals("POST")) continue;
                var reply = strict.reply(request);

                assertEquals(401, reply.status(), request::toString);
                assertEquals("Bearer realm=\"mcp\"", reply.headers().get("WWW-Authenticate"));
                assertEquals(-32600, Endpoint.code(reply));
            }
            assertEquals(0, strict.store.heldCount());
            strict.created(ALICE);
        }
    }

    @Test
    void decide_challengeOf403_isSentAsItIs() {
        try (var closed = new Endpoint(b -> b.owners(_ -> new OwnerResolver.Resolution.Challenge(403, "Bearer scope=\"x\"")))) {
            var reply = closed.reply(delete().within(SessionId.random()));

            assertEquals(403, reply.status());
            assertEquals("Bearer scope=\"x\"", reply.headers().get("WWW-Authenticate"));
        }
    }

    @Test
    void decide_expiredAndItsOwnerPosts_isRevivedWithItsState() {
        var id = endpoint.used(ALICE);
        endpoint.store.updateState(id, state -> state.with("key", "value"));
        endpoint.elapse(POLICY.ttl());

        var forward = endpoint.forward(post().within(id).by(ALICE));

        assertEquals("value", forward.session().orElseThrow().state().string("key").orElseThrow());
        assertFalse(forward.headers().containsKey(McpHeaders.SESSION_ID));
        forward.completed(200);
        endpoint.elapse(POLICY.ttl().minusMillis(1));
        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void decide_expiredAndItsOwnerListens_isRevived() {
        var id = endpoint.used(ALICE);
        endpoint.elapse(POLICY.ttl());

        endpoint.stream(get().within(id).by(ALICE)).stream().close();

        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void decide_expiredAndItsOwnerDeletes_isNotFoundAndGoneForEver() {
        var id = endpoint.used(ALICE);
        endpoint.elapse(POLICY.ttl());

        assertEquals(404, endpoint.reply(delete().within(id).by(ALICE)).status());

        assertEquals(404, endpoint.reply(post(TestRequest.PING).within(id).by(ALICE)).status());
        assertEquals(0, endpoint.store.heldCount());
    }

    @Test
    void decide_expiredAndItsFullOwnerDeletes_isGoneForEver() {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(1).build())) {
            var id = small.used(ALICE);
            small.elapse(POLICY.ttl());
            var other = small.used(ALICE);

            assertEquals(404, small.reply(delete().within(id).by(ALICE)).status());

            assertEquals(204, small.reply(delete().within(other).by(ALICE)).status());
            assertEquals(404, small.reply(post(TestRequest.PING).within(id).by(ALICE)).status());
            assertEquals(0, small.store.heldCount());
        }
    }

    @Test
    void decide_expiredAndAStrangerDeletes_staysItsOwners() {
        var id = endpoint.used(ALICE);
        endpoint.elapse(POLICY.ttl());

        assertEquals(404, endpoint.reply(delete().within(id).by(BOB)).status());

        endpoint.call(post().within(id).by(ALICE));
    }

    @Test
    void decide_pastTheWindow_isNotRevived() {
        try (var brief = new Endpoint(POLICY.toBuilder().revivalWindow(Duration.ofHours(1)).build())) {
            var id = brief.used(ALICE);
            var other = brief.used(ALICE);
            brief.elapse(POLICY.ttl().plusHours(1).minusMillis(1));
            brief.call(post().within(id).by(ALICE));
            brief.elapse(Duration.ofMillis(1));

            assertEquals(404, brief.reply(post(TestRequest.PING).within(other).by(ALICE)).status());
        }
    }

    @Test
    void decide_deletedByItsOwner_isGoneForEver() {
        var id = endpoint.used(ALICE);

        var reply = endpoint.reply(delete().within(id).by(ALICE));

        assertEquals(204, reply.status());
        assertEquals(0, reply.body().length);
        verbs().forEach(verb -> assertEquals(404, endpoint.reply(verb.within(id).by(ALICE)).status()));
        endpoint.elapse(POLICY.ttl());
        verbs().forEach(verb -> assertEquals(404, endpoint.reply(verb.within(id).by(ALICE)).status()));
        assertEquals(0, endpoint.store.heldCount());
    }

    @Test
    void decide_initializeWithAnId_isACallOfItsSession() {
        var id = endpoint.used(ALICE);

        var forward = endpoint.forward(post().within(id).by(ALICE)); // its body is not even read
        assertEquals(id, forward.session().orElseThrow().id());
        forward.completed(500);

        assertEquals(1, endpoint.store.heldCount());
    }

    /// The id of a deleted session, of another owner, of another server, or a malformed one.
    @Test
    void decide_initializeWithAnIdThatIsNotTheCallers_creates() {
        var bobs = endpoint.used(BOB);
        var gone = endpoint.used(ALICE);
        endpoint.reply(delete().within(gone).by(ALICE));

        for (var id : List.of(SessionId.random().value(), "no id", "x".repeat(200), "", " ", "a, b", bobs.value(), gone.value())) {
            for (var version : List.of("", "2025-11-25", "1999-01-01")) {
                var request = post(INITIALIZE).within(id).with(McpHeaders.PROTOCOL_VERSION, version).by(ALICE);
                var forward = endpoint.forward(request);

                assertNotEquals(bobs, forward.session().orElseThrow().id());
                assertEquals(forward.session().orElseThrow().id().value(), forward.headers().get(McpHeaders.SESSION_ID));
                assertEquals(INITIALIZE, new String(forward.body().orElseThrow(), StandardCharsets.UTF_8));
                forward.completed(200);
            }
        }
        assertTrue(endpoint.store.find(bobs).isPresent());
    }

    @Test
    void decide_initializeWithAnIdThatIsNotTheCallersButWrong_isToldSo() {
        var wrong = post(INITIALIZE.replace("clientInfo", "client")).within(SessionId.random()).by(ALICE);
        var large = post(INITIALIZE + " ".repeat(Limits.DEFAULT.maxInitializeBytes())).within(SessionId.random()).by(ALICE);

        assertEquals(-32602, Endpoint.code(endpoint.reply(wrong)));
        assertEquals(Optional.of(Json.Num.of(1)), Endpoint.body(endpoint.reply(wrong)).get("id"));
        assertEquals(404, endpoint.reply(large).status()); // a body is not read further if its session is missing
        assertEquals(404, endpoint.reply(post("[" + INITIALIZE + "]").within(SessionId.random()).by(ALICE)).status());
        assertEquals(404, endpoint.reply(post("{").within(SessionId.random()).by(ALICE)).status());
        assertEquals(0, endpoint.store.heldCount());
    }

    @Test
    void decide_handleInTheSameStore_isNoSession() {
        var notes = new Handles(endpoint.store, "notes_");
        var handles = Stream.of(Owner.principal(ALICE), Owner.anonymous())
                .map(owner -> assertInstanceOf(Handles.Creation.Created.class, notes.create(owner, Json.obj())).handle().value())
                .map(SessionId::new).toList();
        for (var id : handles) {
            verbs().forEach(verb -> assertEquals(404, endpoint.reply(verb.within(id).by(ALICE)).status()));
            verbs().forEach(verb -> assertEquals(404, endpoint.reply(verb.within(id)).status()));
        }

        endpoint.elapse(POLICY.ttl());
        for (var id : handles) verbs().forEach(verb -> assertEquals(404, endpoint.reply(verb.within(id).by(ALICE)).status()));
        assertEquals(2, endpoint.store.heldCount());
    }

    @Test
    void deleteAll_owner_endsAllOfTheirsAndTheirStreams() {
        var ids = List.of(endpoint.used(ALICE), endpoint.created(ALICE));
        var bobs = endpoint.used(BOB);
        var streams = ids.stream().map(id -> endpoint.stream(get().within(id).by(ALICE))).toList();

        assertEquals(2, endpoint.handler.deleteAll(Owner.principal(ALICE)));

        for (var stream : streams) assertEquals(StreamEnd.SESSION_ENDED, endpoint.written(stream).end());
        for (var id : ids) assertEquals(404, endpoint.reply(post(TestRequest.PING).within(id).by(ALICE)).status());
        assertTrue(endpoint.store.find(bobs).isPresent());
        assertEquals(0, endpoint.handler.deleteAll(Owner.principal(ALICE)));
        assertThrows(IllegalArgumentException.class, () -> endpoint.handler.deleteAll(Owner.anonymous()));
    }

    @Test
    void deleteAll_ownersListens_endWithTheirResultAndGetNothingMore() {
        var alices = endpoint.stream(listen("7", "{\"toolsListChanged\":true}").by(ALICE));
        var bobs = endpoint.stream(listen("8", "{\"toolsListChanged\":true}").by(BOB));

        endpoint.handler.deleteAll(Owner.principal(ALICE));
        endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed").to(Owner.principal(ALICE)));

        var written = endpoint.written(alices);
        assertEquals(StreamEnd.OWNER_ENDED, written.end());
        assertTrue(written.text().contains("\"id\":7,\"result\""), written.text());
        assertFalse(written.text().contains("tools/list_changed"), written.text());
        endpoint.handler.drain();
        assertEquals(StreamEnd.DRAINED, endpoint.written(bobs).end());
    }

    @Test
    void endSession_byTheApplication_deletesItAndEndsItsStream() {
        var id = endpoint.used(ALICE);
        var stream = endpoint.stream(get().within(id).by(ALICE));

        assertTrue(endpoint.handler.endSession(id));

        assertEquals(StreamEnd.SESSION_ENDED, endpoint.written(stream).end());
        assertEquals(404, endpoint.reply(post(TestRequest.PING).within(id).by(ALICE)).status());
        assertFalse(endpoint.handler.endSession(id));
    }
}
