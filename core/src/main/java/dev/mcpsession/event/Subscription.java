package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import java.util.Optional;

/// One reader's place in the order of all events.
///
/// Read by one thread at a time; [#close()] may be called by any. A subscription costs its broadcaster nothing while its
/// reader is slow: it is a position, not a queue.
@ForAdapters
public interface Subscription extends AutoCloseable {

    /// Waits for something to say and says it. The wait has no time limit of its own: [Delivery.Idle] comes once per silent
    /// heartbeat period, from one ticker for all subscriptions.
    ///
    /// @return the next delivery, in the order of all events
    /// @throws InterruptedException if the reader was interrupted while it waited; nothing is lost by it
    Delivery next() throws InterruptedException;

    /// Says what can be said without waiting; never [Delivery.Idle]. A writer that was woken drains with it what else is
    /// there.
    ///
    /// @return the next delivery, or empty if there is nothing
    Optional<Delivery> poll();

    /// Ends the subscription; its reader leaves at once, and nothing is delivered after this returned. Idempotent.
    @Override
    void close();
}
