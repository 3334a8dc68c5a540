package dev.mcpsession.event;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;

/// What one subscription has beside its cursor: the ordinals of the addressed events that wait for it, the healing that it
/// still has to deliver, and where it ends.
///
/// Publishers add under the log's lock; one reader takes. The events themselves stay in the log's ring, so an inbox is at the
/// most as long as that ring, and an ordinal that the ring no longer has is a loss.
final class Inbox {

    private static final long NEVER = Long.MAX_VALUE;

    private final int capacity;
    private final Queue<LogEntry.Notification> healing = new ArrayDeque<>(0); // the reader's own
    private long[] ordinals = new long[2];
    private int head;
    private int size;
    private long lost;
    private Delivery.Cause cause;
    private volatile long mailAt = NEVER; // where the newest mail stands, if any waits
    private volatile long endOrdinal = NEVER;
    private volatile long end = NEVER;

    Inbox(int capacity) {
        this.capacity = capacity;
    }

    synchronized void add(long ordinal, long position) {
        if (size == capacity) loseFirst(); // the ring, as long as this, has it no more
        if (size == ordinals.length) grow();
        ordinals[(head + size++) % ordinals.length] = ordinal;
        mailAt = position;
    }

    synchronized void lose(long events) {
        lost += events;
        mailAt = 0;
    }

    /// The oldest addressed event that waits, or null. Those that the ring has lost are counted and dropped.
    LogEntry.Notification first(Ring ring) {
        return hasMail() ? firstKept(ring) : null;
    }

    private synchronized LogEntry.Notification firstKept(Ring ring) {
        while (size > 0) {
            var entry = ring.at(ordinals[head]);
            if (entry != null) return (LogEntry.Notification) entry;
            loseFirst();
        }
        settle();
        return null;
    }

    /// Removes what [#first] gave. If it was pushed out meanwhile and counted as lost, it was not lost after all.
    synchronized void remove(LogEntry.Notification entry) {
        if (size > 0 && ordinals[head] == entry.ordinal()) dropFirst();
        else lost--;
        settle();
    }

    private void loseFirst() {
        dropFirst();
        lost++;
    }

    private void dropFirst() {
        head = (head + 1) % ordinals.length;
        size--;
    }

    /// How many events were lost since the last call.
    long takeLost() {
        return hasMail() ? takeLostNow() : 0;
    }

    private synchronized long takeLostNow() {
        var taken = lost;
        lost = 0;
        settle();
        return taken;
    }

    private boolean hasMail() {
        return mailAt != NEVER;
    }

    private void settle() {
        if (size == 0 && lost == 0) mailAt = NEVER;
    }

    /// Whether there is a loss that was not taken.
    boolean isLost() {
        return hasMail() && isLostNow();
    }

    private synchronized boolean isLostNow() {
        return lost > 0;
    }

    private void grow() {
        var larger = new long[Math.min(capacity, 2 * ordinals.length)];
        for (var i = 0; i < size; i++) larger[i] = ordinals[(head + i) % ordinals.length];
        ordinals = larger;
        head = 0;
    }

    void heal(Collection<LogEntry.Notification> entries) {
        healing.addAll(entries);
    }

    LogEntry.Notification nextHealing() {
        return healing.peek();
    }

    void removeHealing() {
        healing.remove();
    }

    boolean isHealing() {
        return !healing.isEmpty();
    }

    /// Lets the reader go on up to a position and not beyond; the ordinal is that of the last entry for everyone up to there.
    /// The earliest end stands.
    synchronized void endAfter(long position, long ordinal, Delivery.Cause why) {
        if (end <= position) return;
        cause = why;
        endOrdinal = ordinal;
        end = position;
    }

    long endOrdinal() {
        return endOrdinal;
    }

    long end() {
        return end;
    }

    synchronized Delivery.Cause cause() {
        return cause;
    }

    /// Whether the reader has something to do: mail, a loss, or an end. Mail that is told but not published yet does not count:
    /// its publisher may have to wait, and readers that cannot take it would spin and keep it from running. It wakes them later.
    boolean isReady(long published) {
        return mailAt <= published || end != NEVER;
    }
}
