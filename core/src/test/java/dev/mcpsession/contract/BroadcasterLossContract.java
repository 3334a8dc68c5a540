package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A subscription sees `Lagged` if it lost an event of its own, and never because of other subscriptions' events.
public interface BroadcasterLossContract extends BroadcasterFixture {

    Owner ANN = Owner.principal("ann");
    BroadcasterOptions FEW_KEYS = TIGHT.toBuilder().signalKeys(64).build();

    private static Event updated(String uri) {
        return Event.of(UPDATED, Json.obj().with("uri", uri));
    }

    private static EventFilter listen(String... uris) {
        return EventFilter.selecting(ANN, Set.of(TOOLS, "test/marker"), Set.of(uris));
    }

    private static EventFilter session(String... uris) {
        return EventFilter.of(SessionId.random(), ANN).withTopics(Topic.RESOURCES.of(Set.of(uris)));
    }

    /// Simulates a minute of other clients' traffic, none of it for the readers of this test.
    private void othersDo(Broadcaster broadcaster, int minute) {
        var each = Math.max(3, flood() / 1_000);
        for (var n = 0; n < each; n++) {
            broadcaster.publish(updated("other/" + minute + "/" + n));
            broadcaster.publish(message(n).to(SessionId.random()));
            broadcaster.publish(Event.of(TOOLS).to(Owner.principal("bob" + n)));
        }
        var other = EventFilter.of(SessionId.random(), Owner.principal("bob"));
        var streams = new ArrayList<Subscription>();
        for (var n = 0; n < 3; n++) streams.add(broadcaster.subscribe(other, Start.now())); // each takes over the stream
        broadcaster.addTopic(other.session().orElseThrow(), Topic.RESOURCES.of("mine"));
        broadcaster.removeTopic(other.session().orElseThrow(), Topic.RESOURCES.of("mine"));
        broadcaster.endSessions(List.of(other.session().orElseThrow(), SessionId.random()));
        broadcaster.endOwner(Owner.principal("bob"));
        streams.forEach(Subscription::close);
    }

    /// The quiet session reads immediately or lags, and reconnects repeatedly; the quiet listen stays; new listens start.
    @Test
    default void next_anHourOfWhatIsNotForIt_isToldNoLoss() throws Exception {
        try (var broadcaster = open(FEW_KEYS)) {
            var filter = session("mine");
            var stream = broadcaster.subscribe(filter, Start.now());
            var listen = broadcaster.subscribe(listen("mine"), Start.recent());
            var position = stream.start();
            for (var minute = 1; minute <= 60; minute++) {
                othersDo(broadcaster, minute);
                elapse(Duration.ofMinutes(1));
                if (minute % 7 == 0) stream = broadcaster.subscribe(filter, Start.after(position));
                if (minute % 10 > 0) continue;
                var all = new ArrayList<>(List.of(broadcaster.publish(updated("mine"))));
                broadcaster.publish(updated("other"));
                all.add(settle(broadcaster));
                assertEquals(all, idsUpToMarker(stream), "minute " + minute);
                assertEquals(all, idsUpToMarker(listen), "minute " + minute);
                position = all.getLast();
                try (var fresh = broadcaster.subscribe(listen("mine"), Start.recent())) {
                    all.removeLast();
                    all.add(settle(broadcaster));
                    assertEquals(all, idsUpToMarker(fresh), "minute " + minute);
                }
                position = event(stream).id();
                event(listen);
                if (!elapse(Duration.ofMinutes(6))) continue;
                try (var fresh = broadcaster.subscribe(listen("mine"), Start.recent())) {
                    assertEquals(1, published(broadcaster, 1, _ -> BroadcasterTraffic.marker()).size());
                    assertEquals(1, idsUpToMarker(fresh).size());
                }
                position = event(stream).id();
                event(listen);
            }
            stream.close();
            listen.close();
        }
    }

    @Test
    default void next_moreUpdatesOfOthersThanAreKept_isToldNoLoss() throws Exception {
        try (var broadcaster = open(FEW_KEYS); var reader = broadcaster.subscribe(session("mine"), Start.now());
                var listen = broadcaster.subscribe(listen("mine"), Start.now())) {
            published(broadcaster, Math.min(flood(), 6_000), n -> updated("other/" + n));
            var all = List.of(broadcaster.publish(updated("mine")), settle(broadcaster));

            assertEquals(all, idsUpToMarker(reader));
            assertEquals(all, idsUpToMarker(listen));
        }
    }

    @Test
    default void subscribe_afterAPositionThatWasNeverGiven_isLiveAndToldNoLoss() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            published(broadcaster, 3);
            var last = settle(broadcaster);
            for (var ahead : List.of(1L, 1_000_000L, 999_999_999_999_999_999L - last.sequence())) {
                try (var reader = broadcaster.subscribe(session(), Start.after(new EventId(last.epoch(), last.sequence() + ahead + 10)))) {
                    assertEquals(List.of(settle(broadcaster)), idsUpToMarker(reader));
                } catch (IllegalArgumentException _) {
                    assertTrue(ahead > 1_000_000L, "no such number");
                }
            }
        }
    }

    @Test
    default void subscribe_afterAPositionAndWhatIsForOthers_isToldNoLoss() throws Exception {
        try (var broadcaster = open(FEW_KEYS)) {
            var filter = session("mine");
            var position = settle(broadcaster);
            published(broadcaster, 10 * KEPT, n -> n % 2 == 0 ? message(n).to(SessionId.random()) : updated("other/" + n));
            try (var reader = broadcaster.subscribe(filter, Start.after(position))) {
                assertEquals(List.of(settle(broadcaster)), idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void next_namedUpdateThatIsForgotten_isTold() throws Exception {
        try (var broadcaster = open(FEW_KEYS); var reader = broadcaster.subscribe(session("mine"), Start.now());
                var listen = broadcaster.subscribe(listen("mine"), Start.now())) {
            var position = broadcaster.publish(message(0).to(SessionId.random()));
            broadcaster.publish(updated("mine"));
            published(broadcaster, 64 + 3 * KEPT, n -> updated("other/" + n));
            settle(broadcaster);

            for (var late : List.of(reader, listen, broadcaster.subscribe(session("mine"), Start.after(position)))) {
                assertEquals(1, assertInstanceOf(Delivery.Lagged.class, read(late)).messages());
                assertEquals(1, idsUpToMarker(late).size());
                late.close();
            }
            try (var fresh = broadcaster.subscribe(listen("mine"), Start.recent())) {
                assertEquals(new Delivery.Lagged(1, 1), read(fresh));
            }
        }
    }

    @Test
    default void subscribe_afterAPositionAndLostMail_isTold() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var filter = session();
            var position = settle(broadcaster);
            broadcaster.publish(message(0).to(ANN));
            published(broadcaster, 2 * KEPT, n -> message(n).to(SessionId.random()));
            settle(broadcaster);
            try (var reader = broadcaster.subscribe(filter, Start.after(position))) {
                assertTrue(assertInstanceOf(Delivery.Lagged.class, read(reader)).messages() > 0);
            }
        }
    }

    /// Only signals are lost, and the newest of them heals the reader.
    @Test
    default void subscribe_afterAPositionAndLostSignals_countsNoMessage() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var position = settle(broadcaster);
            var tools = published(broadcaster, 3 * KEPT, _ -> Event.of(TOOLS)).getLast();
            published(broadcaster, KEPT - 1, n -> updated("other/" + n));
            settle(broadcaster);
            try (var reader = broadcaster.subscribe(session(), Start.after(position))) {
                assertEquals(0, assertInstanceOf(Delivery.Lagged.class, read(reader)).messages());
                assertEquals(tools, event(reader).id());
            }
        }
    }
}
