package dev.mcpsession.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;

/// Counts what is under way, and waits for the last of it, for a bounded time. Safe for use by many threads.
final class InFlight {

    private long count;

    synchronized void enter() {
        count++;
    }

    synchronized void leave() {
        if (--count == 0) notifyAll();
    }

    synchronized long count() {
        return count;
    }

    /// Waits until nothing is under way.
    ///
    /// @return false if the time ran out first
    synchronized boolean awaitNone(Duration time) throws InterruptedException {
        var deadline = System.nanoTime() + NANOSECONDS.convert(time);
        while (count > 0) {
            var left = deadline - System.nanoTime();
            if (left <= 0) return false;
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return true;
    }
}
