package dev.mcpsession.benchmarks.fanout;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Records that readers have received events.
public sealed interface Arrivals {

    /// Records that a reader has received an event.
    void arrived();

    /// Counts events.
    final class Tally implements Arrivals {

        private final LongAdder count = new LongAdder();

        @Override
        public void arrived() {
            count.increment();
        }

        /// {@return the number of events that have arrived}
        public long count() {
            return count.sum();
        }
    }

    /// Parks one thread until the last of a known number of events has arrived, and records the time of that.
    final class Gate implements Arrivals {

        private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

        private final AtomicLong missing = new AtomicLong();
        private volatile Thread waiter;
        private volatile long lastNanos;

        /// Begins a round. Called by the thread that will wait.
        ///
        /// @param count the number of arrivals to wait for
        public void expect(long count) {
            waiter = Thread.currentThread();
            missing.set(count);
        }

        @Override
        public void arrived() {
            if (missing.decrementAndGet() != 0) return;
            lastNanos = System.nanoTime();
            missing.set(-1);
            LockSupport.unpark(waiter);
        }

        /// Waits until all have arrived.
        ///
        /// @return the time of the last arrival, by [System#nanoTime()]
        /// @throws IllegalStateException if they do not all arrive within a minute
        public long await() {
            var start = System.nanoTime();
            while (missing.get() >= 0) {
                LockSupport.parkNanos(this, LONGEST_WAIT.toNanos());
                if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                    throw new IllegalStateException("readers still waiting after " + LONGEST_WAIT + ": " + missing.get());
                }
            }
            return lastNanos;
        }
    }
}
