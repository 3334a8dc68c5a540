package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PendingSubscriptionTest {

    private final PendingSubscription pending = new PendingSubscription(UUID.randomUUID(), EventFilter.all(), Start.now(), null);
    private final AtomicInteger closed = new AtomicInteger();

    private final Subscription reader = new Subscription() {
        @Override
        public EventId start() {
            return new EventId("epoch", 1);
        }

        @Override
        public Delivery next() {
            return new Delivery.Idle();
        }

        @Override
        public Optional<Delivery> poll() {
            return Optional.of(new Delivery.Idle());
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    };

    @Test
    void place_givenUp_isNotPlaced() {
        assertTrue(pending.giveUp(new BroadcasterException("simulated")));

        assertFalse(pending.place(() -> {
            throw new AssertionError("an older reader must not end");
        }));
        assertTrue(pending.placed().isCompletedExceptionally());
    }

    @Test
    void giveUp_placed_isNotGivenUp() {
        assertTrue(pending.place(() -> reader));

        assertFalse(pending.giveUp(new BroadcasterException("simulated")));
        assertFalse(pending.place(() -> null));
        assertSame(reader, pending.placed().join());
    }

    @Test
    void awaited_closedBeforeItIsPlaced_endsAndClosesTheReaderWhenThatIsPlaced() throws InterruptedException {
        var silent = pending.awaited(Duration.ofMillis(1));
        assertInstanceOf(Delivery.Idle.class, silent.next());
        assertEquals(Optional.empty(), silent.poll());

        silent.close();

        assertInstanceOf(Delivery.Closed.class, silent.next());
        assertInstanceOf(Delivery.Closed.class, silent.poll().orElseThrow());
        assertTrue(pending.place(() -> reader));
        assertEquals(1, closed.get());
    }
}
