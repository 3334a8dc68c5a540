package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventId;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Maps ids to the positions of a log, which continue from epoch to epoch. Knows the current epoch, and some epochs before it.
/// Immutable.
///
/// @param now  the current epoch
/// @param past earlier epochs that the log has seen, the newest first; bounded
record Numbering(Epoch now, List<Past> past) {

    private static final int MAX_PAST = 8;

    /// One epoch.
    ///
    /// @param name   its name in ids
    /// @param start  the position at which it began
    /// @param offset how far positions are ahead of sequences
    record Epoch(String name, long start, long offset) {

        /// An epoch that begins at a position, which this id has.
        static Epoch from(long position, EventId last) {
            return new Epoch(last.epoch(), position, position - last.sequence());
        }

        boolean isOf(EventId id) {
            return id.epoch().equals(name);
        }

        /// Whether an id is of this epoch, and not from before the epoch began here.
        boolean has(EventId id) {
            return isOf(id) && start <= positionOf(id);
        }

        EventId idAt(long position) {
            return new EventId(name, position - offset);
        }

        long positionOf(EventId id) {
            return id.sequence() + offset;
        }
    }

    /// An epoch that is over.
    ///
    /// @param end its last position
    record Past(Epoch epoch, long end) {

        boolean has(EventId id) {
            return epoch.has(id) && epoch.positionOf(id) <= end;
        }
    }

    /// A numbering whose last event so far has this id, at position 0.
    static Numbering after(EventId last) {
        return new Numbering(Epoch.from(0, last), List.of());
    }

    /// This numbering, followed by an epoch that begins after a position, with this id at the next one.
    Numbering followedBy(long end, EventId last) {
        var all = Stream.concat(Stream.of(new Past(now, end)), past.stream()).limit(MAX_PAST).toList();
        return new Numbering(Epoch.from(end + 1, last), all);
    }

    /// The position of an id; empty if this log never had it.
    ///
    /// @param last the newest position
    OptionalLong positionOf(EventId id, long last) {
        if (now.has(id)) return now.positionOf(id) <= last ? OptionalLong.of(now.positionOf(id)) : OptionalLong.empty();
        return past.stream().filter(epoch -> epoch.has(id)).mapToLong(epoch -> epoch.epoch().positionOf(id)).findFirst();
    }
}
