package dev.mcpsession.broadcast;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import java.util.List;
import java.util.Optional;

/// Reads events that memory no longer holds, from the external log of a broadcaster. Thread-safe.
@ForAdapters
public interface History {

    /// The entry at one number.
    ///
    /// @param id    its place in the order
    /// @param prior the number before it, since numbers may be skipped; an event between the two is lost
    /// @param event the event; empty if the number holds nothing for clients
    record Entry(EventId id, long prior, Optional<Event> event) {}

    /// Consecutive entries.
    ///
    /// @param from    the number after which they begin; no event up to there was for the reader
    /// @param entries the entries, in order
    /// @param end     the last number that was read; a number up to there without an entry is lost
    record Page(EventId from, List<Entry> entries, EventId end) {}

    /// Reads the next entries of a range, a bounded number at a time. Waits while many readers do the same.
    ///
    /// @param after the number before the first wanted one
    /// @param upTo  the last wanted number
    /// @return the next entries, of at least one number; empty if the wait took long, so that the reader should call again
    /// @throws dev.mcpsession.event.BroadcasterException if they cannot be read at the moment
    /// @throws InterruptedException if the thread was interrupted while it waited
    Optional<Page> read(EventId after, EventId upTo) throws InterruptedException;
}
