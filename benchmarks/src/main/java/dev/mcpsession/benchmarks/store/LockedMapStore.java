package dev.mcpsession.benchmarks.store;

import dev.mcpsession.SessionId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/// The textbook design: a map guarded by one read-write lock, and a sweep that inspects every entry under the write lock. The Go package
/// from which this library originates has this design.
final class LockedMapStore implements Store {

    private static final class Entry {
        private long lastActiveAt;
        private long expiresAt;

        Entry(long now) {
            slide(now, UNUSED);
        }

        void slide(long now, Duration by) {
            lastActiveAt = now;
            expiresAt = now + by.toMillis();
        }

        boolean isExpiredAt(long now) {
            return now >= expiresAt;
        }
    }

    private final Map<SessionId, Entry> entries = new HashMap<>();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final InstantSource clock;

    LockedMapStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void create(SessionId id) {
        writing(() -> entries.put(id, new Entry(clock.millis())));
    }

    @Override
    public long find(SessionId id) {
        lock.readLock().lock();
        try {
            var entry = alive(id);
            return entry == null ? -1 : entry.expiresAt;
        } finally {
            lock.readLock().unlock();
        }
    }

    private Entry alive(SessionId id) {
        var entry = entries.get(id);
        return entry == null || entry.isExpiredAt(clock.millis()) ? null : entry;
    }

    @Override
    public boolean touch(SessionId id) {
        return writing(() -> {
            var entry = alive(id);
            if (entry != null) entry.slide(clock.millis(), TTL);
            return entry != null;
        });
    }

    @Override
    public boolean delete(SessionId id) {
        return writing(() -> entries.remove(id) != null);
    }

    @Override
    public void sweep() {
        var now = clock.millis();
        writing(() -> entries.values().removeIf(entry -> entry.isExpiredAt(now)));
    }

    @Override
    public long size() {
        return entries.size();
    }

    private <T> T writing(Supplier<T> step) {
        lock.writeLock().lock();
        try {
            return step.get();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
