package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.TestRequest.INITIALIZE;
import static dev.mcpsession.http.TestRequest.delete;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.post;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;

import dev.mcpsession.contract.Race;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What happens to requests and streams when a handler is closed.
@Timeout(30)
class DrainTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void close_nothingUnderWay_isDrained() {
        assertTrue(endpoint.handler.close(Duration.ZERO));
        assertTrue(endpoint.handler.close(LONG));
        endpoint.handler.close();
    }

    @Test
    void close_onDrain_endsTheCallsThatWait() {
        var calls = new ConcurrentLinkedQueue<Decision.Forward>();
        try (var draining = new Endpoint(builder -> builder.onDrain(() -> {
            calls.forEach(call -> call.completed(200));
            throw new IllegalStateException("a failure that must not stop the drain");
        }))) {
            calls.add(draining.forward(TestRequest.post().within(draining.used(Endpoint.ALICE)).by(Endpoint.ALICE)));

            assertTrue(draining.handler.close(LONG));
        }
    }

    @Test
    void drain_whileServing_endsTheCallsThatWait() {
        var calls = new ConcurrentLinkedQueue<Decision.Forward>();
        try (var draining = new Endpoint(builder -> builder.onDrain(() -> calls.forEach(call -> call.completed(200))))) {
            var id = draining.used(ALICE);
            calls.add(draining.forward(post().within(id).by(ALICE)));

            assertEquals(0, draining.handler.drain());

            assertEquals(0, draining.handler.stats().calls());
            draining.forward(post().within(id).by(ALICE)).completed(200);
        }
    }

    @Test
    void withdraw_isNotReadyAndServesEverything() {
        assertTrue(endpoint.handler.isReady());

        endpoint.handler.withdraw();

        assertFalse(endpoint.handler.isReady());
        var id = endpoint.used(ALICE);
        try (var _ = endpoint.stream(get().within(id).by(ALICE)).stream()) {
            assertEquals(1, endpoint.handler.openStreams().size());
        }
    }

    @Test
    void close_forEver_isDrained() {
        assertTrue(endpoint.handler.close(ChronoUnit.FOREVER.getDuration()));
    }

    @Test
    void close_thenRequests_createsAndOpensNothing() {
        var id = endpoint.used(ALICE);
        endpoint.handler.close(Duration.ZERO);

        for (var request : List.of(post(INITIALIZE).by(ALICE), get().within(id).by(ALICE))) {
            var reply = endpoint.reply(request);
            assertEquals(503, reply.status());
            assertEquals("5", reply.headers().get("Retry-After"));
        }
        assertEquals(1, endpoint.store.list().size());
        endpoint.call(post().within(id).by(ALICE));
        assertEquals(204, endpoint.reply(delete().within(id).by(ALICE)).status());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void close_sessions_stay() {
        var id = endpoint.used(ALICE);

        endpoint.handler.close(Duration.ZERO);

        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void close_openStream_isToldWhenToComeBack() {
        var get = get().within(endpoint.used(ALICE)).by(ALICE).with(McpHeaders.PROTOCOL_VERSION, "2025-06-18");
        var stream = endpoint.stream(get);

        assertFalse(endpoint.handler.close(Duration.ZERO));

        var written = endpoint.written(stream);
        assertEquals(StreamEnd.DRAINED, written.end());
        assertTrue(written.text().matches(": connected\n\nretry: [0-9]{3,4}\n\n"), written::text);
        assertTrue(endpoint.handler.close(Duration.ZERO));
        endpoint.assertNothingUnderWay();
    }

    @Test
    void close_broadcasterFirst_endsStreamsTheSameWay() {
        var stream = endpoint.stream(get().within(endpoint.used(ALICE)).by(ALICE));

        endpoint.broadcaster.close();

        var written = endpoint.written(stream);
        assertEquals(StreamEnd.DRAINED, written.end());
        assertTrue(written.text().contains("retry: "));
    }

    @Test
    void close_waitingReader_ends() throws Exception {
        var stream = endpoint.stream(get().within(endpoint.used(ALICE)).by(ALICE));
        var written = new CompletableFuture<Endpoint.Written>();
        Thread.ofVirtual().start(() -> written.complete(endpoint.written(stream)));
        Endpoint.await(() -> endpoint.broadcaster.stats().waiting() > 0);

        assertTrue(endpoint.handler.close(LONG));

        assertEquals(StreamEnd.DRAINED, written.get(10, SECONDS).end());
    }

    @Test
    void close_callInFlight_waitsForIt() throws Exception {
        var call = endpoint.forward(post().within(endpoint.used(ALICE)).by(ALICE));
        var drained = new CompletableFuture<Boolean>();
        var closing = Thread.ofPlatform().daemon().start(() -> drained.complete(endpoint.handler.close(LONG)));
        Endpoint.await(() -> closing.getState() == Thread.State.TIMED_WAITING);
        assertFalse(drained.isDone());

        call.completed(200);

        assertTrue(drained.get(10, SECONDS));
    }

    @Test
    void close_callNeverEnds_givesUp() {
        var call = endpoint.forward(post().within(endpoint.used(ALICE)).by(ALICE));

        assertFalse(endpoint.handler.close(Duration.ofMillis(1)));
        assertFalse(endpoint.handler.close(Duration.ofSeconds(-1)));

        call.completed(200);
        assertTrue(endpoint.handler.close(Duration.ZERO));
    }

    @Test
    void close_interrupted_givesUpAndStaysInterrupted() {
        var call = endpoint.forward(post().within(endpoint.used(ALICE)).by(ALICE));
        Thread.currentThread().interrupt();

        assertFalse(endpoint.handler.close(LONG));

        assertTrue(Thread.interrupted());
        call.completed(200);
    }

    @Test
    void close_whileAStreamOpens_endsIt() {
        var id = endpoint.used(ALICE);
        doAnswer(call -> {
            endpoint.handler.close(Duration.ZERO);
            return call.callRealMethod();
        }).when(endpoint.store).touch(any());

        var stream = endpoint.stream(get().within(id).by(ALICE));

        var written = endpoint.written(stream);
        assertEquals(StreamEnd.DRAINED, written.end());
        assertTrue(written.text().contains("retry: "));
        endpoint.assertNothingUnderWay();
    }

    @Test
    void close_racingGets_leavesNoStreamOpen() {
        for (var round = 0; round < 200; round++) {
            try (var one = new Endpoint()) {
                var ids = List.of(one.used(ALICE));
                var opened = new ConcurrentLinkedQueue<Decision>();

                Race.onEach(ids, id -> opened.add(one.decide(get().within(id).by(ALICE))), _ -> one.handler.close(Duration.ZERO));

                for (var decision : opened) {
                    if (decision instanceof Decision.Stream stream) assertEquals(StreamEnd.DRAINED, one.written(stream).end());
                    else assertEquals(503, ((Decision.Reply) decision).status());
                }
                one.assertNothingUnderWay();
            }
        }
    }
}
