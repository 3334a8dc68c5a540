package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import java.util.Optional;
import java.util.Set;

/// One reader's place in the order of all events. It is a position and not a queue, so a slow reader costs its broadcaster nothing.
///
/// Read by one thread at a time; [#close()] may be called by any thread.
@ForAdapters
public interface Subscription extends AutoCloseable {

    /// Returns the position where the subscription begins: the position that it resumes after, if all later events can be
    /// delivered; otherwise that of the newest event when it began. A reader that has taken every delivery is at this position or a
    /// later one, and can resume from it.
    ///
    /// @return the last event before the subscription
    EventId start();

    /// Waits for the next delivery. The wait has no time limit of its own: [Delivery.Idle] arrives once per silent heartbeat period,
    /// from one ticker for all subscriptions.
    ///
    /// @return the next delivery, in the order of all events
    /// @throws InterruptedException if the thread was interrupted while it waited; no delivery is lost
    Delivery next() throws InterruptedException;

    /// Returns the next delivery if there is one, without waiting; never [Delivery.Idle]. A writer calls it after [#next] to drain what
    /// else has arrived.
    ///
    /// @return the next delivery, or empty if there is none
    Optional<Delivery> poll();

    /// {@return the things that the subscription names at the moment; empty if it names none, or receives events about all}
    default Set<Topic.Key> topics() {
        return Set.of();
    }

    /// Ends the subscription. Its reader returns immediately, and nothing is delivered after this method has returned. Idempotent.
    @Override
    void close();
}
