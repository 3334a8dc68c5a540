package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.awaitWaiting;
import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static dev.mcpsession.contract.BroadcasterTraffic.subscriptions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import org.junit.jupiter.api.Test;

/// A broadcaster's gauges and counters.
public interface BroadcasterStatsContract extends BroadcasterFixture {

    @Test
    default void publish_nobodyReads_isBounded() throws Exception {
        var options = ROOMY.toBuilder().maxEventBytes(5000).ringEntries(256).ringBytes(10_000).build();
        try (var broadcaster = open(options); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var session = SessionId.random();
            for (var n = 0; n < 1000; n++) {
                broadcaster.publish(message(n));
                broadcaster.publish(message(n).to(session));
            }
            settle(broadcaster);
            assertTrue(broadcaster.stats().retained() <= 2 * 256, () -> "retained: " + broadcaster.stats());

            for (var n = 0; n < 20; n++) broadcaster.publish(Event.of(MESSAGE, Json.obj().with("text", "x".repeat(900))));
            settle(broadcaster);

            assertTrue(broadcaster.stats().retainedBytes() <= 2 * 10_000, () -> "retained: " + broadcaster.stats());
            var lagged = assertInstanceOf(Delivery.Lagged.class, read(reader));
            assertEquals(1000 + 1 + 20 + 1, lagged.missed() + idsUpToMarker(reader, marker -> marker == 1).size());
        }
    }

    @Test
    default void stats_countsWhatHappens() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 3);
            var seen = readers.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            awaitWaiting(broadcaster, 3);
            assertEquals(3, broadcaster.stats().subscribers());
            assertEquals(0, broadcaster.stats().published());

            published(broadcaster, 9);
            broadcaster.publish(marker());
            for (var ids : seen) ids.get();

            assertEquals(10, broadcaster.stats().published());
            assertEquals(10, broadcaster.stats().retained());
            assertTrue(broadcaster.stats().wakeUps() >= 3, () -> broadcaster.stats().toString());
            assertTrue(broadcaster.stats().retainedBytes() > 10, () -> broadcaster.stats().toString());
            assertEquals(0, broadcaster.stats().waiting());
            closeAll(readers);
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }
}
