package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopTest {

    private final AtomicInteger steps = new AtomicInteger();

    @Test
    void run_stepsFail_goesOnUntilTheLast() {
        var loop = new Loop("test", () -> switch (steps.incrementAndGet()) {
            case 1 -> throw new OutOfMemoryError("simulated");
            case 2 -> throw new IllegalStateException("simulated");
            case 3 -> throw new InterruptedException("nobody had a reason");
            default -> steps.get() < 5;
        });
        loop.start();

        while (!loop.ends()) Thread.onSpinWait();
        assertEquals(5, steps.get());
    }

    @Test
    void close_whileAStepWaits_interruptsIt() throws Exception {
        var waits = new CountDownLatch(1);
        var loop = new Loop("test", () -> {
            waits.countDown();
            Thread.sleep(Long.MAX_VALUE);
            return true;
        });
        loop.start();
        waits.await();

        loop.close();

        assertTrue(loop.ends());
    }

    @Test
    void close_neverStarted_returns() {
        new Loop("test", () -> true).close();
    }
}
