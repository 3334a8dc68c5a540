package dev.mcpsession.benchmarks.fanout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Virtual threads, each in a blocking loop over its own reader.
public final class Readers implements AutoCloseable {

    private static final int GENERATION = 500;
    private static final int TAKES = 20;
    private static final int SAMPLED = 61;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final List<Thread> threads;

    /// Starts the threads.
    ///
    /// @param readers  one per thread
    /// @param takes    the number of events after which each thread ends
    /// @param arrivals notified of each event
    public Readers(List<? extends FanOut.Reader> readers, long takes, Arrivals arrivals) {
        threads = readers.stream().map(reader -> Thread.startVirtualThread(() -> loop(reader, takes, arrivals))).toList();
    }

    /// Starts threads that read until they are closed.
    ///
    /// @param fanOut   the fan-out to subscribe to
    /// @param count    the number of threads
    /// @param arrivals notified of each event
    /// @return the running threads
    public static Readers of(FanOut fanOut, int count, Arrivals arrivals) {
        return new Readers(Stream.generate(fanOut::subscribe).limit(count).toList(), Long.MAX_VALUE, arrivals);
    }

    /// The loop of all readers in all harnesses. A virtual thread keeps its frame, so one that entered this method before it was compiled
    /// interprets it until it ends, and waking that thread takes twice as long.
    private static void loop(FanOut.Reader reader, long takes, Arrivals arrivals) {
        try {
            for (var i = 0L; i < takes; i++) {
                reader.take();
                arrivals.arrived();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /// Warms up the loop, so that it is compiled, with generations of readers that live for a few events.
    ///
    /// @param design  the design for which the loop is compiled
    /// @param stripes the stripes of the design
    /// @param time    how long; at least one generation runs
    public static void warmUp(String design, int stripes, Duration time) {
        var end = System.nanoTime() + time.toNanos();
        do {
            try (var fanOut = FanOuts.open(design, stripes)) {
                generation(fanOut);
            }
        } while (System.nanoTime() - end < 0);
    }

    private static void generation(FanOut fanOut) {
        var gate = new Arrivals.Gate();
        var readers = new Readers(Stream.generate(fanOut::subscribe).limit(GENERATION).toList(), TAKES, gate);
        for (var i = 0; i < TAKES; i++) {
            gate.expect(GENERATION);
            fanOut.publish();
            gate.await();
        }
        readers.join();
    }

    /// Waits without spinning until the readers are parked again: first for a time that is usually enough, then until a sample of them is
    /// parked.
    ///
    /// The sample is small on purpose: inspecting every thread would load it into the cache of the next publisher.
    ///
    /// @throws IllegalStateException if they are still running after a minute
    public void awaitParked() {
        var start = System.nanoTime();
        do {
            LockSupport.parkNanos(200_000 + 20L * threads.size());
            if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                throw new IllegalStateException("readers still running after " + LONGEST_WAIT);
            }
        } while (!isSampleParked());
    }

    private boolean isSampleParked() {
        for (var i = threads.size() - 1; i >= 0; i -= SAMPLED) {
            if (threads.get(i).getState() != Thread.State.WAITING) return false;
        }
        return true;
    }

    private void join() {
        try {
            for (var thread : threads) thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the threads.
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        join();
    }
}
