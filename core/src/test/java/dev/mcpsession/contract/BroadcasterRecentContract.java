package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.requireIncreasing;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Subscriptions that start with the newest signal of each key.
public interface BroadcasterRecentContract extends BroadcasterFixture {

    Owner ANN = Owner.principal("ann");

    private static EventFilter asking(Owner owner, String... uris) {
        return EventFilter.selecting(owner, Set.of(TOOLS, "test/marker"), Set.of(uris));
    }

    private static Event updated(String uri) {
        return Event.of(UPDATED, Json.obj().with("uri", uri));
    }

    @Test
    default void subscribeAfterRecent_nothingPublished_isLive() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(asking(ANN, "a"), Start.recent())) {
            var live = List.of(broadcaster.publish(Event.of(TOOLS)), settle(broadcaster));

            assertEquals(live, idsUpToMarker(reader));
        }
    }

    @Test
    default void subscribeAfterRecent_signals_areToldOnceThenLive() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            broadcaster.publish(Event.of(TOOLS));
            var a = published(broadcaster, 2, _ -> updated("a")).getLast();
            var ofAnn = broadcaster.publish(updated("b").to(ANN));
            broadcaster.publish(updated("c"));
            broadcaster.publish(Event.of(PROMPTS));
            broadcaster.publish(Event.of(TOOLS).to(Owner.principal("bob")));
            broadcaster.publish(Event.of(TOOLS).to(SessionId.random()));
            var tools = broadcaster.publish(Event.of(TOOLS));
            published(broadcaster, 50); // evicts all of them from the log
            settle(broadcaster);

            try (var anns = broadcaster.subscribe(asking(ANN, "a", "b"), Start.recent());
                    var nobodys = broadcaster.subscribe(asking(Owner.anonymous(), "b"), Start.recent())) {
                var live = List.of(broadcaster.publish(Event.of(TOOLS)), broadcaster.publish(updated("b")), settle(broadcaster));

                var expected = new ArrayList<>(List.of(a, ofAnn, tools));
                expected.addAll(live);
                assertEquals(expected, idsUpToMarker(anns));
                expected.removeAll(List.of(a, ofAnn));
                assertEquals(expected, idsUpToMarker(nobodys));
            }
        }
    }

    @Test
    default void subscribeAfterRecent_whilePublishing_leavesNoHole() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var isOver = new AtomicBoolean();
            var publisher = threads.start(() -> {
                var published = new LinkedHashMap<EventId, Event>();
                for (var n = 0; !isOver.get(); n++) {
                    if (n >= 6_000) continue; // no more than the log keeps
                    var event = n % 3 == 0 ? Event.of(TOOLS) : n % 3 == 1 ? updated("a") : message(n);
                    published.put(broadcaster.publish(event), event);
                }
                published.put(broadcaster.publish(BroadcasterTraffic.marker()), BroadcasterTraffic.marker());
                return published;
            });
            var readers = Stream.generate(() -> broadcaster.subscribe(asking(ANN, "a"), Start.recent())).limit(50).toList();
            isOver.set(true);

            var wanted = publisher.get().entrySet().stream().filter(one -> !one.getValue().method().equals(MESSAGE))
                    .map(Map.Entry::getKey).toList();
            for (var reader : readers) {
                var seen = idsUpToMarker(reader);
                requireIncreasing(seen);
                var healed = Math.min(1, seen.size() - 1); // the newest of each signal, and everything after the second
                assertEquals(wanted.subList(wanted.indexOf(seen.get(healed)), wanted.size()), seen.subList(healed, seen.size()));
            }
            closeAll(readers);
        }
    }

    @Test
    default void subscribeAfterRecent_closed_isClosed() throws Exception {
        var broadcaster = open(ROOMY);
        broadcaster.publish(Event.of(TOOLS));
        settle(broadcaster);
        broadcaster.close();

        try (var reader = broadcaster.subscribe(asking(ANN), Start.recent())) {
            assertTrue(reader.next() instanceof Delivery.Closed);
        }
    }
}
