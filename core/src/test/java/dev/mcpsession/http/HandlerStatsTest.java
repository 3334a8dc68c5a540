package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.BOB;
import static dev.mcpsession.http.Endpoint.POLICY;
import static dev.mcpsession.http.TestRequest.INITIALIZE;
import static dev.mcpsession.http.TestRequest.PING;
import static dev.mcpsession.http.TestRequest.delete;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.listen;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.http.HandlerStats.Refusal;
import dev.mcpsession.http.HandlerStats.SessionEnd;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HandlerStatsTest {

    private static void assertCounts(Map<? extends Enum<?>, Long> expected, Map<? extends Enum<?>, Long> counted) {
        counted.forEach((cause, count) -> assertEquals(expected.containsKey(cause) ? expected.get(cause) : 0L, count, cause::name));
    }

    @Test
    void stats_sessionsThatEndInEveryWay_areCountedByCause() {
        try (var endpoint = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(2).build())) {
            endpoint.reply(delete().within(endpoint.used(BOB)).by(BOB));
            endpoint.handler.endSession(endpoint.used(BOB));
            endpoint.handler.endSession(SessionId.random());
            endpoint.forward(post(INITIALIZE).by(BOB)).completed(500);
            for (var i = 0; i < 3; i++) endpoint.created(ALICE);
            endpoint.handler.deleteAll(Owner.principal(ALICE));

            var sessions = endpoint.handler.stats().sessions();

            assertEquals(6, sessions.created());
            assertCounts(Map.of(SessionEnd.DELETED, 1L, SessionEnd.ENDED, 1L, SessionEnd.INITIALIZE_FAILED, 1L, SessionEnd.EVICTED, 1L,
                    SessionEnd.LOGGED_OUT, 2L), sessions.ended());
            assertEquals(SessionEnd.values().length, sessions.ended().size());
            assertEquals(6, sessions.duration().count());
        }
    }

    @Test
    void stats_sessionThatExpiresAndIsRevived_isCounted() {
        var policy = SessionPolicy.builder().ttl(Duration.ofMillis(200)).build(); // a tick each 10 ms
        try (var endpoint = new Endpoint(policy, builder -> builder)) {
            var id = endpoint.used(ALICE);
            endpoint.elapse(Duration.ofMillis(200));
            Endpoint.await(() -> endpoint.handler.stats().sessions().ended().get(SessionEnd.EXPIRED) == 1);
            Endpoint.await(() -> {
                var store = endpoint.handler.stats().sessions().store().orElseThrow();
                return store.live() == 0 && store.held() == 1;
            });

            endpoint.call(post().within(id).by(ALICE));

            assertEquals(1, endpoint.handler.stats().sessions().revived());
            assertTrue(endpoint.handler.stats().sessions().inUse() > 0);
        }
    }

    @Test
    void stats_refusedForEveryReason_areCountedByCause() {
        var limits = Limits.builder().maxStreams(1).maxBodyBytes(2_000).build();
        try (var endpoint = new Endpoint(POLICY.toBuilder().maxSessions(1).build(), builder -> builder.limits(limits))) {
            var id = endpoint.used(ALICE);
            endpoint.reply(post(INITIALIZE).by(ALICE)); // the store is full
            endpoint.reply(post(PING)); // no session id
            endpoint.reply(post().within(id).by(BOB).withBody(PING)); // not Bob's
            endpoint.reply(delete().within(SessionId.random()));
            endpoint.reply(get().within(id).by(ALICE).replacing("Host", "evil.example"));
            endpoint.reply(get().within(id).with("Authorization", "Basic eDp5"));
            try (var _ = endpoint.stream(get().within(id).by(ALICE)).stream()) {
                endpoint.reply(listen("1", "{\"toolsListChanged\":true}"));
            }
            doThrow(new SessionStoreException("away", new Exception())).when(endpoint.store).find(id);
            endpoint.reply(post().within(id).by(ALICE));
            endpoint.handler.close(Duration.ZERO);
            endpoint.reply(listen("1", "{\"toolsListChanged\":true}"));

            var stats = endpoint.handler.stats();

            assertCounts(Map.of(Refusal.STORE_FULL, 1L, Refusal.INVALID, 1L, Refusal.NO_SESSION, 2L, Refusal.HOST, 1L, Refusal.CHALLENGED, 1L,
                    Refusal.STREAMS_FULL, 1L, Refusal.STORE_FAILED, 1L, Refusal.CLOSING, 1L), stats.refused());
            assertEquals(1, stats.storeFailures());
        }
    }

    @Test
    void stats_streamAndCall_areCountedApart() {
        try (var endpoint = new Endpoint()) {
            var id = endpoint.used(ALICE);
            var call = endpoint.forward(post().within(id).by(ALICE));
            var stream = endpoint.stream(get().within(id).by(ALICE)).stream();

            assertEquals(1, endpoint.handler.stats().calls());
            assertEquals(1, endpoint.handler.stats().streams().open());
            assertEquals(2, endpoint.handler.stats().underWay());
            call.completed(200);
            assertEquals(0, endpoint.handler.stats().calls());
            stream.close();
            assertEquals(0, endpoint.handler.stats().underWay());
        }
    }

    @Test
    void stats_eventsWritten_areTimed() {
        try (var endpoint = new Endpoint()) {
            var id = endpoint.used(ALICE);
            endpoint.publish("before the stream");
            var position = endpoint.position();
            endpoint.publish("missed");
            var stream = endpoint.stream(get().within(id).by(ALICE).with("Last-Event-ID", position.toString()));
            endpoint.end(id);
            endpoint.written(stream);
            var second = endpoint.used(ALICE);
            var other = endpoint.stream(get().within(second).by(ALICE));
            endpoint.publish("one");
            endpoint.publish("two");
            endpoint.end(second);
            endpoint.written(other);

            var streams = endpoint.handler.stats().streams();

            assertEquals(2, streams.duration().count());
            assertTrue(streams.writeTime().count() >= 2);
            assertEquals(0, streams.slowWrites());
            assertEquals(3, streams.delivered());
            assertEquals(1, streams.lag().count(), "two events in one write; the missed one is older than its stream");
            assertTrue(streams.writeTime().total().isPositive());
        }
    }

    /// Whatever the writer of a stream is doing, the list shows it, a write in progress included.
    @Test
    void openStreams_whileAClientAcceptsNothing_showsHowLong() throws Exception {
        try (var endpoint = new Endpoint()) {
            var id = endpoint.used(ALICE);
            var stream = endpoint.stream(get().within(id).by(ALICE)).stream();
            assertEquals(0, endpoint.handler.openStreams().getFirst().events());
            var blocked = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            var writer = Thread.ofVirtual().start(() -> stream.writeTo(new ByteArrayOutputStream() {
                @Override
                public void flush() {
                    if (!toString().contains("slow")) return;
                    blocked.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                }
            }));
            endpoint.publish("slow");
            blocked.await();

            var shown = endpoint.handler.openStreams().getFirst();

            assertEquals(id, shown.session().orElseThrow());
            assertEquals(ALICE, shown.owner().value().replace("principal:", ""));
            Endpoint.await(() -> endpoint.handler.openStreams().getFirst().slowestWrite().toMillis() >= 5);
            goOn.countDown();
            Endpoint.await(() -> endpoint.handler.openStreams().getFirst().events() == 1);
            assertTrue(endpoint.handler.openStreams().getFirst().slowestWrite().toMillis() >= 5);
            endpoint.handler.drain();
            writer.join();
            assertEquals(List.of(), endpoint.handler.openStreams());
        }
    }

    @Test
    void isReady_draining_isFalseFromTheFirstMoment() {
        try (var endpoint = new Endpoint()) {
            assertTrue(endpoint.handler.isReady());
            endpoint.handler.drain();
            assertFalse(endpoint.handler.isReady());
        }
        try (var endpoint = new Endpoint()) {
            endpoint.handler.close(Duration.ZERO);
            assertFalse(endpoint.handler.isReady());
        }
    }

    @Test
    void isReady_storeAway_isFalseUntilItIsBack() {
        var policy = SessionPolicy.builder().ttl(Duration.ofMillis(200)).build(); // a tick each 10 ms
        var memory = new InMemorySessionStore(policy);
        var away = new AtomicBoolean(true);
        SessionStore store = mock(SessionStore.class, withSettings().stubOnly().defaultAnswer(call -> {
            if (away.get() && !call.getMethod().getName().equals("policy")) throw new SessionStoreException("away", new Exception());
            return call.getMethod().invoke(memory, call.getArguments());
        }));
        try (var handler = SessionHandler.builder(store).build()) {
            assertFalse(handler.isReady());
            assertTrue(handler.stats().sessions().store().isEmpty());

            away.set(false);
            Endpoint.await(handler::isReady);
            memory.create(SessionId.random(), Owner.anonymous(), new Client("2025-11-25", "test", "{}"));
            Endpoint.await(() -> handler.stats().sessions().store().orElseThrow().live() == 1);

            away.set(true);
            Endpoint.await(() -> !handler.isReady());
            assertEquals(1, handler.stats().sessions().store().orElseThrow().live(), "the last answer stays");
        }
    }

    @Test
    void histogram_bounds_areInclusiveAndCumulative() {
        var durations = Durations.ofWrites();
        for (var nanos : new long[] {0, 100_000, 100_001, 1_000_000_000, 11_000_000_000L}) durations.add(nanos);

        var histogram = durations.current();

        assertEquals(5, histogram.count());
        assertEquals(2, histogram.atMost().get(Duration.ofNanos(100_000)));
        assertEquals(4, histogram.atMost().get(Duration.ofSeconds(10)));
        assertEquals(1, histogram.longerThan(Duration.ofSeconds(1)));
        assertEquals(Duration.ofNanos(12_000_200_001L), histogram.total());
        assertThrows(IllegalArgumentException.class, () -> histogram.longerThan(Duration.ofSeconds(3)));
    }

    @Test
    void recording_sessionAndStream_showsOwnerCauseAndAge(@TempDir Path directory) throws Exception {
        var names = List.of("SessionCreated", "SessionEnded", "StreamOpened", "StreamEnded");
        var file = directory.resolve("test.jfr");
        String id;
        try (var recording = new Recording(); var endpoint = new Endpoint()) {
            for (var name : names) recording.enable("dev.mcpsession." + name);
            recording.start();
            var session = endpoint.used(ALICE);
            id = session.value();
            var stream = endpoint.stream(get().within(session).by(ALICE));
            endpoint.publish("m");
            endpoint.handler.endSession(session);
            endpoint.written(stream);
            recording.stop();
            recording.dump(file);
        }

        var alice = Owner.principal(ALICE).toString();
        var events = RecordingFile.readAllEvents(file).stream().filter(event -> event.hasField("owner") && alice.equals(event.getString("owner")))
                .collect(Collectors.toMap(event -> event.getEventType().getName().replace("dev.mcpsession.", ""), event -> event));
        assertEquals(Set.copyOf(names), events.keySet());
        for (RecordedEvent event : events.values()) {
            assertEquals(new SessionId(id).toString(), event.getString("session"));
            assertFalse(event.toString().contains(id) || event.toString().contains(ALICE), event::toString);
        }
        assertEquals("ENDED", events.get("SessionEnded").getString("cause"));
        assertEquals("SESSION_ENDED", events.get("StreamEnded").getString("cause"));
        assertEquals(1, events.get("StreamEnded").getLong("events"));
        assertTrue(events.get("StreamEnded").getDuration("age").isPositive());
    }
}
