package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.Collection;

/// Observes what a [Broadcaster] applies on this replica besides events: the ends of sessions and owners, and messages that clients sent.
///
/// Called by the thread that applies the control or keeps the time, so every method must return at once and may not wait for a lock that
/// is held during input or output. An exception is logged, and changes nothing. Implementations must be thread-safe.
@ForAdapters
public interface ControlObserver {

    /// Sessions have ended on some replica.
    ///
    /// @param sessions the sessions' ids
    void sessionsEnded(Collection<SessionId> sessions);

    /// All sessions of an owner have ended on some replica.
    ///
    /// @param owner an authenticated owner
    void ownerEnded(Owner owner);

    /// A replica has [relayed][Broadcaster#relay] a message.
    ///
    /// @param session the session whose client sent it
    /// @param message a JSON-RPC message
    void relayed(SessionId session, Json.Obj message);

    /// Time has passed. Called by the ticker of all subscriptions, several times per heartbeat.
    ///
    /// @param heartbeat the silence after which a stream should show its peer that it is alive
    void tick(Duration heartbeat);

    /// Ends an observation.
    interface Observation extends AutoCloseable {

        /// Removes the observer. A call that is under way may end after this method has returned. Idempotent.
        @Override
        void close();
    }
}
