package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Collection;
import java.util.List;

/// Delivers published events to subscriptions.
///
/// Every implementation guarantees, and one contract test proves, that
///
/// - all subscriptions see events in the same total order;
/// - `publish` never blocks on a subscription, and its cost does not depend on how many there are;
/// - an event published after `subscribe` returned is either delivered or reported by [Delivery.Lagged]; a subscription that
///   lost nothing never sees `Lagged`;
/// - an addressed event wakes only its addressees, and an event about one thing of a [Topic] only the subscriptions that name it;
/// - a session has at most one subscription: a newer one ends the older at exactly the position where it starts;
/// - memory is bounded in events and bytes, however slow subscriptions are read.
///
/// Thread-safe. Actions in a thread before `publish` happen-before the return of the [Subscription#next] that delivers the event.
public interface Broadcaster extends EventPublisher, AutoCloseable {

    /// Subscribes to events. [Subscription#start()] is exact: an older subscription of the same session delivers what stands up to
    /// that position, the new one what follows.
    ///
    /// @param filter the events to receive
    /// @param start  where to begin
    /// @return a new subscription; a closed one if the broadcaster is closed
    /// @throws BroadcasterException     if the position to begin at could not be determined in time
    /// @throws IllegalArgumentException if the start is [Start.Recent] and the filter has a session, which has a position to resume from
    @ForAdapters
    Subscription subscribe(EventFilter filter, Start start);

    /// Ends the subscription of a session, on whatever replica it is, once it has delivered what was published before. Does not
    /// wait for that.
    ///
    /// @param session the session's id
    /// @throws BroadcasterException if too much is waiting to be published already
    default void endSession(SessionId session) {
        endSessions(List.of(session));
    }

    /// Ends the subscriptions of many sessions, as [#endSession] does for each. Costs little for a session that has none.
    ///
    /// @param sessions the sessions' ids; may be empty
    /// @throws BroadcasterException if too much is waiting to be published already; some of the subscriptions may end all the same
    void endSessions(Collection<SessionId> sessions);

    /// Ends every subscription of an authenticated owner on every replica, with or without a session: each delivers what was
    /// published before, and nothing after. A subscription that begins later is not affected. Returns once the end has its place in
    /// the order, and does not wait for the readers.
    ///
    /// Subscriptions of sessions end with [Delivery.Cause#SESSION_ENDED], others with [Delivery.Cause#OWNER_ENDED]. The sessions
    /// themselves remain in their store.
    ///
    /// @param owner an authenticated owner
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the end could not be published; it may be published all the same
    /// @throws IllegalArgumentException   if the owner is anonymous: anonymous callers are not one person
    void endOwner(Owner owner);

    /// Adds a thing to those that the subscription of a session names, wherever it is. It receives the events about the thing that
    /// are published from now on, and perhaps those that its reader has not reached yet.
    ///
    /// @param session the session's id
    /// @param key     the thing, such as a resource
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the change could not be published; it may be published all the same
    void addTopic(SessionId session, Topic.Key key);

    /// Removes a thing from those that the subscription of a session names, wherever it is.
    ///
    /// @param session the session's id
    /// @param key     the thing, such as a resource
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the change could not be published; it may be published all the same
    void removeTopic(SessionId session, Topic.Key key);

    /// {@return gauges and counters at this moment}
    BroadcasterStats stats();

    /// Ends every subscription at once. From now on `publish` throws and `subscribe` returns a closed subscription. Idempotent.
    @Override
    void close();
}
