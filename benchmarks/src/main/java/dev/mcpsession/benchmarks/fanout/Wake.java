package dev.mcpsession.benchmarks.fanout;

import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// One parked virtual thread, and how long it takes to wake it.
///
/// @param thread the thread
/// @param times  the times of the calls of `unpark`, in nanoseconds
public record Wake(Thread thread, Histogram times) implements AutoCloseable {

    /// Starts the thread.
    ///
    /// @return a thread that parks
    public static Wake open() {
        return new Wake(Thread.startVirtualThread(Wake::loop), new Histogram(3));
    }

    private static void loop() {
        while (!Thread.currentThread().isInterrupted()) LockSupport.park();
    }

    /// Wakes the thread once, if it is parked.
    public void once() {
        if (thread.getState() != Thread.State.WAITING) return;
        var start = System.nanoTime();
        LockSupport.unpark(thread);
        times.recordValue(System.nanoTime() - start);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
