package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventId;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// How the ids of this epoch lie on a log's positions, and those of some epochs before it. Immutable.
///
/// @param now  this epoch
/// @param past those before it that this log has seen, the newest first; bounded
record Numberings(Numbering now, List<Past> past) {

    private static final int MAX_PAST = 8;

    /// An epoch that is over.
    ///
    /// @param end its last position
    record Past(Numbering numbering, long end) {

        boolean has(EventId id) {
            return numbering.has(id) && numbering.positionOf(id) <= end;
        }
    }

    static Numberings after(EventId last) {
        return new Numberings(Numbering.after(last), List.of());
    }

    /// The same, and an epoch that begins behind a position, with this id for the next.
    Numberings followedBy(long end, EventId last) {
        var all = Stream.concat(Stream.of(new Past(now, end)), past.stream()).limit(MAX_PAST).toList();
        return new Numberings(Numbering.from(end + 1, last), all);
    }

    /// Where an id stands; empty if this log has never had it.
    ///
    /// @param last the newest position
    OptionalLong positionOf(EventId id, long last) {
        if (now.has(id)) return now.positionOf(id) <= last ? OptionalLong.of(now.positionOf(id)) : OptionalLong.empty();
        return past.stream().filter(epoch -> epoch.has(id)).mapToLong(epoch -> epoch.numbering().positionOf(id)).findFirst();
    }
}
