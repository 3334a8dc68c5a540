package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import java.util.Objects;

/// Where a subscription begins. Immutable.
@ForAdapters
public sealed interface Start {

    /// With the next event that is published.
    record Now() implements Start {

        private static final Start INSTANCE = new Now();
    }

    /// After a position: the events that followed it are replayed first.
    ///
    /// @param position the last event that the reader has seen
    record After(EventId position) implements Start {

        /// Checks that nothing is null.
        public After {
            Objects.requireNonNull(position, "position");
        }
    }

    /// With the newest of each signal of the last five minutes, for a reader that has no position to resume from.
    record Recent() implements Start {

        private static final Start INSTANCE = new Recent();
    }

    /// {@return the start with the next event}
    static Start now() {
        return Now.INSTANCE;
    }

    /// Returns the start after a position.
    ///
    /// If events after it are gone, or it is of another epoch, the first delivery is [Delivery.Lagged]. A position of an epoch that
    /// the broadcaster never had proves no loss of a message, so none is counted. A number of the current epoch that was never
    /// issued proves nothing about what the reader has seen: the subscription begins now, and reports no loss.
    ///
    /// @param position the last event that the reader has seen
    /// @return a new start
    static Start after(EventId position) {
        return new After(position);
    }

    /// Returns the start with the newest of each signal of the last five minutes. If what was published then is unknown, the first
    /// delivery is [Delivery.Lagged] with one message lost, which stands for any signal.
    ///
    /// @return the start, for filters without a session
    static Start recent() {
        return Recent.INSTANCE;
    }
}
