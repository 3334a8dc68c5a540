package dev.mcpsession.benchmarks.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.HdrHistogram.Histogram;

/// Publishers that start at the same moment, one event each: the calling thread, and others beside it.
public final class Publishers implements AutoCloseable {

    private final FanOut fanOut;
    private final Histogram mine = new Histogram(3);
    private final List<Helper> helpers = new ArrayList<>();

    /// Starts the helpers.
    ///
    /// @param fanOut where to publish
    /// @param count  how many publish, the caller included
    /// @param kind   of the helpers' threads
    public Publishers(FanOut fanOut, int count, Thread.Builder kind) {
        this.fanOut = fanOut;
        for (var i = 1; i < count; i++) helpers.add(new Helper(fanOut, kind));
    }

    /// Has each publish one event.
    ///
    /// @return when the first began, by [System#nanoTime()]
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

    /// The times of all that was published since this was asked the last time. Not to be called while somebody publishes.
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
