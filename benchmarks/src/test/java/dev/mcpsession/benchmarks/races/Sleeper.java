package dev.mcpsession.benchmarks.races;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Subscription;
import java.util.concurrent.TimeUnit;

/// A waiting reader and a thread that observes it, so that a reader which is never woken shows as an outcome. One that cannot
/// be interrupted either, since it is in a list that was taken and not walked, makes jcstress give the run up, which fails too.
final class Sleeper {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5); // far more than anybody who is awake can need
    private static final long IMPATIENCE = TimeUnit.MILLISECONDS.toNanos(20); // once one is known to have slept on
    private static final long LONGEST_STEP = TimeUnit.MILLISECONDS.toNanos(1); // while a machine stands still, nobody waits

    private static volatile long patience = PATIENCE;

    private volatile boolean isAwake;
    private Thread thread;
    private boolean isLost;

    /// Waits for the next delivery that is not a heartbeat, and spells it.
    String next(Subscription reader) {
        begin();
        try {
            var next = reader.next();
            while (next instanceof Delivery.Idle) next = reader.next();
            return Traffic.spelt(next);
        } catch (InterruptedException _) {
            return isLost() ? "LOST" : "interrupted";
        } finally {
            end();
        }
    }

    /// Waits until the reader is awake, and wakes it if no other thread does.
    void watch() {
        var waited = 0L;
        for (var last = System.nanoTime(); !isAwake; ) {
            Thread.yield();
            var now = System.nanoTime();
            waited += Math.min(now - last, LONGEST_STEP);
            last = now;
            if (waited > patience) rescue();
        }
    }

    private synchronized void begin() {
        thread = Thread.currentThread();
    }

    private synchronized void end() {
        isAwake = true;
        var _ = Thread.interrupted(); // the next reader in this thread is another one
    }

    private synchronized boolean isLost() {
        return isLost;
    }

    synchronized void interrupt() {
        if (thread != null && !isAwake) thread.interrupt();
    }

    private synchronized void rescue() {
        patience = IMPATIENCE;
        isLost = true;
        interrupt();
    }
}
