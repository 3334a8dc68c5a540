package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
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

    /// Writes what every thread does, virtual ones included, into a file of the module that is tested.
    private static String threads() {
        var file = Path.of("target", "threads-" + System.nanoTime() + ".txt").toAbsolutePath();
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var pid = Long.toString(ProcessHandle.current().pid());
        try {
            var dump = new ProcessBuilder(jcmd, pid, "Thread.dump_to_file", file.toString()).redirectErrorStream(true).start();
            dump.getInputStream().readAllBytes();
            return file.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    public static void await(Supplier<String> what, Duration patience, BooleanSupplier condition) {
        for (var start = System.nanoTime(); !condition.getAsBoolean(); LockSupport.parkNanos(GLANCE_NANOS)) {
            if (System.nanoTime() - start > patience.toNanos()) fail("waited in vain: " + what.get() + "; all threads: " + threads());
            if (Thread.currentThread().isInterrupted()) fail("interrupted while waiting: " + what.get());
        }
    }
}
