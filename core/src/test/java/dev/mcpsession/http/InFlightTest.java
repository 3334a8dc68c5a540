package dev.mcpsession.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.Race;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InFlightTest {

    private final InFlight calls = new InFlight();

    @Test
    void awaitNone_none_isTrueAtOnce() {
        assertTrue(calls.awaitNone(Duration.ZERO));
        assertTrue(calls.awaitNone(Duration.ofSeconds(-1)));
        assertTrue(calls.awaitNone(ChronoUnit.FOREVER.getDuration()));
    }

    @Test
    void awaitNone_some_isFalseWhenTheTimeIsOver() {
        calls.enter();

        assertFalse(calls.awaitNone(Duration.ZERO));
        assertFalse(calls.awaitNone(Duration.ofSeconds(-1)));
        assertFalse(calls.awaitNone(Duration.ofNanos(1)));
        assertEquals(1, calls.count());
    }

    @Test
    void awaitNone_lastLeaves_isTrueForAllWhoWait() throws Exception {
        calls.enter();
        calls.enter();
        var one = waiting(ChronoUnit.FOREVER.getDuration());
        var other = waiting(Duration.ofMinutes(1));

        calls.leave();
        assertFalse(one.isDone() || other.isDone());
        calls.leave();

        assertTrue(one.get(10, SECONDS) && other.get(10, SECONDS));
    }

    private CompletableFuture<Boolean> waiting(Duration time) {
        var none = new CompletableFuture<Boolean>();
        var thread = Thread.ofPlatform().daemon().start(() -> none.complete(calls.awaitNone(time)));
        Endpoint.await(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return none;
    }

    @Test
    void awaitNone_interrupted_isFalseAndStaysInterrupted() {
        calls.enter();
        Thread.currentThread().interrupt();

        assertFalse(calls.awaitNone(Duration.ofMinutes(1)));
        assertTrue(Thread.interrupted());
    }

    @Test
    void count_manyThreads_isExact() {
        Race.by(4, () -> {
            for (var i = 0; i < 10_000; i++) {
                calls.enter();
                assertTrue(calls.count() >= 1);
                calls.leave();
            }
            return null;
        });

        assertEquals(0, calls.count());
    }
}
