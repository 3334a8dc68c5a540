package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Errors in the middle of an append: it is all or nothing, and nobody goes in circles.
@Timeout(30)
class FailingAppendTest {

    private static final BroadcasterOptions OPTIONS =
            BroadcasterOptions.builder().ringEntries(16).ringBytes(16 << 20).heartbeat(Duration.ofHours(1)).build();
    private static final Event TOOLS = Event.of("notifications/tools/list_changed");

    private boolean isExhausted;

    private long now() {
        if (isExhausted) throw new OutOfMemoryError("simulated");
        return 0;
    }

    private StripedBroadcaster open() {
        return new StripedBroadcaster(OPTIONS, new EventId("e", 0), this::now);
    }

    private void exhaust(Runnable step) {
        isExhausted = true;
        assertThrows(OutOfMemoryError.class, step::run);
        isExhausted = false;
    }

    private static List<Object> polled(Subscription reader) {
        var all = new ArrayList<Object>();
        for (var next = reader.poll(); next.isPresent(); next = reader.poll()) {
            all.add(next.get() instanceof Delivery.Next(var id, _) ? id : next.get());
        }
        return all;
    }

    @Test
    void publish_errorInTheMiddle_publishesNothingAndGivesNoNumber() {
        try (var broadcaster = open()) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());
            for (var event : List.of(TOOLS, Event.of("m"), Event.of("m").to(session), TOOLS.to(session))) {
                exhaust(() -> broadcaster.publish(event));
                assertEquals(List.of(), polled(reader));

                var id = broadcaster.publish(event);
                assertEquals(List.of(id), polled(reader));
            }
            assertEquals(4, broadcaster.stats().retained());
        }
    }

    @Test
    void publish_errorWithAKey_canBeRepeated() {
        try (var broadcaster = open(); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            exhaust(() -> broadcaster.publish("key", TOOLS));

            var id = broadcaster.publish("key", TOOLS);

            assertEquals(id, broadcaster.publish("key", TOOLS));
            assertEquals(List.of(id), polled(reader));
        }
    }

    @Test
    void publish_errorWhileAReaderWaits_leavesItWaiting() throws Exception {
        try (var broadcaster = open(); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var delivery = new CompletableFuture<Delivery>();
            Thread.startVirtualThread(() -> {
                try {
                    delivery.complete(reader.next());
                } catch (InterruptedException e) {
                    delivery.completeExceptionally(e);
                }
            });
            while (broadcaster.stats().waiting() < 1) Thread.onSpinWait();

            exhaust(() -> broadcaster.publish(TOOLS));
            assertEquals(1, broadcaster.stats().waiting());

            var id = broadcaster.publish(TOOLS);
            assertEquals(id, ((Delivery.Next) delivery.get()).id());
        }
    }

    @Test
    void feed_errorInTheMiddle_goesOnWhereItStopped() {
        try (var broadcaster = open()) {
            var feed = new LogFeed(broadcaster);
            var session = SessionId.random();
            var reader = feed.takeOver(new EventId("e", 1), EventFilter.of(session, Owner.anonymous()), Start.now(), null);
            feed.append(new EventId("e", 2), new LogRecord.Published(Event.of("m")));
            exhaust(() -> feed.append(new EventId("e", 3), new LogRecord.Published(TOOLS)));
            exhaust(() -> feed.reset(new EventId("f", 3)));
            assertEquals(new EventId("e", 2), feed.last());

            feed.append(new EventId("e", 3), new LogRecord.Published(TOOLS));
            feed.append(new EventId("e", 4), new LogRecord.SessionsEnded(List.of(session)));
            assertEquals(new EventId("e", 4), feed.last());

            assertEquals(new EventId("e", 2), ((Delivery.Next) reader.poll().orElseThrow()).id());
            assertEquals(new EventId("e", 3), ((Delivery.Next) reader.poll().orElseThrow()).id());
            assertEquals(new Delivery.Closed(Delivery.Cause.SESSION_ENDED), reader.poll().orElseThrow());
            reader.close();
        }
    }

    /// The one listen that cannot be answered fails; later ones are not affected, and nothing stays behind.
    @Test
    void subscribeAfterRecent_error_leavesNothingBehind() {
        try (var broadcaster = open()) {
            var filter = EventFilter.selecting(Owner.principal("ann"), Set.of(TOOLS.method()), Set.of("u"));
            exhaust(() -> broadcaster.subscribe(filter, Start.recent()));

            assertEquals(0, broadcaster.subscriberCount());
            assertTrue(broadcaster.log().hasNoReaders());
        }
    }
}
