package dev.mcpsession.broadcast;

import dev.mcpsession.event.Delivery;
import java.util.List;
import java.util.function.Function;

/// What one subscription has besides its cursor: the ordinals of the addressed events that wait for it, the signals that will heal it,
/// its losses, and its end.
///
/// Publishers add under the broadcaster's lock; one reader takes. The events themselves stay in the log's ring, so an inbox is about
/// as long as that ring at most, and an ordinal that the ring no longer has is a loss.
final class Inbox {

    private static final long NEVER = Long.MAX_VALUE;
    private static final int SMALL = 2;
    private static final int LARGE = 64;

    private final int capacity;
    private Healing healing; // used by the reader only; null if there is none
    private long[] ordinals = new long[SMALL];
    private int head;
    private int size;
    private long lost;
    private long lostMessages;
    private boolean unknown; // what was lost may be anything
    private boolean lagged; // something was lost, though perhaps all of it is healed
    private long forgotten; // guarded by the broadcaster's lock
    private Delivery.Cause cause;
    private volatile long mailAt = NEVER; // the position of the newest mail, if any waits
    private volatile long endOrdinal = NEVER;
    private volatile long end = NEVER;

    Inbox(int capacity) {
        this.capacity = capacity;
    }

    /// What the reader lost.
    ///
    /// @param messages  how many of the events may have been messages
    /// @param isUnknown whether any signal may be among them
    record Lost(long events, long messages, boolean isUnknown) {}

    /// Reserves room, so that the next [#add] needs no memory.
    synchronized void makeRoom() {
        if (size == ordinals.length && size < capacity) resize(Math.min(capacity, 2 * ordinals.length));
    }

    /// Adds an event that is about to be published; there must be room.
    synchronized void add(long ordinal, long position) {
        if (size >= capacity) loseFirst(); // the ring, as long as this, no longer has it
        ordinals[(head + size++) % ordinals.length] = ordinal;
        mailAt = position;
    }

    /// Adds events that were published before those in this inbox, at the given position or earlier.
    synchronized void prepend(long[] earlier, int count, long position) {
        if (count == 0) return;
        var all = new long[count + size + 1]; // one more: a publisher may already have reserved room for its next event
        System.arraycopy(earlier, 0, all, 0, count);
        for (var i = 0; i < size; i++) all[count + i] = ordinals[(head + i) % ordinals.length];
        ordinals = all;
        head = 0;
        size += count;
        if (mailAt == NEVER) mailAt = position;
    }

    /// Counts events as lost. The reader gets a report even of zero events: then everything that it lost is healed.
    ///
    /// @param messages  upper bound on the messages among them
    /// @param isUnknown whether any signal may be among them
    synchronized void lose(long events, long messages, boolean isUnknown) {
        unknown |= isUnknown;
        lost += events;
        lostMessages += Math.min(events, messages);
        lagged = true;
        mailAt = 0;
    }

    /// Records that a signal is forgotten that the reader named.
    void forgot(long ordinal) {
        forgotten = Math.max(forgotten, ordinal);
    }

    /// The newest of the forgotten signals, by its ordinal.
    long forgotten() {
        return forgotten;
    }

    /// The oldest addressed event that waits, or null. Those that the ring no longer has are counted as lost and dropped.
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

    /// Removes the event that [#first] returned. If it was evicted meanwhile and counted as lost, the count is corrected.
    synchronized void remove(LogEntry.Notification entry) {
        if (size > 0 && ordinals[head] == entry.ordinal()) {
            dropFirst();
        } else {
            lost--;
            lostMessages--;
        }
        settle();
    }

    private void loseFirst() {
        dropFirst();
        lost++;
        lostMessages++;
    }

    private void dropFirst() {
        head = (head + 1) % ordinals.length;
        size--;
    }

    /// The losses since the last call; null if there are none.
    Lost takeLost() {
        return hasMail() ? takeLostNow() : null;
    }

    private synchronized Lost takeLostNow() {
        if (!isLostNow()) return null;
        var taken = new Lost(lost, lostMessages, unknown);
        lost = lostMessages = 0;
        lagged = unknown = false;
        settle();
        return taken;
    }

    private boolean hasMail() {
        return mailAt != NEVER;
    }

    private void settle() {
        if (size > 0 || isLostNow()) return;
        mailAt = NEVER;
        if (ordinals.length > LARGE) shrink();
    }

    /// One flood must not cost memory for as long as the stream is open.
    private void shrink() {
        try {
            resize(SMALL);
        } catch (OutOfMemoryError _) { // the event that was just removed must still be delivered
            head = 0;
        }
    }

    /// Whether there is a loss that has not been taken yet.
    boolean isLost() {
        return hasMail() && isLostNow();
    }

    private synchronized boolean isLostNow() {
        return lagged || lost > 0;
    }

    private void resize(int length) {
        var other = new long[length];
        for (var i = 0; i < size; i++) other[i] = ordinals[(head + i) % ordinals.length];
        ordinals = other;
        head = 0;
    }

    void heal(List<LogEntry.Notification> entries) {
        if (!entries.isEmpty()) healing = new Healing(entries);
    }

    LogEntry.Notification nextHealing() {
        return healing.peek();
    }

    void removeHealing() {
        healing.remove();
    }

    /// Looks up the next signals that heal, if none is held. Those that cannot be found count as lost.
    void refillHealing(Function<Healing.Signal, Healing.Found> lookUp) {
        if (healing == null || healing.peek() != null) return;
        var gone = healing.refill(lookUp);
        if (gone > 0) lose(gone, gone, false);
        if (healing.isOver()) healing = null;
    }

    boolean isHealing() {
        return healing != null && !healing.isOver();
    }

    /// Sets the position up to which the reader delivers; the ordinal is that of the last broadcast event up to there. Of several ends,
    /// the earliest applies.
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

    /// Whether the reader has something to do: mail, a loss, or an end. Mail that is here but not published yet does not count: its
    /// publisher may have to wait, and readers that cannot take the mail would spin and keep the publisher from running. It wakes them
    /// later.
    boolean isReady(long published) {
        return mailAt <= published || end != NEVER;
    }
}
