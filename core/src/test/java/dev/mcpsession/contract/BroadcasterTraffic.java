package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/// Publishes and reads events. A marker is the last event that a reader waits for.
final class BroadcasterTraffic {

    private BroadcasterTraffic() {}

    static Event message(int n) {
        return Event.of(BroadcasterFixture.MESSAGE, Json.obj().with("n", n));
    }

    static Event marker() {
        return Event.of("test/marker");
    }

    static boolean isMarker(Delivery.Next delivery) {
        return delivery.event().method().equals("test/marker");
    }

    static List<EventId> published(Broadcaster broadcaster, int count) {
        return published(broadcaster, count, BroadcasterTraffic::message);
    }

    static List<EventId> published(Broadcaster broadcaster, int count, IntFunction<Event> event) {
        var ids = new ArrayList<EventId>(count);
        for (var n = 0; n < count; n++) ids.add(broadcaster.publish(event.apply(n)));
        return ids;
    }

    /// Publishes a marker, and waits until the readers have it and hence everything published before.
    static EventId settle(Broadcaster broadcaster) throws InterruptedException {
        try (var witness = broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of("test/marker"), Set.of()), Start.now())) {
            var id = broadcaster.publish(marker());
            while (!event(witness).id().equals(id)) Thread.onSpinWait();
            return id;
        }
    }

    static List<Subscription> subscriptions(Broadcaster broadcaster, int count) {
        return Stream.generate(() -> broadcaster.subscribe(EventFilter.all(), Start.now())).limit(count).toList();
    }

    static void closeAll(List<Subscription> readers) {
        readers.forEach(Subscription::close);
    }

    static void awaitWaiting(Broadcaster broadcaster, int readers) throws InterruptedException {
        while (broadcaster.stats().waiting() != readers) {
            if (Thread.interrupted()) throw new InterruptedException("waiting: " + broadcaster.stats().waiting());
            Thread.yield();
        }
    }

    /// The next delivery that is not a heartbeat.
    static Delivery read(Subscription reader) throws InterruptedException {
        while (true) {
            var delivery = reader.next();
            if (!(delivery instanceof Delivery.Idle)) return delivery;
        }
    }

    static Delivery.Next event(Subscription reader) throws InterruptedException {
        return assertInstanceOf(Delivery.Next.class, read(reader));
    }

    static List<EventId> idsUpToMarker(Subscription reader) throws InterruptedException {
        return idsUpToMarker(reader, _ -> false);
    }

    /// The ids of all deliveries up to the marker. Markers whose index matches `isPassed` count as ordinary events.
    static List<EventId> idsUpToMarker(Subscription reader, IntPredicate isPassed) throws InterruptedException {
        var ids = new ArrayList<EventId>();
        for (var markers = 0; ; ) {
            var next = event(reader);
            ids.add(next.id());
            if (isMarker(next) && !isPassed.test(markers++)) return ids;
        }
    }

    static void requireIncreasing(List<EventId> ids) {
        for (var n = 1; n < ids.size(); n++) {
            var before = ids.get(n - 1);
            var after = ids.get(n);
            assertEquals(before.epoch(), after.epoch());
            assertTrue(before.sequence() < after.sequence(), () -> after + " after " + before);
        }
    }
}
