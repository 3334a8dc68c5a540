package dev.mcpsession.benchmarks;

import dev.mcpsession.SessionId;
import dev.mcpsession.benchmarks.store.Store;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// A platform thread that gets random sessions without a pause, and records the time of the longest get.
final class Getter implements AutoCloseable {

    private final Store store;
    private final SessionId[] ids;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final Thread thread;

    Getter(Store store, SessionId[] ids) {
        this.store = store;
        this.ids = ids;
        thread = Thread.ofPlatform().daemon().unstarted(this::run);
        thread.start();
    }

    private void run() {
        while (!Thread.interrupted()) {
            var id = ids[ThreadLocalRandom.current().nextInt(ids.length)];
            var start = System.nanoTime();
            begun.setRelease(start);
            if (store.find(id) < 0) throw new IllegalStateException("live session not found: " + id);
            var took = System.nanoTime() - start;
            if (took > longest.getPlain()) longest.accumulateAndGet(took, Math::max);
        }
    }

    /// Returns the time of the longest get since the last call, including the one that is running, for which it waits.
    long takeLongest() {
        var underWay = begun.getAcquire();
        while (begun.getAcquire() == underWay && thread.isAlive()) Thread.onSpinWait();
        return longest.getAndSet(0);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
