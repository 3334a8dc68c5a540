package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventId;

/// How the ids of an epoch lie on a log's positions, which go on from epoch to epoch. Immutable.
///
/// @param epoch  the epoch
/// @param start  the position at which it began
/// @param offset how far positions are ahead of sequence numbers
record Numbering(String epoch, long start, long offset) {

    /// An epoch whose last event so far has this id, and stood before the first position.
    static Numbering after(EventId last) {
        return from(0, last);
    }

    /// An epoch that begins at a position, with this id for it.
    static Numbering from(long position, EventId last) {
        return new Numbering(last.epoch(), position, position - last.sequence());
    }

    boolean isOfEpoch(EventId id) {
        return id.epoch().equals(epoch);
    }

    /// Whether an id is of this epoch, and of no number before it began here.
    boolean has(EventId id) {
        return isOfEpoch(id) && start <= positionOf(id);
    }

    EventId idAt(long position) {
        return new EventId(epoch, position - offset);
    }

    long positionOf(EventId id) {
        return id.sequence() + offset;
    }
}
