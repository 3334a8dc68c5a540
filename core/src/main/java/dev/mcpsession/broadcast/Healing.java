package dev.mcpsession.broadcast;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

/// The lost signals that still have to be delivered to a reader, in order. Used by the reading thread.
///
/// A slow reader must not keep frames alive that the log has dropped. It therefore holds a few of them, and only the keys of the
/// others, which it looks up when it gets there. A signal that has been replaced by then is skipped: the newer one is in the ring, or
/// heals the next overrun.
final class Healing {

    private static final int MAX_HELD = 64;
    private static final int MAX_HELD_BYTES = 64 << 10;

    private final Queue<LogEntry.Notification> held = new ArrayDeque<>(0);
    private final Iterator<Signal> rest;

    /// A signal that is looked up by its key.
    record Signal(SignalKey key, long position) {

        static Signal of(LogEntry.Notification entry) {
            return new Signal(SignalKey.of(entry.heading()), entry.position());
        }
    }

    /// The result of a look-up: the signal's entry, or null; and whether the signal was forgotten.
    record Found(LogEntry.Notification entry, boolean isForgotten) {}

    Healing(List<LogEntry.Notification> entries) {
        var first = 0;
        for (var bytes = 0L; first < Math.min(MAX_HELD, entries.size()) && (first == 0 || bytes < MAX_HELD_BYTES); first++) {
            held.add(entries.get(first));
            bytes += entries.get(first).bytes();
        }
        rest = entries.subList(first, entries.size()).stream().map(Signal::of).toList().iterator();
    }

    /// The next signal, or null if none is held: then [#refill] looks up more.
    LogEntry.Notification peek() {
        return held.peek();
    }

    void remove() {
        held.remove();
    }

    boolean isOver() {
        return held.isEmpty() && !rest.hasNext();
    }

    /// Looks up more signals, once none is held.
    ///
    /// @return the number of signals that are lost permanently
    int refill(Function<Signal, Found> lookUp) {
        var lost = 0;
        for (var bytes = 0L; rest.hasNext() && held.size() < MAX_HELD && bytes < MAX_HELD_BYTES; ) {
            var found = lookUp.apply(rest.next());
            if (found.isForgotten()) lost++;
            if (found.entry() == null) continue;
            held.add(found.entry());
            bytes += found.entry().bytes();
        }
        return lost;
    }
}
