package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for conditions that no latch or future reports.
public final class Await {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long GLANCE_NANOS = 1_000_000;

    private Await() {}

    /// Waits until the condition holds, and fails after 30 s.
    public static void await(String what, BooleanSupplier condition) {
        await(() -> what, PATIENCE, condition);
    }

    public static void await(Supplier<String> what, Duration patience, BooleanSupplier condition) {
        for (var start = System.nanoTime(); !condition.getAsBoolean(); LockSupport.parkNanos(GLANCE_NANOS)) {
            if (System.nanoTime() - start > patience.toNanos()) fail("waited in vain: " + what.get());
            if (Thread.currentThread().isInterrupted()) fail("interrupted while waiting: " + what.get());
        }
    }
}
