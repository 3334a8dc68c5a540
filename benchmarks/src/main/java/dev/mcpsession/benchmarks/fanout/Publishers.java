package dev.mcpsession.benchmarks.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.HdrHistogram.Histogram;

/// Publishers that publish one event each at the same moment: the calling thread and helper threads.
public final class Publishers implements AutoCloseable {

    private final FanOut fanOut;
    private final Histogram mine = new Histogram(3);
    private final List<Helper> helpers = new ArrayList<>();

    /// Starts the helpers.
    ///
    /// @param fanOut receives the events
    /// @param count  the number of publishers, including the caller
    /// @param kind   builds the helpers' threads
    public Publishers(FanOut fanOut, int count, Thread.Builder kind) {
        this.fanOut = fanOut;
        for (var i = 1; i < count; i++) helpers.add(new Helper(fanOut, kind));
    }

    /// Publishes one event from each publisher.
    ///
    /// @return the time at which the first began, by [System#nanoTime()]
    public long publish() {
        helpers.forEach(helper -> helper.turn.release());
        var start = System.nanoTime();
        timed(fanOut, mine);
        helpers.forEach(helper -> helper.done.acquireUninterruptibly());
        return start;
    }

    private static void timed(FanOut fanOut, Histogram into) {
        var start = System.nanoTime();
        fanOut.publish();
        into.recordValue(System.nanoTime() - start);
    }

    /// Returns the times of all events published since the last call, and forgets them. Must not be called during a publish.
    ///
    /// @return nanoseconds
    public Histogram take() {
        var all = mine.copy();
        mine.reset();
        for (var helper : helpers) {
            all.add(helper.times);
            helper.times.reset();
        }
        return all;
    }

    @Override
    public void close() {
        helpers.forEach(helper -> helper.thread.interrupt());
    }

    private static final class Helper {

        private final FanOut fanOut;
        private final Semaphore turn = new Semaphore(0);
        private final Semaphore done = new Semaphore(0);
        private final Histogram times = new Histogram(3);
        private final Thread thread;

        Helper(FanOut fanOut, Thread.Builder kind) {
            this.fanOut = fanOut;
            thread = kind.unstarted(this::run);
            thread.start();
        }

        private void run() {
            try {
                while (true) {
                    turn.acquire();
                    timed(fanOut, times);
                    done.release();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed
            }
        }
    }
}
