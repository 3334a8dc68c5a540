package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.awaitWaiting;
import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Delivery.Cause;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A session has at most one subscription: a newer one takes over, and the end of the session ends it.
public interface BroadcasterSessionContract extends BroadcasterFixture {

    @Test
    default void subscribe_sameSession_takesOverExactly() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var filter = EventFilter.of(session, Owner.principal("ann"));
            var older = broadcaster.subscribe(filter, Start.now());
            var before = List.of(broadcaster.publish(message(1)), broadcaster.publish(message(2).to(session)));
            var newer = broadcaster.subscribe(filter, Start.now());
            var after = List.of(
                    broadcaster.publish(message(3).to(session)),
                    broadcaster.publish(message(4).to(Owner.principal("ann"))),
                    broadcaster.publish(marker()));

            assertEquals(before, List.of(event(older).id(), event(older).id()));
            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(older));
            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(older));
            assertEquals(after, idsUpToMarker(newer));
            closeAll(List.of(older, newer));
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void begin_sameSession_tellsTheSeam() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            var older = broadcaster.subscribe(filter, Start.now());
            var before = broadcaster.publish(message(1));
            var newer = broadcaster.subscribe(filter, Start.now());
            var after = List.of(broadcaster.publish(message(2)), broadcaster.publish(marker()));

            assertEquals(before, event(older).id());
            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(older));
            assertEquals(after, idsUpToMarker(newer));
            var readers = List.of(older, newer,
                    broadcaster.subscribe(EventFilter.all(), Start.after(newer.start())));
            assertEquals(after, idsUpToMarker(readers.getLast()));
            closeAll(readers);
        }
    }

    @Test
    default void subscribe_sameSessionWhileOlderWaits_endsIt() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            var older = broadcaster.subscribe(filter, Start.now());
            var delivery = threads.start(older::next);
            awaitWaiting(broadcaster, 1);

            var newer = broadcaster.subscribe(filter, Start.now());

            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), delivery.get());
            older.close(); // closes the older one only
            var id = broadcaster.publish(message(1).to(filter.session().orElseThrow()));
            assertEquals(id, event(newer).id());
            newer.close();
        }
    }

    @Test
    default void subscribe_sameSessionWhilePublishing_leavesNoGapAndNoDuplicate() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var session = SessionId.random();
            var owner = Owner.principal("ann");
            var filter = EventFilter.of(session, owner);
            var readers = new ArrayList<>(List.of(broadcaster.subscribe(filter, Start.now())));
            var publisher = threads.start(() -> published(broadcaster, 4000, n -> switch (n % 3) {
                case 0 -> message(n).to(session);
                case 1 -> message(n).to(owner);
                default -> message(n);
            }));
            var seen = new ArrayList<Future<List<EventId>>>();
            while (!publisher.isDone() && readers.size() < 300) {
                var reader = readers.getLast();
                seen.add(threads.start(() -> idsUpToEnd(reader)));
                readers.add(broadcaster.subscribe(filter, Start.now()));
            }
            var all = publisher.get();
            all.add(broadcaster.publish(marker()));

            var parts = new ArrayList<EventId>();
            for (var part : seen) parts.addAll(part.get());
            parts.addAll(idsUpToMarker(readers.getLast()));
            assertEquals(all, parts);
            closeAll(readers);
        }
    }

    @Test
    default void subscribe_sameSessionThenFlood_tellsTheOlderNothingOfIt() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            var older = broadcaster.subscribe(filter, Start.now());
            var id = broadcaster.publish(message(1));
            assertEquals(id, event(older).id());
            var newer = broadcaster.subscribe(filter, Start.now());
            published(broadcaster, 100);
            settle(broadcaster);

            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(older));
            assertEquals(new Delivery.Lagged(101 - KEPT, 101 - KEPT), read(newer));
            closeAll(List.of(older, newer));
        }
    }

    @Test
    default void endSession_deliversWhatWasBeforeAndNothingAfter() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var owner = Owner.principal("ann");
            var reader = broadcaster.subscribe(EventFilter.of(session, owner), Start.now());
            var sibling = broadcaster.subscribe(EventFilter.of(SessionId.random(), owner), Start.now());
            var before = List.of(broadcaster.publish(message(1).to(session)), broadcaster.publish(message(2)));
            broadcaster.endSession(session);
            broadcaster.publish(message(3).to(session));
            var after = List.of(broadcaster.publish(message(4).to(owner)), broadcaster.publish(marker()));

            assertEquals(before, List.of(event(reader).id(), event(reader).id()));
            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(reader));
            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(reader));
            assertEquals(Stream.concat(Stream.of(before.get(1)), after.stream()).toList(), idsUpToMarker(sibling));
            closeAll(List.of(reader, sibling));
        }
    }

    @Test
    default void endSession_waitingReader_leaves() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());
            var delivery = threads.start(reader::next);
            awaitWaiting(broadcaster, 1);

            broadcaster.endSession(session);
            broadcaster.endSession(SessionId.random());

            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), delivery.get());
            reader.close();
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    private static List<EventId> idsUpToEnd(Subscription reader) throws InterruptedException {
        var ids = new ArrayList<EventId>();
        while (read(reader) instanceof Delivery.Next next) ids.add(next.id());
        assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(reader));
        return ids;
    }
}
