package dev.mcpsession.event;

/// What a [Subscription] has to say to its reader.
public sealed interface Delivery {

    /// The next event.
    ///
    /// @param id      its place in the order of all events
    /// @param encoded what was published, as bytes that are made once for all readers
    record Next(EventId id, EncodedEvent encoded) implements Delivery {

        /// What was published, decoded from the bytes at each call; `_meta` comes first in its params.
        ///
        /// @return a new event
        public Event event() {
            return encoded.decode();
        }
    }

    /// The reader fell so far behind, or resumed so late, that events it wanted are gone. What can be healed follows: the
    /// newest of every lost signal, then what is still there. Where the reader stands it knows itself: at the newest event that
    /// it got. After a [LogFeed#reset] signals that it may have got before come again, with their own, older ids: they do not
    /// move it back.
    ///
    /// @param missed   how many events for the reader are lost and not healed: exact for a reader of everything that did not
    ///                 resume, else at the most this many; where a log that is kept elsewhere began anew, or has lost what was
    ///                 not read yet ([LogFeed#reset]), nobody knows for whom that was, and it counts as one
    /// @param messages how many of them may have been messages, which nothing replaces
    record Lagged(long missed, long messages) implements Delivery {}

    /// Nothing was delivered for the heartbeat's period: time to show the peer that the stream lives.
    record Idle() implements Delivery {}

    /// The subscription has ended for good; every further call says so again, though perhaps with a later cause.
    ///
    /// @param cause why
    record Closed(Cause cause) implements Delivery {}

    /// Why a subscription ended.
    enum Cause {
        /// Its reader, or who opened it, closed it.
        CANCELLED,
        /// Its session was deleted or has expired.
        SESSION_ENDED,
        /// It has no session, and its owner was logged out.
        OWNER_ENDED,
        /// A newer subscription of the same session goes on from here.
        TAKEN_OVER,
        /// The broadcaster was closed.
        BROADCASTER_CLOSED
    }
}
