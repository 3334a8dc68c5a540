package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.awaitWaiting;
import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Delivery.Cause;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Ending many sessions together, and all streams of an owner: events published before the end are delivered, later ones are not.
public interface BroadcasterEndContract extends BroadcasterFixture {

    private static EventFilter listenOf(Owner owner) {
        return EventFilter.selecting(owner, Set.of(TOOLS, "test/marker"), Set.of());
    }

    @Test
    default void endSessions_many_endsEachAfterWhatWasBefore() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var sessions = Stream.generate(SessionId::random).limit(3_000).toList();
            var readers = sessions.stream().limit(5)
                    .map(id -> broadcaster.subscribe(EventFilter.of(id, Owner.anonymous()), Start.now())).toList();
            var other = broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now());
            var before = broadcaster.publish(message(1));
            broadcaster.endSessions(sessions);
            broadcaster.endSessions(List.of());
            var after = List.of(broadcaster.publish(message(2)), broadcaster.publish(marker()));

            for (var reader : readers) {
                assertEquals(before, event(reader).id());
                assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(reader));
            }
            assertEquals(before, event(other).id());
            assertEquals(after, idsUpToMarker(other));
            closeAll(readers);
            other.close();
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void endOwner_sessionsAndListens_getWhatWasBeforeAndNothingAfter() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var ann = Owner.principal("ann");
            var session = broadcaster.subscribe(EventFilter.of(SessionId.random(), ann), Start.now());
            var listen = broadcaster.subscribe(listenOf(ann), Start.recent());
            var before = List.of(broadcaster.publish(Event.of(TOOLS)), broadcaster.publish(Event.of(TOOLS).to(ann)));
            broadcaster.endOwner(ann);
            broadcaster.publish(Event.of(TOOLS).to(ann));
            broadcaster.publish(Event.of(TOOLS));

            for (var reader : List.of(session, listen)) assertEquals(before, List.of(event(reader).id(), event(reader).id()));
            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(session));
            assertEquals(new Delivery.Closed(Cause.OWNER_ENDED), read(listen));
            closeAll(List.of(session, listen));
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void endOwner_othersAndLaterOnes_goOn() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var ann = Owner.principal("ann");
            var readers = new ArrayList<Subscription>(List.of(broadcaster.subscribe(EventFilter.all(), Start.now()),
                    broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.principal("bob")), Start.now()),
                    broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now()),
                    broadcaster.subscribe(listenOf(Owner.anonymous()), Start.recent())));
            broadcaster.endOwner(ann);
            readers.add(broadcaster.subscribe(EventFilter.of(SessionId.random(), ann), Start.now()));
            readers.add(broadcaster.subscribe(listenOf(ann), Start.recent()));
            var all = published(broadcaster, 2, _ -> Event.of(TOOLS));
            all.add(broadcaster.publish(marker()));

            for (var reader : readers) assertEquals(all, idsUpToMarker(reader));
            closeAll(readers);
        }
    }

    @Test
    default void endOwner_waitingReaders_leave() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var ann = Owner.principal("ann");
            var session = broadcaster.subscribe(EventFilter.of(SessionId.random(), ann), Start.now());
            var listen = broadcaster.subscribe(listenOf(ann), Start.now());
            var deliveries = List.of(threads.start(session::next), threads.start(listen::next));
            awaitWaiting(broadcaster, 2);

            broadcaster.endOwner(ann);

            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), deliveries.get(0).get());
            assertEquals(new Delivery.Closed(Cause.OWNER_ENDED), deliveries.get(1).get());
            closeAll(List.of(session, listen));
        }
    }

    @Test
    default void endOwner_anonymousOrClosed_throws() {
        var broadcaster = open(ROOMY);
        assertThrows(IllegalArgumentException.class, () -> broadcaster.endOwner(Owner.anonymous()));
        broadcaster.close();

        assertThrows(BroadcasterClosedException.class, () -> broadcaster.endOwner(Owner.principal("ann")));
        broadcaster.endSessions(List.of(SessionId.random()));
    }
}
