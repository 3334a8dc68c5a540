package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventFilter;
import java.util.List;

/// What became of a reader that asked for an entry that is gone.
///
/// @param cursor       where it goes on
/// @param messagesSeen the messages up to there
/// @param lost         the events for everyone that it did not read
/// @param loss         what of that it wanted
/// @param newest       the newest of every signal that is gone, in order
/// @param from         behind which ordinal they heal this reader
record Overrun(long cursor, long messagesSeen, long lost, EvictedEvents.Loss loss, List<LogEntry.Notification> newest, long from) {

    /// What heals the reader: worked out by itself, so that many slow readers do not hold the lock.
    List<LogEntry.Notification> healing(EventFilter filter, long end) {
        if (!loss.concerns()) return List.of();
        return newest.stream()
                .filter(entry -> from < entry.ordinal() && entry.ordinal() <= end)
                .filter(entry -> filter.wants(entry.heading()))
                .toList();
    }

    /// How much of it the reader would have got: what came after its end was not lost to it.
    long lost(long end) {
        return lost - Math.max(0, cursor - end);
    }
}
