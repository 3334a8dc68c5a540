package dev.mcpsession.benchmarks.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// A set of bounded queues guarded by one read-write lock; a full queue drops the event. The Go package from which this library originates
/// has this design, except that here the frame is encoded once and not by each stream.
final class SingleLockFeed implements Feed {

    private static final int BUFFER = 32;
    private static final byte[] END = new byte[0];

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<QueueTap> taps = new HashSet<>();
    private final LongAdder lost = new LongAdder();

    @Override
    public Tap open() {
        var tap = new QueueTap();
        lock.writeLock().lock();
        try {
            taps.add(tap);
        } finally {
            lock.writeLock().unlock();
        }
        return tap;
    }

    @Override
    public void publish(StreamEvent event) {
        var frame = event.frame();
        lock.readLock().lock();
        try {
            for (var tap : taps) {
                if (!tap.queue.offer(frame)) lost.increment();
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
        lock.readLock().lock();
        try {
            taps.forEach(QueueTap::end);
        } finally {
            lock.readLock().unlock();
        }
    }

    private final class QueueTap implements Tap {

        private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(BUFFER);

        @Override
        public void writeNext(OutputStream out) throws IOException, InterruptedException {
            var frame = queue.take();
            if (frame == END) throw new IOException("feed is closed");
            out.write(frame);
        }

        void end() {
            queue.clear();
            queue.add(END);
        }

        @Override
        public void close() {
            lock.writeLock().lock();
            taps.remove(this);
            lock.writeLock().unlock();
        }
    }
}
