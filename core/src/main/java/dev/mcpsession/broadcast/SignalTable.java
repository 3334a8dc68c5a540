package dev.mcpsession.broadcast;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The newest of each signal, bounded in number and in bytes: beyond either bound the oldest is forgotten.
///
/// Changed by one thread at a time, under the broadcaster's lock; [#select] takes no lock.
final class SignalTable {

    // The entries form a list in the order of their positions. Its links can be followed without the lock: a node that is removed
    // keeps its own link, which leads back into the list, and no node ever returns. So a walk meets every entry that is in the table
    // from its first step to its last. It may miss an entry that is replaced meanwhile, whose successor is then newer than the walk;
    // an entry that is forgotten meanwhile is counted in forgotten().
    // Rejected: copying the table for readers (thousands of entries under the lock, again after each change), and a concurrent
    // sorted map (ten times the cost of an addition, at each publication).
    private static final class Node {

        private final LogEntry.Notification entry;
        private Node previous;
        private volatile Node next;

        Node(LogEntry.Notification entry) {
            this.entry = entry;
        }
    }

    private final int maxKeys;
    private final long maxBytes;
    private final Consumer<LogEntry.Notification> onForget;
    private final Map<SignalKey, Node> byKey = new HashMap<>();
    private final Node head = new Node(null);
    private Node tail = head;
    private long bytes;
    private volatile long forgotten;

    /// @param onForget is called, under the lock, for each entry that is about to be forgotten
    SignalTable(int maxKeys, long maxBytes, Consumer<LogEntry.Notification> onForget) {
        this.maxKeys = maxKeys;
        this.maxBytes = maxBytes;
        this.onForget = onForget;
    }

    /// Adds a signal that is newer than all others here. A failed call can be repeated.
    void add(LogEntry.Notification entry) {
        var node = new Node(entry);
        var replaced = byKey.put(SignalKey.of(entry.heading()), node);
        if (replaced != null) unlink(replaced);
        node.previous = tail;
        tail.next = node;
        tail = node;
        bytes += entry.bytes();
        while (byKey.size() > maxKeys || bytes > maxBytes) forgetOldest();
    }

    private void forgetOldest() {
        onForget.accept(oldest());
        forgotten++;
        removeOldest();
    }

    /// The number of entries forgotten since the start.
    long forgotten() {
        return forgotten;
    }

    /// The oldest entry, or null if there is none.
    LogEntry.Notification oldest() {
        return head.next == null ? null : head.next.entry;
    }

    /// Removes the oldest entry, because it is no longer needed.
    void removeOldest() {
        byKey.remove(SignalKey.of(oldest().heading()));
        unlink(head.next);
    }

    private void unlink(Node node) {
        node.previous.next = node.next;
        if (node.next == null) tail = node.previous;
        else node.next.previous = node.previous;
        node.previous = null;
        bytes -= node.entry.bytes();
    }

    /// The newest signal with a key; null if there is none, or it was forgotten.
    LogEntry.Notification get(SignalKey key) {
        var node = byKey.get(key);
        return node == null ? null : node.entry;
    }

    /// The entries that match, in order, found without the lock.
    List<LogEntry.Notification> select(Predicate<LogEntry.Notification> wanted) {
        var found = new ArrayList<LogEntry.Notification>();
        for (var node = head.next; node != null; node = node.next) {
            if (wanted.test(node.entry)) found.add(node.entry);
        }
        return found;
    }
}
