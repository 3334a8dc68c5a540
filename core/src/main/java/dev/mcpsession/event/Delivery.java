package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;

/// What a [Subscription] delivers to its reader.
@ForAdapters
public sealed interface Delivery {

    /// The next event.
    ///
    /// @param id    its place in the order of all events
    /// @param frame the event as bytes, encoded once for all readers
    record Next(EventId id, EventFrame frame) implements Delivery {

        /// Decodes the event from its bytes. Each call decodes it again. `_meta` comes first in its parameters.
        ///
        /// @return a new event
        public Event event() {
            return frame.decode();
        }
    }

    /// The reader was so slow, or resumed so late, that events it wanted are gone. The newest of each lost signal follows, then
    /// the events that are still kept. The reader's position is that of the newest event that it received. After a reset of an external
    /// log, signals that it may already have received follow again, with their own, older ids.
    ///
    /// @param missed    upper bound on the events for the reader that are lost and not healed; exact for an unfiltered subscription
    ///                  that has not resumed. A reset of an external log counts as one
    /// @param messages  upper bound on the messages among them, which nothing replaces
    /// @param isUnknown whether signals may be among them that were never known here, so that one of each should be sent
    record Lagged(long missed, long messages, boolean isUnknown) implements Delivery {

        /// Describes a loss of known events.
        ///
        /// @param missed    upper bound on the lost events
        /// @param messages upper bound on the messages among them
        public Lagged(long missed, long messages) {
            this(missed, messages, false);
        }
    }

    /// Nothing was delivered for a heartbeat period. The stream should now show its peer that it is alive.
    record Idle() implements Delivery {}

    /// The subscription has ended permanently. Every further call returns this again, possibly with a later cause.
    ///
    /// @param cause why it ended
    record Closed(Cause cause) implements Delivery {}

    /// Why a subscription ended.
    enum Cause {
        /// It was closed.
        CANCELLED,
        /// Its session was deleted or has expired.
        SESSION_ENDED,
        /// It has no session, and its owner was logged out.
        OWNER_ENDED,
        /// A newer subscription of the same session continues from here.
        TAKEN_OVER,
        /// The broadcaster was closed.
        BROADCASTER_CLOSED
    }
}
