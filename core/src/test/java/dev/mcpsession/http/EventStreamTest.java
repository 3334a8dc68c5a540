package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.POLICY;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class EventStreamTest {

    private static final String CONNECTED = ": connected\n\n";

    private final List<Endpoint> endpoints = new ArrayList<>();

    @AfterEach
    void close() {
        endpoints.forEach(Endpoint::close);
    }

    /// A body that records what each flush sent, and when.
    private static class Body extends OutputStream {

        final List<String> flushed = new ArrayList<>();
        final Semaphore flushes = new Semaphore(0);
        private final ByteArrayOutputStream unflushed = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            unflushed.write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            flushed.add(unflushed.toString(StandardCharsets.UTF_8));
            unflushed.reset();
            flushes.release();
        }

        @Override
        public void close() {
            throw new AssertionError("the body is not the stream's to close");
        }
    }

    private Endpoint endpoint(BroadcasterOptions options, UnaryOperator<SessionHandler.Builder> settings) {
        var endpoint = new Endpoint(POLICY, options, settings);
        endpoints.add(endpoint);
        return endpoint;
    }

    private Endpoint endpoint() {
        return endpoint(BroadcasterOptions.DEFAULT, builder -> builder);
    }

    /// In a revision without a priming event.
    private static EventStream open(Endpoint endpoint, SessionId id) {
        var get = TestRequest.get().within(id).by(ALICE).with(McpHeaders.PROTOCOL_VERSION, "2025-06-18");
        return endpoint.stream(get).stream();
    }

    @Test
    void writeTo_nothingPublished_sendsTheHeadersAtOnce() {
        var endpoint = endpoint();
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        var body = new Body() {
            @Override
            public void flush() throws IOException {
                super.flush();
                endpoint.end(id);
            }
        };

        assertEquals(StreamEnd.SESSION_ENDED, stream.writeTo(body));

        assertEquals(List.of(CONNECTED, ""), body.flushed);
    }

    @Test
    void writeTo_events_areTheirFramesInOneFlush() {
        var endpoint = endpoint();
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        var one = endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed"));
        var two = endpoint.broadcaster.publish(Event.of("n/ä", Json.obj().with("line", "a\nb")).to(id));
        endpoint.end(id);
        var body = new Body();

        stream.writeTo(body);

        assertEquals(List.of(CONNECTED,
                "id: " + one + "\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{}}\n\n"
                + "id: " + two + "\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"n/ä\",\"params\":{\"line\":\"a\\nb\"}}\n\n"), body.flushed);
        assertEquals(2, endpoint.handler.stats().streams().delivered());
    }

    @Test
    void writeTo_manyEvents_flushesEach64() {
        var endpoint = endpoint();
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        for (var i = 0; i < 200; i++) endpoint.publish("m");
        endpoint.end(id);
        var body = new Body();

        stream.writeTo(body);

        assertEquals(List.of(0, 64, 64, 64, 8), events(body));
        assertEquals(200, endpoint.handler.stats().streams().delivered());
    }

    @Test
    void writeTo_largeEvents_flushesEach16KiB() {
        var endpoint = endpoint();
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        for (var i = 0; i < 9; i++) {
            endpoint.broadcaster.publish(Event.of("m", Json.obj().with("text", "x".repeat(i < 6 ? 6_000 : 100_000))));
        }
        endpoint.end(id);
        var body = new Body();

        stream.writeTo(body);

        assertEquals(List.of(0, 3, 3, 1, 1, 1, 0), events(body)); // the last one for the end alone
    }

    private static List<Integer> events(Body body) {
        return body.flushed.stream().map(text -> text.split("\nid: |^id: ", -1).length - 1).toList();
    }

    @Test
    void writeTo_eachWakeUp_isOneFlush() throws Exception {
        var endpoint = endpoint();
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        var body = new Body();
        var end = new CompletableFuture<StreamEnd>();
        Thread.ofVirtual().start(() -> end.complete(stream.writeTo(body)));
        body.flushes.acquire();

        for (var i = 0; i < 100; i++) {
            endpoint.publish("m" + i);
            body.flushes.acquire();
        }
        endpoint.end(id);

        assertEquals(StreamEnd.SESSION_ENDED, end.get(10, SECONDS));
        assertEquals(102, body.flushed.size());
        for (var i = 0; i < 100; i++) assertTrue(body.flushed.get(i + 1).contains("\"m" + i + "\""));
    }

    @Test
    void writeTo_silence_isFilledWithComments() {
        var endpoint = endpoint(BroadcasterOptions.builder().heartbeat(Duration.ofMillis(8)).build(), builder -> builder);
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        var body = new Body() {
            @Override
            public void flush() throws IOException {
                super.flush();
                if (flushed.size() == 4) endpoint.end(id);
            }
        };

        stream.writeTo(body);

        var comment = ": keep-alive\n";
        assertEquals(List.of(CONNECTED, comment, comment, comment), body.flushed.subList(0, 4));
        assertEquals(0, endpoint.handler.stats().streams().delivered());
    }

    @Test
    void writeTo_fellBehind_tellsTheLossFirst() {
        var endpoint = endpoint(BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).build(), builder -> builder);
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        for (var i = 0; i < 10; i++) endpoint.publish("m" + i);
        endpoint.end(id);
        var body = new Body();

        stream.writeTo(body);

        assertTrue(body.flushed.get(1).startsWith(": lagged, 6 events missed\nid: "), () -> body.flushed.get(1));
        assertEquals(6, endpoint.handler.stats().streams().lagged());
        assertEquals(4, endpoint.handler.stats().streams().delivered());
    }

    @Test
    void writeTo_drained_endsWithRetryThatDiffers() {
        var endpoint = endpoint();
        var retries = IntStream.range(0, 50).mapToObj(_ -> {
            var stream = open(endpoint, endpoint.used(ALICE));
            endpoint.publish("m");
            stream.end(StreamEnd.DRAINED);
            var body = new Body();
            assertEquals(StreamEnd.DRAINED, stream.writeTo(body));
            return body.flushed.getLast();
        }).collect(Collectors.toSet());

        for (var retry : retries) {
            assertTrue(retry.matches("retry: [0-9]+\n\n"), retry);
            var millis = Integer.parseInt(retry.replaceAll("[^0-9]", ""));
            assertTrue(millis >= 500 && millis < 2_500, retry);
        }
        assertTrue(retries.size() > 10, () -> "only " + retries.size() + " of 50 differ");
    }

    @Test
    void writeTo_maximumAgeReached_endsAfterTheNextEventWithRetry() {
        var endpoint = endpoint(BroadcasterOptions.DEFAULT, builder -> builder.maxStreamAge(Duration.ofNanos(1)));
        var stream = open(endpoint, endpoint.used(ALICE));
        endpoint.publish("m");
        var body = new Body();

        assertEquals(StreamEnd.MAX_AGE, stream.writeTo(body));

        assertTrue(body.flushed.get(1).matches("id: .*\nevent: message\ndata: .*\n\nretry: [0-9]+\n\n"), () -> body.flushed.get(1));
        endpoint.assertNothingUnderWay();
    }

    @Test
    void writeTo_maximumAgeNotReached_goesOn() {
        for (var age : List.of(Duration.ZERO, Duration.ofHours(1), ChronoUnit.FOREVER.getDuration())) {
            var endpoint = endpoint(BroadcasterOptions.DEFAULT, builder -> builder.maxStreamAge(age));
            var id = endpoint.used(ALICE);
            var stream = open(endpoint, id);
            endpoint.publish("m");
            endpoint.end(id);

            assertEquals(StreamEnd.SESSION_ENDED, stream.writeTo(new Body()));
        }
    }

    /// How a body fails, and why the stream then ends.
    private enum Failure {
        CLIENT_GONE(new IOException("broken pipe")),
        WRITE_TIMEOUT(new InterruptedIOException("interrupted")),
        FAILED(new IllegalStateException("a bug"));

        final Exception thrown;

        Failure(Exception thrown) {
            this.thrown = thrown;
        }

        void fail() throws IOException {
            if (thrown instanceof IOException e) throw e;
            throw (RuntimeException) thrown;
        }
    }

    @ParameterizedTest
    @EnumSource
    void writeTo_firstWriteFails_endsAndGivesEverythingBack(Failure failure) {
        assertEnds(failure, new Body() {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                failure.fail();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void writeTo_laterWriteFails_endsAndGivesEverythingBack(Failure failure) {
        assertEnds(failure, new Body() {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                if (!flushed.isEmpty()) failure.fail();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void writeTo_flushFails_endsAndGivesEverythingBack(Failure failure) {
        assertEnds(failure, new Body() {
            @Override
            public void flush() throws IOException {
                if (!flushed.isEmpty()) failure.fail();
                super.flush();
            }
        });
    }

    private void assertEnds(Failure failure, Body body) {
        var endpoint = endpoint();
        var stream = open(endpoint, endpoint.used(ALICE));
        endpoint.publish("m");
        var end = StreamEnd.valueOf(failure.name());

        assertEquals(end, stream.writeTo(body));

        var stats = endpoint.handler.stats().streams();
        for (var cause : StreamEnd.values()) assertEquals(cause == end ? 1 : 0, stats.ended().get(cause), cause::name);
        assertEquals(1, stats.opened());
        assertEquals(0, stats.delivered());
        endpoint.assertNothingUnderWay();
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void writeTo_error_endsAsFailed() {
        var endpoint = endpoint();
        var stream = open(endpoint, endpoint.used(ALICE));

        assertEquals(StreamEnd.FAILED, stream.writeTo(new Body() {
            @Override
            public void flush() {
                throw new AssertionError("a bug");
            }
        }));

        endpoint.assertNothingUnderWay();
    }

    @Test
    void writeTo_interruptedWhileItWaits_endsAndStaysInterrupted() {
        var endpoint = endpoint();
        var stream = open(endpoint, endpoint.used(ALICE));
        Thread.currentThread().interrupt();

        assertEquals(StreamEnd.DRAINED, stream.writeTo(new Body()));

        assertTrue(Thread.interrupted());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void close_neverWritten_givesThePlaceBackOnce() {
        var endpoint = endpoint();
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        var other = open(endpoint, endpoint.used(ALICE));

        stream.close();
        stream.close();

        assertEquals(1, endpoint.handler.stats().streams().open());
        assertEquals(1, endpoint.handler.stats().underWay());
        assertEquals(1, endpoint.handler.stats().streams().ended().get(StreamEnd.CLIENT_GONE));
        other.close();
        endpoint.assertNothingUnderWay();
    }

    @Test
    void close_afterItWasWritten_doesNothing() {
        var endpoint = endpoint();
        var id = endpoint.used(ALICE);
        var stream = open(endpoint, id);
        endpoint.end(id);
        stream.writeTo(new Body());

        stream.close();

        assertEquals(1, endpoint.handler.stats().streams().ended().values().stream().mapToLong(Long::longValue).sum());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void close_whileItIsWritten_endsIt() throws Exception {
        var endpoint = endpoint();
        var stream = open(endpoint, endpoint.used(ALICE));
        var body = new Body();
        var end = new CompletableFuture<StreamEnd>();
        Thread.ofVirtual().start(() -> end.complete(stream.writeTo(body)));
        body.flushes.acquire();

        stream.close();

        assertEquals(StreamEnd.CLIENT_GONE, end.get(10, SECONDS));
        endpoint.assertNothingUnderWay();
    }

    @Test
    void close_neverWritten_releasesItsSession() {
        assertReleased(EventStream::close);
    }

    @Test
    void writeTo_ended_releasesItsSession() {
        assertReleased(stream -> {
            stream.end(StreamEnd.DRAINED);
            stream.writeTo(new Body());
        });
    }

    private static void assertReleased(Consumer<EventStream> ending) {
        try (var small = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(2).build())) {
            var first = small.used(ALICE);
            ending.accept(open(small, first));
            small.elapse(Duration.ofSeconds(1));
            var second = small.used(ALICE);

            small.created(ALICE); // evicts the oldest, unless that is held

            assertTrue(small.store.find(first).isEmpty());
            assertTrue(small.store.find(second).isPresent());
        }
    }

    @Test
    void stats_afterManyStreams_areExact() {
        var endpoint = endpoint();
        var ends = new ConcurrentHashMap<StreamEnd, Integer>();
        for (var i = 0; i < 20; i++) {
            var id = endpoint.used(ALICE);
            var stream = open(endpoint, id);
            for (var event = 0; event < i; event++) endpoint.publish("m");
            if (i % 3 == 0) stream.end(StreamEnd.DRAINED);
            else endpoint.end(id);
            ends.merge(stream.writeTo(new Body()), 1, Integer::sum);
        }

        var stats = endpoint.handler.stats().streams();

        assertEquals(20, stats.opened());
        assertEquals(0, stats.open());
        assertEquals(7L, stats.ended().get(StreamEnd.DRAINED));
        assertEquals(13L, stats.ended().get(StreamEnd.SESSION_ENDED));
        assertEquals(7, ends.get(StreamEnd.DRAINED));
        assertEquals(IntStream.range(0, 20).filter(i -> i % 3 != 0).sum(), stats.delivered());
        assertEquals(0, stats.lagged());
        assertThrows(UnsupportedOperationException.class, () -> stats.ended().put(StreamEnd.FAILED, 1L));
    }
}
