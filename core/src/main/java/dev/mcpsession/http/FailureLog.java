package dev.mcpsession.http;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;

/// Counts failures of one kind and logs at most one of them per minute, because clients, or a store that is down, may cause thousands
/// per second. Thread-safe.
final class FailureLog {

    private static final long MINUTE = 60_000_000_000L;

    private final System.Logger log;
    private final System.Logger.Level level;
    private final LongAdder total = new LongAdder();
    private final AtomicLong due = new AtomicLong(System.nanoTime());

    FailureLog(System.Logger log, System.Logger.Level level) {
        this.log = log;
        this.level = level;
    }

    /// Counts one failure.
    ///
    /// @param line the log line, given the total so far
    void add(LongFunction<String> line) {
        add(1, line, null);
    }

    /// Counts failures that have one cause.
    ///
    /// @param line  the log line, given the total so far
    /// @param cause may be null
    void add(long failures, LongFunction<String> line, Throwable cause) {
        total.add(failures);
        if (isDue()) log.log(level, () -> line.apply(total.sum()), cause);
    }

    /// Counts one failure, even if the logger fails.
    void addQuietly(LongFunction<String> line, Throwable cause) {
        try {
            add(1, line, cause);
        } catch (RuntimeException | Error _) {
            // it is counted
        }
    }

    private boolean isDue() {
        var at = due.get();
        var now = System.nanoTime();
        return now - at >= 0 && due.compareAndSet(at, now + MINUTE);
    }

    long total() {
        return total.sum();
    }
}
