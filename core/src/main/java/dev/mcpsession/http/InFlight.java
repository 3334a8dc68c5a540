package dev.mcpsession.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;

/// Counts the calls and streams in progress, and waits until there are none. Thread-safe.
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

    /// Waits until nothing is in progress.
    ///
    /// @return false if the time ran out first, or the thread was interrupted; its interrupt status is then set
    synchronized boolean awaitNone(Duration time) {
        var deadline = System.nanoTime() + NANOSECONDS.convert(time);
        try {
            while (count > 0) {
                var left = deadline - System.nanoTime();
                if (left <= 0) return false;
                wait(left / 1_000_000, (int) (left % 1_000_000));
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
