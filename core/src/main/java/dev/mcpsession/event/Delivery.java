package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;

/// What a [Subscription] has to say to its reader.
@ForAdapters
public sealed interface Delivery {

    /// The next event.
    ///
    /// @param id      its place in the order of all events
    /// @param encoded what was published, as bytes that are made once for all readers
    record Next(EventId id, EventFrame encoded) implements Delivery {

        /// The published event, decoded from the bytes at each call; `_meta` comes first in its params.
        ///
        /// @return a new event
        public Event event() {
            return encoded.decode();
        }
    }

    /// The reader fell so far behind, or resumed so late, that events it wanted are gone. What can be healed follows: the
    /// newest of every lost signal, then what is still there. The reader's position is that of the newest event it
    /// got. After a reset, signals that it may have received already are sent again with their own, older ids, which
    /// do not move it back.
    ///
    /// @param missed   upper bound on the events for the reader that are lost and not healed; exact for an unfiltered subscription
    ///                 that has not resumed. A reset of an external log (`reset`) counts as one
    /// @param messages upper bound on the messages among them, which nothing replaces
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
