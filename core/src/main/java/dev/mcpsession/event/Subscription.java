package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import java.util.Optional;

/// One reader's place in the order of all events. A slow reader costs its broadcaster nothing: a subscription is a position, not a
/// queue.
///
/// Read by one thread at a time; [#close()] may be called by any thread.
@ForAdapters
public interface Subscription extends AutoCloseable {

    /// Returns the position where the subscription begins: the one that it resumes after, if everything that followed it is
    /// delivered, else that of the newest event when it began. A reader that has taken everything stands here or later, and can
    /// resume from there.
    ///
    /// @return the last event before the subscription
    EventId start();

    /// Waits for the next delivery. The wait has no time limit of its own: [Delivery.Idle] arrives once per silent heartbeat period,
    /// from one ticker for all subscriptions.
    ///
    /// @return the next delivery, in the order of all events
    /// @throws InterruptedException if the thread was interrupted while it waited; nothing is lost by that
    Delivery next() throws InterruptedException;

    /// Returns the next delivery if there is one, without waiting; never [Delivery.Idle]. A writer that was woken drains with it
    /// what else is there.
    ///
    /// @return the next delivery, or empty if there is none
    Optional<Delivery> poll();

    /// Ends the subscription: its reader returns at once, and nothing is delivered after this method has returned. Idempotent.
    @Override
    void close();
}
