package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Collection;
import java.util.List;

/// Takes events from anybody and brings them to every subscription that wants them.
///
/// What every broadcaster promises, proven by one contract test:
///
/// - There is one total order of events, the same for every subscription.
/// - `publish` never waits for a subscriber, and its cost does not grow with their number.
/// - An event published after [#subscribe] returned is delivered to that subscription, or the loss is told by
///   [Delivery.Lagged]: none is silent. A subscription that lost nothing is never told so.
/// - An event that is addressed wakes its addressees alone, and an event about one thing of a [Topic] those that asked for it.
/// - A session has one subscription: a newer one ends the older at the very position at which it begins.
/// - Memory is bounded in events and bytes, however slow readers are.
///
/// Safe for use by many threads.
public interface Broadcaster extends AutoCloseable {

    /// Publishes an event.
    ///
    /// @param event what to publish, and for whom
    /// @return its place in the order
    /// @throws BroadcasterClosedException     if the broadcaster is closed
    /// @throws BroadcasterException           if the event could not be published
    /// @throws PublishOutcomeUnknownException if nobody knows whether it was
    /// @throws IllegalArgumentException       if the event is larger than an event may be
    EventId publish(Event event);

    /// Publishes an event once, though the caller may try several times.
    ///
    /// @param key   the caller's name for this event, such as a UUID; remembered for a bounded number of later events
    /// @param event what to publish, and for whom
    /// @return its place in the order; of a repeated key the place of the first
    /// @throws BroadcasterClosedException     if the broadcaster is closed
    /// @throws BroadcasterException           if the event could not be published
    /// @throws PublishOutcomeUnknownException if nobody knows whether it was
    /// @throws IllegalArgumentException       if the event is larger than an event may be, or the key is too long
    EventId publish(String key, Event event);

    /// Begins to read what is published from now on.
    ///
    /// @param filter what to read
    /// @return a new subscription; a closed one if the broadcaster is closed
    /// @throws BroadcasterException if the place to begin could not be found in time
    default Subscription subscribe(EventFilter filter) {
        return begin(filter).subscription();
    }

    /// The same, and tells where that is: an older subscription of the session delivers what stands up to there, the new one what
    /// follows.
    ///
    /// @param filter what to read
    /// @return a new subscription, and its place; a closed one if the broadcaster is closed
    /// @throws BroadcasterException if the place to begin could not be found in time
    Beginning begin(EventFilter filter);

    /// Begins to read what followed a position. If some of that is gone, or the position is of another epoch, the first delivery
    /// is [Delivery.Lagged]. A position of an epoch that this broadcaster never had proves no loss of a message, so none is counted.
    /// A number of the current epoch that was never issued says nothing about what the reader has seen: the subscription begins now,
    /// and nothing is lost.
    ///
    /// @param filter what to read
    /// @param after  the last event that the reader has seen
    /// @return a new subscription; a closed one if the broadcaster is closed
    /// @throws BroadcasterException if the place to begin could not be found in time
    default Subscription subscribe(EventFilter filter, EventId after) {
        return begin(filter, after).subscription();
    }

    /// The same, and returns the reader's position: `after`, if everything that followed is delivered, else that of the newest event
    /// at this moment. A reader that has taken everything is there or later, and can resume from it.
    ///
    /// @param filter what to read
    /// @param after  the last event that the reader has seen
    /// @return a new subscription, and its place; a closed one if the broadcaster is closed
    /// @throws BroadcasterException if the place to begin could not be found in time
    Beginning begin(EventFilter filter, EventId after);

    /// Begins to read what is published from now on; before it come those wanted signals, the newest of each, that were published
    /// within the last five minutes. For readers that cannot say where they stopped. If it is not known what was published then,
    /// the first delivery is [Delivery.Lagged] with a message lost: it may have been any signal.
    ///
    /// @param filter what to read, of no session
    /// @return a new subscription; a closed one if the broadcaster is closed
    /// @throws BroadcasterException     if the place to begin could not be found in time
    /// @throws IllegalArgumentException if the filter has a session: that one can say where it stopped
    Subscription subscribeAfterRecent(EventFilter filter);

    /// Ends the subscription of a session, on whatever replica it is, once it has delivered what was published before. Does not
    /// wait for that.
    ///
    /// @param session the session's id
    /// @throws BroadcasterException if too much waits to be published already
    default void endSession(SessionId session) {
        endSessions(List.of(session));
    }

    /// Ends the subscriptions of many sessions, as [#endSession] does for each. Costs little for a session that has none.
    ///
    /// @param sessions the sessions' ids; may be empty
    /// @throws BroadcasterException if too much waits to be published already; some of them may end all the same
    void endSessions(Collection<SessionId> sessions);

    /// Ends every subscription of an authenticated owner on every replica, with or without a session: each delivers what was
    /// published before, and nothing after. A subscription that begins later is not affected. Returns once the end has its place in
    /// the order, and does not wait for the readers.
    ///
    /// Subscriptions of sessions end with [Delivery.Cause#SESSION_ENDED], others with [Delivery.Cause#OWNER_ENDED]. The sessions
    /// themselves are the store's.
    ///
    /// @param owner an authenticated owner
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the end could not be published; it may be all the same
    /// @throws IllegalArgumentException   if the owner is anonymous: anonymous callers are not one person
    void endOwner(Owner owner);

    /// Adds a thing to those about which the subscription of a session, wherever it is, gets events: those published from now on,
    /// and perhaps those that its reader has not come to yet.
    ///
    /// @param session the session's id
    /// @param key     the thing, such as a resource
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if it could not be told; it may be told all the same
    void watch(SessionId session, Topic.Key key);

    /// Removes a thing from those about which the subscription of a session, wherever it is, gets events.
    ///
    /// @param session the session's id
    /// @param key     the thing, such as a resource
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if it could not be told; it may be told all the same
    void unwatch(SessionId session, Topic.Key key);

    /// What there is to see at this moment.
    ///
    /// @return gauges and counters
    BroadcasterStats stats();

    /// Ends every subscription at once. From now on `publish` throws and `subscribe` returns a closed subscription.
    /// Idempotent.
    @Override
    void close();
}
