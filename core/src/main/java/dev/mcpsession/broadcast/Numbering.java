package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventId;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Maps ids to the positions of a log, which continue from epoch to epoch. Knows the current epoch, and some epochs before it. Where
/// numbers are skipped, the same epoch begins again. Immutable.
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
    /// @param isNew  whether it began with a loss, and not because numbers were skipped
    record Epoch(String name, long start, long offset, boolean isNew) {

        /// An epoch that begins at a position, which this id has.
        static Epoch from(long position, EventId last, boolean isNew) {
            return new Epoch(last.epoch(), position, position - last.sequence(), isNew);
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
        return new Numbering(Epoch.from(0, last, false), List.of());
    }

    /// This numbering, followed by an epoch that begins with a loss after a position, with this id at the next one.
    Numbering followedBy(long end, EventId last) {
        return followedBy(end, Epoch.from(end + 1, last, true));
    }

    /// This numbering, continued at an id of the same epoch. Positions are skipped like numbers.
    Numbering continuedAt(EventId id, long end) {
        return followedBy(end, Epoch.from(now.positionOf(id), id, false));
    }

    private Numbering followedBy(long end, Epoch next) {
        return new Numbering(next, Stream.concat(Stream.of(new Past(now, end)), past.stream()).limit(MAX_PAST).toList());
    }

    /// The position of an id; empty if this log never had it.
    ///
    /// @param last the newest position
    OptionalLong positionOf(EventId id, long last) {
        if (now.has(id)) return now.positionOf(id) <= last ? OptionalLong.of(now.positionOf(id)) : OptionalLong.empty();
        return past.stream().filter(epoch -> epoch.has(id)).mapToLong(epoch -> epoch.epoch().positionOf(id)).findFirst();
    }

    /// Whether an id is of this log, and nothing was lost between it and now by a new epoch.
    boolean continues(EventId id) {
        if (now.has(id)) return true;
        var isNew = now.isNew();
        for (var epoch : past) {
            if (isNew) return false;
            if (epoch.has(id)) return true;
            isNew = epoch.epoch().isNew();
        }
        return false;
    }
}
