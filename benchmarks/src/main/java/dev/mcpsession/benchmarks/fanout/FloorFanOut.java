package dev.mcpsession.benchmarks.fanout;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// The floor under every design in which the publisher wakes its readers itself: an array of threads, one volatile write and one unpark for
/// each. It carries no event, bounds nothing, and has no way to unsubscribe.
final class FloorFanOut implements FanOut {

    private FloorReader[] readers = new FloorReader[16];
    private int count;

    @Override
    public synchronized Reader subscribe() {
        if (count == readers.length) readers = Arrays.copyOf(readers, 2 * count);
        return readers[count++] = new FloorReader();
    }

    @Override
    public synchronized void publish() {
        for (var i = 0; i < count; i++) readers[i].wake();
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public void close() {}

    private static final class FloorReader implements Reader {

        private volatile int published;
        private volatile Thread thread;
        private int seen;

        void wake() {
            published = published + 1; // one publisher at a time
            LockSupport.unpark(thread);
        }

        @Override
        public void take() throws InterruptedException {
            if (thread == null) thread = Thread.currentThread();
            while (!poll()) {
                if (Thread.interrupted()) throw new InterruptedException();
                LockSupport.park(this);
            }
        }

        @Override
        public boolean poll() {
            if (seen == published) return false;
            seen++;
            return true;
        }
    }
}
