package dev.mcpsession.benchmarks.fanout;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Who is told by each reader that it has got an event.
public sealed interface Arrivals {

    /// Says that a reader has got an event.
    void arrived();

    /// Counts, and does nothing else.
    final class Tally implements Arrivals {

        private final LongAdder count = new LongAdder();

        @Override
        public void arrived() {
            count.increment();
        }

        /// How many events have arrived.
        ///
        /// @return a counter
        public long count() {
            return count.sum();
        }
    }

    /// Lets one thread wait, parked, until the last of a known number has arrived, and knows when that was.
    final class Gate implements Arrivals {

        private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

        private final AtomicLong missing = new AtomicLong();
        private volatile Thread waiter;
        private volatile long lastNanos;

        /// Begins a round. To be called by the thread that will wait.
        ///
        /// @param count how many arrivals it has
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
        /// @return when the last one did, by [System#nanoTime()]
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
