package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The reported bytes are what memory holds, within the factor that [BroadcasterOptions] documents.
class RetainedMemoryTest {

    private static final int FACTOR = 2;
    private static final long NOISE = 6L << 20;
    private static final BroadcasterOptions OPTIONS =
            BroadcasterOptions.builder().ringEntries(1 << 16).ringBytes(8L << 20).heartbeat(Duration.ofHours(1)).build();

    /// Such params are small as bytes and large as a tree.
    private static Json.Obj params(String shape, int n) {
        return switch (shape) {
            case "arrays" -> Json.obj().with("a", new Json.Arr(Collections.nCopies(100_000, new Json.Arr(List.of()))));
            case "numbers" -> Json.obj().with("a", new Json.Arr(digits(100_000)));
            case "empty" -> Json.obj();
            case "uris" -> Json.obj().with("uri", "ü€".repeat(1_000) + n);
            default -> throw new IllegalArgumentException(shape);
        };
    }

    private static List<Json> digits(int count) {
        var all = new ArrayList<Json>();
        for (var n = 0; n < count; n++) all.add(Json.Num.of(n % 10));
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrays", "numbers", "empty", "uris"})
    void retainedBytes_hostileParams_isWhatMemoryHolds(String shape) {
        var before = used();
        try (var broadcaster = new StripedBroadcaster(OPTIONS)) {
            for (var n = 0; broadcaster.stats().retainedBytes() < OPTIONS.ringBytes() * 7 / 8; n++) {
                broadcaster.publish(Event.of("n" + n + "/notice", params(shape, n)));
            }

            var held = used() - before;
            assertTrue(held < FACTOR * broadcaster.stats().retainedBytes() + NOISE, () -> held + " are held by " + broadcaster.stats());
        }
    }

    @Test
    void retainedBytes_signalsThatLeftTheRing_areBoundedTheSame() {
        var before = used();
        try (var broadcaster = new StripedBroadcaster(OPTIONS.toBuilder().ringEntries(16).ringBytes(8L << 20).build())) {
            for (var n = 0; n < 1_200; n++) {
                broadcaster.publish(Event.of("notifications/resources/updated", params("uris", n).with("a", new Json.Arr(digits(5_000)))));
            }

            var held = used() - before;
            assertTrue(held < 4 * FACTOR * OPTIONS.ringBytes() + NOISE, () -> held + " are held by " + broadcaster.stats());
        }
    }

    /// Each reader was overtaken at another time and reads nothing of what heals it.
    @Test
    void poll_manySlowReaders_keepNoFramesAlive() {
        var before = used();
        try (var broadcaster = new StripedBroadcaster(OPTIONS.toBuilder().ringEntries(16).ringBytes(8L << 20).signalKeys(512).build())) {
            var text = "x".repeat(8 << 10);
            var readers = new ArrayList<Subscription>();
            for (var round = 0; round < 20; round++) {
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now());
                for (var n = 0; n < 512 + 16; n++) {
                    broadcaster.publish(Event.of("notifications/resources/updated", Json.obj().with("uri", "u" + n % 512).with("text", text + round)));
                }
                assertTrue(reader.poll().orElseThrow() instanceof Delivery.Lagged);
                readers.add(reader);
            }

            var held = used() - before;
            assertTrue(held < 40L << 20, () -> held + " are held by " + readers.size());
            for (var reader : readers) assertTrue(reader.poll().orElseThrow() instanceof Delivery.Next);
        }
    }

    @Test
    void event_ofADelivery_isWhatWasPublished() {
        var session = SessionId.random();
        var deep = Json.obj().with("uri", "u").with("_meta", Json.obj().with("k", 1)).with("a", nested(60));
        try (var broadcaster = new StripedBroadcaster(OPTIONS)) {
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.principal("ann")).withTopics(Topic.RESOURCES.of(Set.of("u"))), Start.now());
            for (var event : List.of(Event.of("m"), Event.of("m", deep), Event.of("m", Json.obj().with("_meta", Json.obj())),
                    Event.of("notifications/resources/updated", deep), Event.of("m").to(session), Event.of("m", deep).to(Owner.principal("ann")))) {
                broadcaster.publish(event);
                assertEquals(event, ((Delivery.Next) reader.poll().orElseThrow()).event());
            }
            reader.close();
        }
    }

    private static Json nested(int levels) {
        return levels == 0 ? Json.NULL : new Json.Arr(List.of(nested(levels - 1)));
    }

    private static long used() {
        var runtime = Runtime.getRuntime();
        var used = Long.MAX_VALUE;
        for (var n = 0; n < 4; n++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
