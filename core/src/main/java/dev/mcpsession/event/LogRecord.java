package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.util.Collection;
import java.util.List;

/// One entry of a log of events: there is one record for each number. Only [Published] reaches clients. The others are controls, which
/// every replica applies at the same place in the order. Immutable.
@ForAdapters
public sealed interface LogRecord {

    /// A record that reaches no client.
    sealed interface Control extends LogRecord {}

    /// An event for clients.
    ///
    /// @param event the event
    record Published(Event event) implements LogRecord {}

    /// Sessions were deleted or have expired: their subscriptions end here.
    ///
    /// @param sessions the sessions' ids
    record SessionsEnded(Collection<SessionId> sessions) implements Control {

        /// Copies the ids.
        public SessionsEnded {
            sessions = List.copyOf(sessions);
        }
    }

    /// An owner was logged out: its subscriptions end here, with or without a session.
    ///
    /// @param owner an authenticated owner
    record OwnerEnded(Owner owner) implements Control {}

    /// A newer subscription of a session begins here, and the older one ends.
    ///
    /// @param session the session's id
    record TakenOver(SessionId session) implements Control {}

    /// A session's subscription names a thing from here on.
    ///
    /// @param session the session's id
    /// @param key     the thing
    record TopicAdded(SessionId session, Topic.Key key) implements Control {}

    /// A session's subscription no longer names a thing from here on.
    ///
    /// @param session the session's id
    /// @param key     the thing
    record TopicRemoved(SessionId session, Topic.Key key) implements Control {}

    /// A client sent a message in a session, for the replica that waits for it.
    ///
    /// @param session the session's id
    /// @param message a JSON-RPC message: a response, or a notification that cancels a request
    record Relayed(SessionId session, Json.Obj message) implements Control {}
}
