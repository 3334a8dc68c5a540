package dev.mcpsession.broadcast;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import java.util.List;
import java.util.Optional;

/// Where events are read from that memory does not hold any more, for broadcasters whose order is kept in a store. Safe for use
/// by many threads.
@ForAdapters
public interface History {

    /// What stands at one number.
    ///
    /// @param id    its place in the order
    /// @param event what was published; empty if nothing stands there for clients
    record Entry(EventId id, Optional<Event> event) {}

    /// Some of what stands one behind the other.
    ///
    /// @param from    where it begins: of what stands before it, nothing was for the reader
    /// @param entries in order
    /// @param end     up to where it was read; a number up to there that has no entry is lost
    record Page(EventId from, List<Entry> entries, EventId end) {}

    /// Reads some of what stands between two numbers, a bounded amount at a time. Waits if many readers do so.
    ///
    /// @param after behind which number
    /// @param upTo  the last number that is wanted
    /// @return what follows; it ends behind where it begins. Empty if the wait was long: the reader then calls again
    /// @throws dev.mcpsession.event.BroadcasterException if they cannot be read at the moment
    /// @throws InterruptedException if the reader was interrupted while it waited
    Optional<Page> read(EventId after, EventId upTo) throws InterruptedException;
}
