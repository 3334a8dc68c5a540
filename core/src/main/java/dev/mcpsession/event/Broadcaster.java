package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
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

    /// Subscribes to events. [Subscription#start()] is exact: an older subscription of the same session delivers the events up to that
    /// position, and the new one those after it.
    ///
    /// @param filter the events to receive
    /// @param start  where to begin
    /// @return a new subscription; a closed one if the broadcaster is closed
    /// @throws BroadcasterException     if the position to begin at could not be determined in time
    /// @throws IllegalArgumentException if the start is [Start.Recent] and the filter has a session, which has a position to resume from
    @ForAdapters
    Subscription subscribe(EventFilter filter, Start start);

    /// Ends the subscription of a session, on whichever replica it is, after it has delivered everything published before. Returns
    /// without waiting for that.
    ///
    /// @param session the session's id
    /// @throws BroadcasterException if too much is already waiting to be published
    default void endSession(SessionId session) {
        endSessions(List.of(session));
    }

    /// Ends the subscriptions of many sessions, as [#endSession] does for each. Costs little for a session that has none.
    ///
    /// @param sessions the sessions' ids; may be empty
    /// @throws BroadcasterException if too much is already waiting to be published; some of the subscriptions may end nevertheless
    void endSessions(Collection<SessionId> sessions);

    /// Ends every subscription of an authenticated owner on every replica, with or without a session. Each delivers what was
    /// published before the end, and nothing after it. A subscription that begins later is not affected. Returns once the end has its
    /// place in the order, without waiting for the readers.
    ///
    /// Subscriptions of sessions end with [Delivery.Cause#SESSION_ENDED], others with [Delivery.Cause#OWNER_ENDED]. The sessions
    /// themselves remain in their store.
    ///
    /// @param owner an authenticated owner
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the end could not be published; it may take effect nevertheless
    /// @throws IllegalArgumentException   if the owner is anonymous: anonymous callers are not one person
    void endOwner(Owner owner);

    /// Adds a thing to those that the subscription of a session names, on whichever replica it is. The subscription receives the
    /// events about the thing that are published from now on, and possibly earlier ones that its reader has not reached yet.
    ///
    /// @param session the session's id
    /// @param key     the thing, such as a resource
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the change could not be published; it may take effect nevertheless
    void addTopic(SessionId session, Topic.Key key);

    /// Removes a thing from those that the subscription of a session names, on whichever replica it is.
    ///
    /// @param session the session's id
    /// @param key     the thing, such as a resource
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the change could not be published; it may take effect nevertheless
    void removeTopic(SessionId session, Topic.Key key);

    /// Sends a message of a session's client to the [observers][#observe] of every replica, in this process too. No client receives it, and
    /// no subscription is woken. Returns once the message has its place in the order.
    ///
    /// @param session the session's id
    /// @param message a JSON-RPC message
    /// @throws BroadcasterClosedException if the broadcaster is closed
    /// @throws BroadcasterException       if the message could not be sent; it may arrive nevertheless
    @ForAdapters
    void relay(SessionId session, Json.Obj message);

    /// Observes the controls that this replica applies from now on. An event costs no more than without observers.
    ///
    /// @param observer the observer; few are expected, as each is called for each control
    /// @return ends the observation, as closing the broadcaster does
    @ForAdapters
    ControlObserver.Observation observe(ControlObserver observer);

    /// {@return the current gauges and counters}
    BroadcasterStats stats();

    /// Ends every subscription immediately. From then on `publish` throws and `subscribe` returns a closed subscription. Idempotent.
    @Override
    void close();
}
