package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.BOB;
import static dev.mcpsession.http.Endpoint.POLICY;
import static dev.mcpsession.http.TestRequest.INITIALIZE;
import static dev.mcpsession.http.TestRequest.delete;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.Race;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A session's streams: which requests get one, what it delivers, and what ends it.
@Timeout(30)
class StreamingTest {

    private static final Pattern METHOD = Pattern.compile("\"method\":\"([^\"]*)\"");
    private static final Pattern ID = Pattern.compile("^id: (.*)$", Pattern.MULTILINE);

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void decide_get_hasTheHeadersOfAnEventStream() {
        var id = endpoint.used(ALICE);

        var stream = endpoint.stream(get().within(id).by(ALICE));

        assertEquals(Map.of("Content-Type", "text/event-stream", "Cache-Control", "no-cache", "X-Accel-Buffering", "no",
                "Mcp-Session-Id", id.value(), "Vary", "Origin"), stream.headers());
        assertEquals(1, endpoint.handler.stats().streams().open());
        assertEquals(1, endpoint.handler.stats().underWay());
        stream.stream().close();
        endpoint.assertNothingUnderWay();
    }

    @Test
    void decide_get_missesNothingPublishedBeforeItIsWritten() {
        var id = endpoint.used(ALICE);
        endpoint.publish("before");
        var stream = endpoint.stream(get().within(id).by(ALICE));
        endpoint.publish("1");
        endpoint.broadcaster.publish(Event.of("2").to(id));
        endpoint.broadcaster.publish(Event.of("3").to(Owner.principal(ALICE)));
        endpoint.broadcaster.publish(Event.of("other").to(SessionId.random()));
        endpoint.broadcaster.publish(Event.of("other").to(Owner.principal(BOB)));
        endpoint.publish("4");
        endpoint.end(id);

        assertEquals(List.of("1", "2", "3", "4"), methods(endpoint.written(stream)));
    }

    @Test
    void decide_delete_endsTheStreamAfterWhatWasPublishedBefore() {
        var id = endpoint.used(ALICE);
        var stream = endpoint.stream(get().within(id).by(ALICE));
        endpoint.publish("1");
        endpoint.publish("2");

        assertEquals(204, endpoint.reply(delete().within(id).by(ALICE)).status());
        endpoint.publish("after");

        var written = endpoint.written(stream);
        assertEquals(StreamEnd.SESSION_ENDED, written.end());
        assertEquals(List.of("1", "2"), methods(written));
        assertTrue(written.text().endsWith("}\n\n"), "no word about coming back");
        endpoint.assertNothingUnderWay();
    }

    @Test
    void decide_newerGet_takesOverWithoutGapOrDuplicate() {
        var id = endpoint.used(ALICE);
        var streams = IntStream.range(0, 4).mapToObj(round -> {
            var stream = endpoint.stream(get().within(id).by(ALICE));
            endpoint.publish(round + "a");
            endpoint.broadcaster.publish(Event.of(round + "b").to(id));
            return stream;
        }).toList();
        endpoint.end(id);

        var written = streams.stream().map(endpoint::written).toList();

        assertEquals(List.of(StreamEnd.TAKEN_OVER, StreamEnd.TAKEN_OVER, StreamEnd.TAKEN_OVER, StreamEnd.SESSION_ENDED),
                written.stream().map(Endpoint.Written::end).toList());
        assertEquals(List.of("0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b"),
                written.stream().flatMap(one -> methods(one).stream()).toList());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void decide_newerGet_staysAliveWhenTheOlderOneCloses() {
        var id = endpoint.used(ALICE);
        var older = endpoint.stream(get().within(id).by(ALICE));
        var newer = endpoint.stream(get().within(id).by(ALICE));

        endpoint.written(older);
        older.stream().close();
        endpoint.publish("1");
        endpoint.end(id);

        assertEquals(List.of("1"), methods(endpoint.written(newer)));
    }

    @Test
    void decide_lastEventIdOfOurs_replaysWhatFollowed() {
        var id = endpoint.used(ALICE);
        var stream = endpoint.stream(get().within(id).by(ALICE));
        for (var method : List.of("1", "2", "3")) endpoint.publish(method);
        endpoint.broadcaster.publish(Event.of("4").to(id));
        stream.stream().close();
        var fifth = endpoint.broadcaster.publish(Event.of("5"));
        var second = new EventId(fifth.epoch(), fifth.sequence() - 3);

        var resumed = endpoint.stream(get().within(id).by(ALICE).with(McpHeaders.LAST_EVENT_ID, second.toString()));
        endpoint.publish("6");
        endpoint.end(id);

        var written = endpoint.written(resumed);
        assertEquals(List.of("3", "4", "5", "6"), methods(written));
        assertFalse(written.text().contains("lagged"));
        assertEquals(5, ID.matcher(written.text()).results().map(match -> match.group(1)).distinct().count());
    }

    @Test
    void decide_lastEventIdOfAnotherEpoch_streamsAndTellsTheLoss() {
        var id = endpoint.used(ALICE);
        endpoint.publish("lost");

        var stream = endpoint.stream(get().within(id).by(ALICE).with(McpHeaders.LAST_EVENT_ID, "mcps-abc-3"));
        endpoint.end(id);

        assertTrue(endpoint.written(stream).text().contains(": lagged"));
    }

    @Test
    void decide_lastEventIdOfTheApplication_isForwardedWithinTheSession() {
        var id = endpoint.used(ALICE);

        var forward = endpoint.forward(get().within(id).by(ALICE).with(McpHeaders.LAST_EVENT_ID, "stream-7/3"));

        assertEquals(id, forward.session().orElseThrow().id());
        assertTrue(forward.body().isEmpty());
        assertEquals(0, endpoint.handler.stats().streams().open());
        forward.completed(200);
    }

    @Test
    void decide_noBroadcaster_getIsForwarded() {
        var store = endpoint.store;
        var id = endpoint.used(ALICE);
        try (var handler = SessionHandler.builder(store).build()) {
            var within = (Decision.Forward) decided(handler, get().within(id).by(ALICE));
            var without = (Decision.Forward) decided(handler, get());

            assertEquals(id, within.session().orElseThrow().id());
            assertTrue(without.session().isEmpty());
            assertEquals(2, handler.stats().underWay());
            within.completed(200);
            without.completed(405);
            assertEquals(404, ((Decision.Reply) decided(handler, get().within(id).by(BOB))).status());
            assertEquals(204, ((Decision.Reply) decided(handler, delete().within(id).by(ALICE))).status());
        }
    }

    @Test
    void decide_streamsFull_isUnavailableUntilAPlaceIsGivenBack() {
        var limits = Limits.builder().maxStreams(2).maxBodyBytes(1_000).maxInitializeBytes(1_000).build();
        try (var small = new Endpoint(b -> b.limits(limits))) {
            var ids = Stream.generate(() -> small.used(ALICE)).limit(3).toList();
            var one = small.stream(get().within(ids.get(0)).by(ALICE));
            var two = small.stream(get().within(ids.get(1)).by(ALICE));

            var reply = small.reply(get().within(ids.get(2)).by(ALICE));

            assertEquals(503, reply.status());
            assertEquals("5", reply.headers().get("Retry-After"));
            assertEquals(2, small.handler.stats().streams().open());
            assertEquals(2, small.broadcaster.subscriberCount());
            one.stream().close();
            var three = small.stream(get().within(ids.get(2)).by(ALICE));
            small.end(ids.get(1));
            small.written(two);
            assertEquals(1, small.handler.stats().streams().open());
            three.stream().close();
            small.assertNothingUnderWay();
        }
    }

    @Test
    void decide_getRefused_takesNoPlace() {
        var limits = Limits.builder().maxStreams(1).maxBodyBytes(1_000).maxInitializeBytes(1_000).build();
        try (var small = new Endpoint(b -> b.limits(limits))) {
            var id = small.used(ALICE);
            for (var i = 0; i < 3; i++) {
                small.reply(get().within(id).by(BOB));
                small.reply(get().within(SessionId.random()).by(ALICE));
                small.reply(get().within(id).by(ALICE).replacing("Accept", "text/plain"));
            }

            small.stream(get().within(id).by(ALICE)).stream().close();
        }
    }

    @Test
    void decide_deletedWhileItsStreamOpens_isNotFoundAndGivesThePlaceBack() {
        var id = endpoint.used(ALICE);
        doAnswer(call -> {
            endpoint.store.delete(id);
            return call.callRealMethod();
        }).when(endpoint.store).touch(any());

        assertEquals(404, endpoint.reply(get().within(id).by(ALICE)).status());

        endpoint.assertNothingUnderWay();
    }

    @Test
    void decide_expiresWhileItsStreamOpens_isNotFoundAndGivesThePlaceBack() {
        var id = endpoint.used(ALICE);
        doAnswer(call -> {
            endpoint.elapse(POLICY.ttl());
            return call.callRealMethod();
        }).when(endpoint.store).touch(any());

        assertEquals(404, endpoint.reply(get().within(id).by(ALICE)).status());

        endpoint.assertNothingUnderWay();
    }

    @Test
    void decide_deleteRacingGet_neverLeavesAStream() {
        try (var many = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(10_000).build())) {
            var ids = Stream.generate(() -> many.used(ALICE)).limit(1_000).toList();
            var opened = new ConcurrentHashMap<SessionId, Decision>();

            Race.onEach(ids,
                    id -> opened.put(id, many.decide(get().within(id).by(ALICE))),
                    id -> assertEquals(204, many.reply(delete().within(id).by(ALICE)).status()));

            for (var id : ids) {
                switch (opened.get(id)) {
                    case Decision.Reply reply -> assertEquals(404, reply.status());
                    case Decision.Stream stream -> assertEquals(StreamEnd.SESSION_ENDED, many.written(stream).end());
                    case Decision.Forward forward -> throw new AssertionError("forwarded " + forward);
                }
            }
            many.assertNothingUnderWay();
        }
    }

    @Test
    void decide_getRacingGet_oneStaysAndGetsWhatFollows() {
        try (var many = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(10_000).build())) {
            var ids = Stream.generate(() -> many.used(ALICE)).limit(500).toList();
            var one = new ConcurrentHashMap<SessionId, Decision.Stream>();
            var other = new ConcurrentHashMap<SessionId, Decision.Stream>();

            Race.onEach(ids,
                    id -> one.put(id, many.stream(get().within(id).by(ALICE))),
                    id -> other.put(id, many.stream(get().within(id).by(ALICE))));

            for (var id : ids) {
                many.broadcaster.publish(Event.of("m").to(id));
                many.end(id);
                var written = Stream.of(one, other).map(streams -> many.written(streams.get(id))).toList();
                assertEquals(List.of("m"), written.stream().flatMap(w -> methods(w).stream()).toList());
                assertEquals(1, written.stream().filter(w -> w.end() == StreamEnd.TAKEN_OVER).count());
            }
            many.assertNothingUnderWay();
        }
    }

    @Test
    void stream_sessionReachesItsMaximumAge_ends() {
        try (var ticking = new Endpoint()) {
            var id = ticking.used(ALICE);
            doReturn(POLICY.toBuilder().ttl(Duration.ofMillis(20)).build()).when(ticking.store).policy(); // for the keeper only
            try (var handler = SessionHandler.builder(ticking.store).broadcaster(ticking.broadcaster).build()) {
                var stream = (Decision.Stream) decided(handler, get().within(id).by(ALICE));
                ticking.elapse(POLICY.maxAge());

                assertEquals(StreamEnd.SESSION_ENDED, ticking.written(stream).end());
                assertEquals(0, handler.stats().underWay());
            }
        }
    }

    @Test
    void stream_open_isKeptAliveByTheKeeper() {
        var id = endpoint.used(ALICE);
        var stream = endpoint.stream(get().within(id).by(ALICE));
        endpoint.elapse(POLICY.ttl().minusMillis(1));

        endpoint.handler.close(Duration.ZERO);

        endpoint.elapse(POLICY.ttl().minusMillis(1));
        assertTrue(endpoint.store.find(id).isPresent());
        endpoint.written(stream);
    }

    @Test
    void stream_lostAMessage_endsTheSessionIfSet() {
        try (var strict = new Endpoint(POLICY, smallRing(), b -> b.endsSessionOnLoss(true))) {
            var id = strict.used(ALICE);
            var stream = strict.stream(get().within(id).by(ALICE));
            for (var i = 0; i < 10; i++) strict.publish("m" + i);

            var written = strict.written(stream);

            assertEquals(StreamEnd.MESSAGE_LOST, written.end());
            assertEquals(List.of(), methods(written));
            Endpoint.await(() -> strict.store.heldCount() == 0); // deleted by a thread of its own
            assertEquals(404, strict.reply(post(TestRequest.PING).within(id).by(ALICE)).status());
            strict.assertNothingUnderWay();
        }
    }

    @Test
    void stream_lostAMessage_goesOnIfNotSet() {
        try (var lenient = new Endpoint(POLICY, smallRing(), b -> b)) {
            var id = lenient.used(ALICE);
            var stream = lenient.stream(get().within(id).by(ALICE));
            for (var i = 0; i < 10; i++) lenient.publish("m" + i);
            lenient.end(id);

            var written = lenient.written(stream);

            assertEquals(StreamEnd.SESSION_ENDED, written.end());
            assertEquals(IntStream.range(6, 10).mapToObj(i -> "m" + i).toList(), methods(written));
            assertTrue(written.text().contains(": lagged, 6 events missed\n"));
            assertEquals(6, lenient.handler.stats().streams().lagged());
        }
    }

    @Test
    void stream_lostSignalsAlone_isHealedAndDoesNotEndTheSession() {
        try (var strict = new Endpoint(POLICY, smallRing(), b -> b.endsSessionOnLoss(true))) {
            var id = strict.used(ALICE);
            var stream = strict.stream(get().within(id).by(ALICE));
            for (var i = 0; i < 10; i++) strict.publish("notifications/tools/list_changed");
            strict.end(id);

            assertEquals(StreamEnd.SESSION_ENDED, strict.written(stream).end());
        }
    }

    private static BroadcasterOptions smallRing() {
        return BroadcasterOptions.builder().ringEntries(4).ringBytes(BroadcasterOptions.DEFAULT.ringBytes()).build();
    }

    @Test
    void decide_allowedOrigin_hasCorsHeadersOnEachDecision() {
        var origin = "https://app.example.com";
        var policy = HostPolicy.LOOPBACK.allowingOrigins(origin);
        var small = SessionPolicy.builder().maxSessions(2).build();
        try (var open = new Endpoint(small, b -> b.hostPolicy(policy))) {
            var initialize = open.forward(post(INITIALIZE).by(ALICE).with("Origin", origin));
            var id = initialize.session().orElseThrow().id();
            var stream = open.stream(get().within(id).by(ALICE).with("Origin", origin));
            var expected = Map.of("Access-Control-Allow-Origin", origin, "Access-Control-Expose-Headers",
                    "Mcp-Session-Id, Retry-After, WWW-Authenticate", "Vary", "Origin").entrySet();

            assertTrue(initialize.headers().entrySet().containsAll(expected));
            assertEquals(id.value(), initialize.headers().get("Mcp-Session-Id"));
            assertTrue(stream.headers().entrySet().containsAll(expected));
            assertEquals("text/event-stream", stream.headers().get("Content-Type"));
            for (var request : List.of(post(TestRequest.PING).within(SessionId.random()), post("!"), post(" ".repeat(5 << 20)), get(),
                    post().withPath("/other"), TestRequest.of("OPTIONS"), delete().within(id).by(ALICE))) {
                var reply = open.reply(request.with("Origin", origin));
                assertTrue(reply.headers().entrySet().containsAll(expected), request::toString);
            }
            open.written(stream);
            initialize.completed(200);
            open.assertNothingUnderWay();
        }
    }

    @Test
    void completed_forwardWithCorsHeaders_isCompletedAsAnyOther() {
        var origin = "http://localhost:3000";
        var initialize = endpoint.forward(post(INITIALIZE).by(ALICE).with("Origin", origin));
        var id = endpoint.used(BOB);
        var call = endpoint.forward(post().within(id).by(BOB).with("Origin", origin));

        initialize.completed(500);
        call.completed(500);

        assertEquals(List.of(id), endpoint.store.list().stream().map(Session::id).toList());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void decide_noOriginOrAnotherOne_hasNoCorsHeaders() {
        var id = endpoint.used(ALICE);
        var forward = endpoint.forward(post().within(id).by(ALICE));

        assertEquals(Map.of("Vary", "Origin"), forward.headers());
        for (var reply : List.of(endpoint.reply(get()), endpoint.reply(get().with("Origin", "https://evil.example")))) {
            assertFalse(reply.headers().containsKey("Access-Control-Allow-Origin"));
        }
        forward.completed(200);
    }

    private static List<String> methods(Endpoint.Written written) {
        return METHOD.matcher(written.text()).results().map(match -> match.group(1)).toList();
    }

    private static Decision decided(SessionHandler handler, Request request) {
        try {
            return handler.decide(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
