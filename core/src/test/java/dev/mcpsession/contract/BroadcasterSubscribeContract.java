package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.awaitWaiting;
import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.isMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static dev.mcpsession.contract.BroadcasterTraffic.subscriptions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Subscribing and reading.
public interface BroadcasterSubscribeContract extends BroadcasterFixture {

    @Test
    default void subscribe_earlierEvent_isNotSeen() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            published(broadcaster, 5);
            try (var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
                var later = published(broadcaster, 3);
                later.add(broadcaster.publish(marker()));

                assertEquals(later, idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void subscribe_whilePublishing_seesAllThatFollowsTheFirst() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var publisher = threads.start(() -> published(broadcaster, 3000));
            var readers = new ArrayList<Subscription>();
            while (!publisher.isDone() && readers.size() < 200) readers.addAll(subscriptions(broadcaster, 1));
            var all = publisher.get();
            all.add(broadcaster.publish(marker()));

            for (var reader : readers) {
                var seen = idsUpToMarker(reader);
                assertEquals(all.subList(all.indexOf(seen.getFirst()), all.size()), seen);
            }
            closeAll(readers);
        }
    }

    @Test
    default void subscribe_onlySomeMethods_seesThemAndWhatIsAddressed() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var owner = Owner.principal("ann");
            var reader = broadcaster.subscribe(EventFilter.selecting(owner, Set.of(TOOLS, "test/marker"), Set.of()), Start.now());

            broadcaster.publish(message(1));
            var tools = broadcaster.publish(Event.of(TOOLS));
            broadcaster.publish(Event.of(PROMPTS));
            var addressed = broadcaster.publish(Event.of(TOOLS).to(owner));

            assertEquals(List.of(tools, addressed, broadcaster.publish(marker())), idsUpToMarker(reader));
            reader.close();
        }
    }

    @Test
    default void poll_nothing_isEmpty() throws Exception {
        try (var broadcaster = open(ROOMY.toBuilder().heartbeat(HEARTBEAT).build());
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            assertEquals(Optional.empty(), reader.poll());

            assertInstanceOf(Delivery.Idle.class, reader.next());

            assertEquals(Optional.empty(), reader.poll());
        }
    }

    @Test
    default void poll_several_givesThemInOrder() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var ids = published(broadcaster, 10);
            settle(broadcaster);

            var polled = new ArrayList<EventId>();
            while (polled.size() < ids.size()) {
                reader.poll().ifPresent(delivery -> polled.add(assertInstanceOf(Delivery.Next.class, delivery).id()));
            }
            assertEquals(ids, polled);
        }
    }

    @Test
    default void next_interrupted_throwsAndLosesNothing() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all(), Start.now());
                var threads = new Threads()) {
            var thread = new CompletableFuture<Thread>();
            var waiting = threads.start(() -> {
                thread.complete(Thread.currentThread());
                assertThrows(InterruptedException.class, reader::next);
                return Thread.currentThread().isInterrupted();
            });
            awaitWaiting(broadcaster, 1);

            thread.get().interrupt();

            assertEquals(false, waiting.get());
            assertEquals(0, broadcaster.stats().waiting());
            var ids = published(broadcaster, 2);
            ids.add(broadcaster.publish(marker()));
            assertEquals(ids, idsUpToMarker(reader));
        }
    }

    @Test
    default void next_interruptedAgainAndAgain_losesNothing() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 4);
            var running = new ArrayList<Thread>();
            var seen = new ArrayList<Future<List<EventId>>>();
            for (var reader : readers) {
                var thread = new CompletableFuture<Thread>();
                seen.add(threads.start(() -> {
                    thread.complete(Thread.currentThread());
                    return idsUpToMarkerThroughInterrupts(reader);
                }));
                running.add(thread.get());
            }
            var publisher = threads.start(() -> published(broadcaster, 2000));
            while (!publisher.isDone()) {
                running.forEach(Thread::interrupt);
                Thread.yield();
            }

            var all = publisher.get();
            all.add(broadcaster.publish(marker()));
            for (var ids : seen) assertEquals(all, ids.get());
            closeAll(readers);
        }
    }

    private static List<EventId> idsUpToMarkerThroughInterrupts(Subscription reader) {
        var ids = new ArrayList<EventId>();
        while (true) {
            try {
                var next = event(reader);
                ids.add(next.id());
                if (isMarker(next)) return ids;
            } catch (InterruptedException _) {
                Thread.onSpinWait(); // only the wait was interrupted
            }
        }
    }
}
