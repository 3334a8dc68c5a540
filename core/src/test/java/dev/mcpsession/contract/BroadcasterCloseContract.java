package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.awaitWaiting;
import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static dev.mcpsession.contract.BroadcasterTraffic.subscriptions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Delivery.Cause;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Closing a subscription, and closing the broadcaster with all its subscriptions.
public interface BroadcasterCloseContract extends BroadcasterFixture {

    @Test
    default void close_ofSubscription_freesItsReader() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var reader = broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.principal("ann")), Start.now());
            var delivery = threads.start(reader::next);
            awaitWaiting(broadcaster, 1);

            reader.close();
            reader.close();

            assertEquals(new Delivery.Closed(Cause.CANCELLED), delivery.get());
            assertEquals(new Delivery.Closed(Cause.CANCELLED), reader.next());
            assertEquals(0, broadcaster.stats().waiting());
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void close_ofSubscriptionWithUnreadEvents_deliversNothingMore() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());
            broadcaster.publish(message(1));
            broadcaster.publish(message(2).to(session));
            settle(broadcaster);

            reader.close();

            assertEquals(Optional.of(new Delivery.Closed(Cause.CANCELLED)), reader.poll());
            assertEquals(new Delivery.Closed(Cause.CANCELLED), reader.next());
        }
    }

    @Test
    default void close_ofSubscription_leavesTheOthers() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var readers = subscriptions(broadcaster, 5);
            readers.get(2).close();
            var ids = published(broadcaster, 3);
            ids.add(broadcaster.publish(marker()));

            for (var n : List.of(0, 1, 3, 4)) assertEquals(ids, idsUpToMarker(readers.get(n)));

            closeAll(readers);
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void close_thenPublish_throws() {
        var broadcaster = open(ROOMY);
        broadcaster.close();
        broadcaster.close();

        assertThrows(BroadcasterClosedException.class, () -> broadcaster.publish(message(1)));
        assertThrows(BroadcasterClosedException.class, () -> broadcaster.publish("k", message(1)));
    }

    @Test
    default void close_thenSubscribe_givesAClosedOne() throws Exception {
        var broadcaster = open(ROOMY);
        var id = broadcaster.publish(message(1));
        broadcaster.close();

        for (var reader : List.of(broadcaster.subscribe(EventFilter.all(), Start.now()),
                broadcaster.subscribe(EventFilter.all(), Start.after(id)))) {
            assertEquals(new Delivery.Closed(Cause.BROADCASTER_CLOSED), reader.next());
            assertEquals(Optional.of(new Delivery.Closed(Cause.BROADCASTER_CLOSED)), reader.poll());
            reader.close();
        }
        assertEquals(0, broadcaster.stats().subscribers());
    }

    @Test
    default void close_waitingReaders_leaveAtOnce() throws Exception {
        var broadcaster = open(ROOMY);
        try (var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 200);
            var deliveries = readers.stream().map(reader -> threads.start(reader::next)).toList();
            awaitWaiting(broadcaster, 200);

            broadcaster.close();

            for (var delivery : deliveries) assertEquals(new Delivery.Closed(Cause.BROADCASTER_CLOSED), delivery.get());
            closeAll(readers);
            assertEquals(0, broadcaster.stats().waiting());
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void close_unreadEvents_areNotDelivered() throws Exception {
        var broadcaster = open(ROOMY);
        try (var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            published(broadcaster, 3);
            settle(broadcaster);

            broadcaster.close();

            assertEquals(new Delivery.Closed(Cause.BROADCASTER_CLOSED), reader.next());
        }
    }

    @Test
    default void close_whilePublishing_stopsEverybody() throws Exception {
        var broadcaster = open(ROOMY);
        try (var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 8);
            var ends = readers.stream().map(reader -> threads.start(() -> {
                while (true) if (reader.next() instanceof Delivery.Closed(var cause)) return cause;
            })).toList();
            var started = new CountDownLatch(100);
            var publishers = IntStream.range(0, 2).mapToObj(_ -> threads.start(() -> assertThrows(
                    BroadcasterClosedException.class, () -> publishForEver(broadcaster, started)))).toList();
            started.await();

            broadcaster.close();

            for (var end : ends) assertEquals(Cause.BROADCASTER_CLOSED, end.get());
            for (var publisher : publishers) publisher.get();
            closeAll(readers);
        }
    }

    private static void publishForEver(Broadcaster broadcaster, CountDownLatch started) {
        for (var n = 0; ; n++) {
            broadcaster.publish(message(n));
            started.countDown();
        }
    }
}
