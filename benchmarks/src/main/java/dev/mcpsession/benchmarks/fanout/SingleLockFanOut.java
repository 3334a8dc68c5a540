package dev.mcpsession.benchmarks.fanout;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The textbook design: a set of bounded queues guarded by one read-write lock. Publishing holds the read lock and offers the event to each
/// queue; a full queue drops it. The Go package from which this library originates has this design.
final class SingleLockFanOut implements FanOut {

    /// The number of events that a reader may lag in the designs with buffers.
    static final int BUFFER = 32;

    private static final Object EVENT = new Object();

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<QueueReader> readers = new HashSet<>();
    private final LongAdder lost = new LongAdder();

    @Override
    public Reader subscribe() {
        var reader = new QueueReader();
        lock.writeLock().lock();
        try {
            readers.add(reader);
        } finally {
            lock.writeLock().unlock();
        }
        return reader;
    }

    @Override
    public void publish() {
        lock.readLock().lock();
        try {
            for (var reader : readers) {
                if (!reader.queue.offer(EVENT)) lost.increment();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        readers.clear();
        lock.writeLock().unlock();
    }

    private static final class QueueReader implements Reader {

        private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(BUFFER);

        @Override
        public void take() throws InterruptedException {
            queue.take();
        }

        @Override
        public boolean poll() {
            return queue.poll() != null;
        }
    }
}
