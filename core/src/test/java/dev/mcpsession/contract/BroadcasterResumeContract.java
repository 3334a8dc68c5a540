package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.isMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static dev.mcpsession.contract.BroadcasterTraffic.requireIncreasing;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Subscriptions that resume after a position.
public interface BroadcasterResumeContract extends BroadcasterFixture {

    @Test
    default void subscribe_afterAPosition_continuesExactly() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var owner = Owner.principal("ann");
            var ids = published(broadcaster, 30, n -> switch (n % 4) {
                case 0 -> message(n).to(session);
                case 1 -> message(n).to(owner);
                default -> message(n);
            });
            broadcaster.publish(message(30).to(SessionId.random()));
            ids.add(settle(broadcaster));

            for (var n = 0; n < ids.size() - 1; n++) {
                try (var reader = broadcaster.subscribe(EventFilter.of(session, owner), Start.after(ids.get(n)))) {
                    assertEquals(ids.subList(n + 1, ids.size()), idsUpToMarker(reader));
                }
            }
        }
    }

    @Test
    default void subscribe_afterTheLast_isLive() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            published(broadcaster, 3);
            var last = settle(broadcaster);
            try (var reader = broadcaster.subscribe(EventFilter.all(), Start.after(last))) {
                assertEquals(List.of(broadcaster.publish(marker())), idsUpToMarker(reader));
            }
        }
    }

    private static EventId position(Broadcaster broadcaster) {
        var begun = broadcaster.subscribe(EventFilter.all(), Start.now());
        begun.close();
        return begun.start();
    }

    @Test
    default void begin_nothingPublished_isAtAPositionToContinueFrom() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var start = position(broadcaster);
            var ids = published(broadcaster, 3);
            ids.add(settle(broadcaster));
            assertEquals(ids.getLast(), position(broadcaster));

            try (var reader = broadcaster.subscribe(EventFilter.all(), Start.after(start))) {
                assertEquals(ids, idsUpToMarker(reader));
            }
        }
    }

    /// Enough events for many subscriptions to begin among them; few enough for a [#flood()] that waits for a disk.
    private int some() {
        return Math.min(2_000, flood() / 4);
    }

    @Test
    default void begin_whilePublishing_deliversExactlyWhatFollowsItsPosition() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var first = settle(broadcaster);
            var publisher = threads.start(() -> {
                var ids = published(broadcaster, some());
                ids.add(broadcaster.publish(marker()));
                return ids;
            });

            var positions = new ArrayList<EventId>();
            var followers = new ArrayList<Subscription>();
            while (!publisher.isDone() && followers.size() < 200) {
                var begun = broadcaster.subscribe(EventFilter.all(), Start.now());
                positions.add(begun.start());
                followers.add(begun);
                positions.add(begun.start());
                followers.add(broadcaster.subscribe(EventFilter.all(), Start.after(begun.start())));
            }

            var all = new ArrayList<>(List.of(first));
            all.addAll(publisher.get());
            for (var n = 0; n < followers.size(); n++) {
                var expected = all.subList(all.indexOf(positions.get(n)) + 1, all.size());
                if (!expected.isEmpty()) assertEquals(expected, idsUpToMarker(followers.get(n)));
            }
            closeAll(followers);
        }
    }

    @Test
    default void subscribe_afterAPositionWhilePublishing_leavesNoGapAndNoDuplicate() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var session = SessionId.random();
            var filter = EventFilter.of(session, Owner.anonymous());
            var first = settle(broadcaster);
            var publisher = threads.start(() -> {
                var ids = published(broadcaster, some(), n -> n % 2 == 0 ? message(n) : message(n).to(session));
                ids.add(broadcaster.publish(marker()));
                return ids;
            });

            var seen = new ArrayList<>(List.of(first));
            for (var ended = false; !ended; ) {
                try (var reader = broadcaster.subscribe(filter, Start.after(seen.getLast()))) {
                    for (var n = 0; n < 5 && !ended; n++) {
                        var next = event(reader);
                        seen.add(next.id());
                        ended = isMarker(next);
                    }
                }
            }

            assertEquals(publisher.get(), seen.subList(1, seen.size()));
        }
    }

    @Test
    default void subscribe_afterAPositionThatIsGone_isToldAndHealed() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            broadcaster.publish(Event.of(PROMPTS)); // seen before the position, so not lost
            var position = broadcaster.publish(message(0));
            published(broadcaster, 50);
            var tools = published(broadcaster, 3, _ -> Event.of(TOOLS)).getLast();
            var kept = published(broadcaster, KEPT - 1);
            kept.add(settle(broadcaster));
            try (var reader = broadcaster.subscribe(EventFilter.all(), Start.after(position))) {
                var lagged = assertInstanceOf(Delivery.Lagged.class, read(reader));
                assertTrue(lagged.missed() >= 52 && lagged.messages() >= 50, lagged::toString);
                assertEquals(tools, event(reader).id());
                assertEquals(kept, idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void subscribe_afterAPositionAmongAddressedThatIsGone_neverGoesBack() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            broadcaster.publish(Event.of(TOOLS));
            var position = published(broadcaster, 50, n -> message(n).to(SessionId.random())).getLast();
            published(broadcaster, 20, n -> message(n).to(SessionId.random()));
            published(broadcaster, KEPT + 5);
            settle(broadcaster);
            try (var reader = broadcaster.subscribe(EventFilter.all(), Start.after(position));
                    var ofTools = broadcaster.subscribe(
                            EventFilter.selecting(Owner.anonymous(), Set.of(TOOLS, "test/marker"), Set.of()), Start.after(position))) {
                assertInstanceOf(Delivery.Lagged.class, read(reader));
                var ids = idsUpToMarker(reader);
                assertEquals(KEPT, ids.size());
                requireIncreasing(Stream.concat(Stream.of(position), ids.stream()).toList());
                assertEquals(1, idsUpToMarker(ofTools).size());
            }
        }
    }

    @Test
    default void subscribe_afterAPositionWithGoneAddressed_isTold() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var session = SessionId.random();
            var position = settle(broadcaster);
            published(broadcaster, KEPT + 3, n -> message(n).to(session));
            var last = settle(broadcaster);
            try (var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.after(position));
                    var ofNobody = broadcaster.subscribe(EventFilter.all(), Start.after(position))) {
                var lagged = assertInstanceOf(Delivery.Lagged.class, read(reader));
                assertTrue(lagged.missed() >= 3 && lagged.messages() >= 3, lagged::toString);
                assertEquals(KEPT + 1, idsUpToMarker(reader).size());
                assertEquals(List.of(last), idsUpToMarker(ofNobody));
            }
        }
    }

    @Test
    default void subscribe_afterAnotherEpoch_isLaggedFirst() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var ids = published(broadcaster, 3);
            ids.add(settle(broadcaster));
            var epoch = ids.getFirst().epoch().equals("0") ? "1" : "0";
            try (var reader = broadcaster.subscribe(EventFilter.all(), Start.after(new EventId(epoch, 2)))) {
                assertInstanceOf(Delivery.Lagged.class, read(reader));
                assertEquals(ids, idsUpToMarker(reader));
            }
        }
    }
}
