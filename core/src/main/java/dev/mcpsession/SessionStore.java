package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Keeps sessions. Every implementation keeps each promise below, and one contract test proves it.
///
/// A session is *alive* until its expiry, *expired* from then on, and *gone* once deleted. Only [#revive] brings an expired session
/// back. Nothing brings back one that is gone, so an unknown id never becomes known, except by [#create].
///
/// Thread-safe. Each method is one atomic step, and a change to a session happens-before the [#find] that sees it. Sessions are returned
/// as snapshots. Every method may throw [SessionStoreException] if the store cannot be reached. After [#close()] a method may throw it
/// or work as before.
///
/// A store has no background thread: its opener sweeps it. [dev.mcpsession.http.SessionHandler] sweeps the store that it gets, and
/// [dev.mcpsession.backend.Backend] those of other kinds. For any other store, call [#deleteExpired] at regular intervals; otherwise it
/// removes nothing until it is full.
public interface SessionStore extends AutoCloseable {

    /// The kind of an endpoint's sessions. Stores of several kinds may share one database; each of them sees, counts and sweeps only its
    /// own kind.
    String SESSIONS = "session";

    /// {@return the rules of this store, which never change}
    SessionPolicy policy();

    /// Creates a provisional session with empty state. Never overwrites a session. A full store first drops its oldest expired session,
    /// even if that could still be revived. Replicas that share a store may together exceed a limit by the sessions that are created at
    /// the same moment; such a store says by how many.
    ///
    /// @param id     a new id
    /// @param owner  the owner of the session
    /// @param client the client's description of itself
    /// @return the session, or the limit that was reached
    /// @throws IllegalArgumentException if the id is in use
    CreateResult create(SessionId id, Owner owner, Client client);

    /// {@return the live session with this id; empty if it is unknown, expired or deleted}
    ///
    /// Does not touch the session.
    ///
    /// @param id the session's id
    Optional<Session> find(SessionId id);

    /// Restarts the session's TTL, up to its maximum age, and ends its provisional time. Never revives a session.
    ///
    /// @param id the session's id
    /// @return whether the session is alive
    boolean touch(SessionId id);

    /// Touches many sessions in one step.
    ///
    /// @param ids the sessions' ids
    /// @return the ids of those that are alive
    Set<SessionId> keepAlive(Collection<SessionId> ids);

    /// Brings an expired session back to life with its state, within the revival window and its maximum age. Only its authenticated
    /// owner can revive a session, and only while it has fewer live sessions than the policy allows. A provisional session is never
    /// revived. A session that is alive is touched and returned, so that of two concurrent revivals neither is refused.
    ///
    /// @param id    the session's id
    /// @param owner the owner of the request
    /// @return the live session; empty if it cannot be revived, for whatever reason
    Optional<Session> revive(SessionId id, Owner owner);

    /// Removes a session permanently.
    ///
    /// @param id the session's id
    /// @return whether a live session was removed
    boolean delete(SessionId id);

    /// Removes a session permanently, alive or expired, if the caller may use it ([Session#isOpenTo]). To other callers it looks like an
    /// unknown id. A concurrent revival either precedes the removal or finds nothing.
    ///
    /// @param id     the session's id
    /// @param caller the owner of the request
    /// @return whether a live session was removed; false even if an expired one was
    boolean delete(SessionId id, Owner caller);

    /// Merges a patch into the top level of the state; a `null` removes its key.
    ///
    /// @param id    the session's id
    /// @param patch the members to set or remove
    /// @return the session after the change; empty if it is not alive
    /// @throws StateTooLargeException if the new state exceeds its limit; nothing was changed
    /// @throws dev.mcpsession.json.JsonException if the new state is nested too deeply; nothing was changed
    Optional<Session> updateState(SessionId id, Json.Obj patch);

    /// Replaces the state with the result of a function, which is applied again if another change intervened. A counter that N callers
    /// increment ends at N.
    ///
    /// @param id     the session's id
    /// @param change computes the new state; may be called several times, so it must have no effects
    /// @return the session after the change; empty if it is not alive
    /// @throws StateTooLargeException if the new state exceeds its limit; nothing was changed
    /// @throws dev.mcpsession.json.JsonException if the new state is nested too deeply; nothing was changed
    Optional<Session> updateState(SessionId id, UnaryOperator<Json.Obj> change);

    /// {@return a new list of all live sessions, in no particular order}
    List<Session> list();

    /// {@return a new list of an owner's live sessions, in no particular order}
    /// @param owner the owner; the anonymous owner stands for all anonymous sessions
    List<Session> list(Owner owner);

    /// Removes all sessions of an owner permanently, including expired ones: a log-out everywhere.
    ///
    /// @param owner an authenticated owner
    /// @return the ids of those that were alive
    /// @throws IllegalArgumentException if the owner is anonymous
    Set<SessionId> deleteAll(Owner owner);

    /// Removes sessions whose revival window is over, at a cost that depends only on the number of expired sessions.
    ///
    /// @return the ids of sessions that expired since the last call, each once, so that their streams can be ended; a session that
    ///         changes concurrently may be left to the next call
    Set<SessionId> deleteExpired();

    /// {@return how many sessions are alive; an expired one counts until the store detects its expiry}
    long liveCount();

    /// {@return how many sessions are held, including expired ones that can be revived; bounded by `maxSessions`}
    long heldCount();

    /// Releases what the store has opened for itself. Idempotent.
    @Override
    void close();
}
