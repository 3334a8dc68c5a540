package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.isMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Heartbeats: when a quiet subscription returns `Idle`.
public interface BroadcasterHeartbeatContract extends BroadcasterFixture {

    @Test
    default void next_silent_isIdleAgainAndAgain() throws Exception {
        try (var broadcaster = open(ROOMY.toBuilder().heartbeat(HEARTBEAT).build());
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            for (var n = 0; n < 3; n++) assertInstanceOf(Delivery.Idle.class, reader.next());

            var id = broadcaster.publish(message(1));
            assertEquals(id, event(reader).id());

            assertInstanceOf(Delivery.Idle.class, reader.next());
        }
    }

    @Test
    default void next_unwantedEventsOnly_isIdle() throws Exception {
        try (var broadcaster = open(ROOMY.toBuilder().heartbeat(HEARTBEAT).build()); var threads = new Threads();
                var reader = broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of(TOOLS), Set.of()), Start.now())) {
            var idle = threads.start(reader::next);

            while (!idle.isDone()) {
                broadcaster.publish(message(1));
                LockSupport.parkNanos(1_000_000);
            }

            assertInstanceOf(Delivery.Idle.class, idle.get());
        }
    }

    @Test
    default void next_eventsFlow_isIdleOnlyAfterSilence() throws Exception {
        try (var broadcaster = open(ROOMY.toBuilder().heartbeat(HEARTBEAT).build()); var threads = new Threads();
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var silences = threads.start(() -> {
                var found = new ArrayList<Duration>();
                for (var heard = System.nanoTime(); ; ) {
                    var asked = System.nanoTime();
                    var delivery = reader.next();
                    if (delivery instanceof Delivery.Idle) found.add(Duration.ofNanos(System.nanoTime() - heard));
                    else if (delivery instanceof Delivery.Next next && isMarker(next)) return found;
                    heard = asked; // before the delivery, so that the measured silence is not shorter than the actual one
                }
            });
            for (var n = 0; n < 200; n++) {
                broadcaster.publish(message(n));
                LockSupport.parkNanos(1_000_000);
            }
            broadcaster.publish(marker());

            silences.get().forEach(silence -> assertTrue(silence.compareTo(HEARTBEAT.dividedBy(2)) > 0, silence::toString));
        }
    }
}
