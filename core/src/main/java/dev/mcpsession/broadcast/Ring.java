package dev.mcpsession.broadcast;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// A ring of the last entries, densely numbered from 1, bounded in entries and bytes.
///
/// One thread at a time appends, under the broadcaster's lock; any number of threads read without a lock. A reader gets the entry with
/// exactly the ordinal that it requests, or null, so it cannot mistake a newer entry in the same slot for it.
final class Ring {

    private final AtomicReferenceArray<LogEntry> slots;
    private final int mask;
    private final long maxBytes;
    private long bytes;
    private long evictedPosition;
    private volatile long last;
    private volatile long evicted;

    Ring(int entries, long maxBytes) {
        slots = new AtomicReferenceArray<>(entries);
        mask = entries - 1;
        this.maxBytes = maxBytes;
    }

    /// The ordinal of the newest entry.
    long last() {
        return last;
    }

    /// The ordinal of the newest entry that is gone.
    long evicted() {
        return evicted;
    }

    /// The position of the newest entry that is gone.
    long evictedPosition() {
        return evictedPosition;
    }

    /// The position of the newest entry of the older half, which is evicted first. Before the ring is half full, that of the newest
    /// entry that is gone.
    long fadingPosition() {
        var isHalfFull = last - evicted > slots.length() / 2 || bytes > maxBytes / 2;
        return isHalfFull ? at(evicted + (last - evicted + 1) / 2).position() : evictedPosition;
    }

    long bytes() {
        return bytes;
    }

    /// The entry with this ordinal; null if it is gone or not there yet.
    LogEntry at(long ordinal) {
        var entry = slots.getAcquire((int) ordinal & mask);
        return entry != null && entry.ordinal() == ordinal ? entry : null;
    }

    boolean mustEvictFor(int moreBytes) {
        return last - evicted == slots.length() || (bytes + moreBytes > maxBytes && last > evicted);
    }

    /// The oldest entry; null if there is none.
    LogEntry oldest() {
        return slots.getPlain((int) (evicted + 1) & mask);
    }

    void evictOldest() {
        var entry = oldest();
        bytes -= entry.bytes();
        slots.setRelease((int) entry.ordinal() & mask, null);
        evictedPosition = entry.position();
        evicted = entry.ordinal();
    }

    void append(LogEntry entry) {
        bytes += entry.bytes();
        slots.setRelease((int) entry.ordinal() & mask, entry);
        last = entry.ordinal();
    }

    /// The largest ordinal whose entry is at or before a position; entries that are gone count as before it.
    long ordinalAt(long position) {
        var low = evicted;
        var high = last;
        while (low < high) {
            var middle = (low + high + 1) >>> 1;
            if (at(middle).position() <= position) low = middle;
            else high = middle - 1;
        }
        return low;
    }
}
