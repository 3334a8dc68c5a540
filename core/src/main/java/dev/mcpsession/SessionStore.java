package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Where sessions live. Every promise here holds for every store and is proven by one contract test.
///
/// A session is *alive* until its expiry, *expired* from then on, and *gone* once deleted. An expired session can be brought
/// back by [#revive] alone; a gone one by nothing, so an id that is not known never becomes known.
///
/// Safe for use by many threads; each method is one atomic step. What is handed out are snapshots: no caller can change the
/// store by changing what it got. Every method may throw [SessionStoreException] if the store cannot be asked; after
/// [#close()] a method may do so or answer as if it were open.
///
/// A store has no thread of its own. Its opener runs a `SessionKeeper` to sweep it, as an endpoint and [Handles] do: without one,
/// nothing that has expired is removed until the store is full.
public interface SessionStore extends AutoCloseable {

    /// The kind of the sessions of an endpoint. Where stores of several kinds share a place, such as a database, each sees,
    /// counts and sweeps its own kind alone.
    String SESSIONS = "session";

    /// The rules of this store.
    ///
    /// @return always the same value
    SessionPolicy policy();

    /// Mints a provisional session with empty state. Never overwrites. If the store is full, the oldest expired session goes
    /// first, though it could have been revived.
    ///
    /// @param id     a new id
    /// @param owner  whom it shall belong to
    /// @param client what the client told about itself
    /// @return created, or which limit was reached
    /// @throws IllegalArgumentException if the id is in use
    CreateResult create(SessionId id, Owner owner, Client client);

    /// Returns the live session with this id, or empty: unknown, expired and deleted look alike. Does not touch it.
    ///
    /// @param id the session's id
    /// @return the session as it is now
    Optional<Session> find(SessionId id);

    /// Slides the session's expiry by the TTL, up to its maximum age, and ends its provisional time. Never revives.
    ///
    /// @param id the session's id
    /// @return whether the session is alive
    boolean touch(SessionId id);

    /// Touches many sessions in one step.
    ///
    /// @param ids the sessions' ids
    /// @return those that are alive
    Set<SessionId> keepAlive(Collection<SessionId> ids);

    /// Brings an expired session back to life with its state, for its authenticated owner alone, within the revival window
    /// and its maximum age, and if the owner has not as many live sessions as one may have. A provisional session is not
    /// revived. One that is alive is touched and returned, so that of two callers who revive at once neither is refused.
    ///
    /// @param id    the session's id
    /// @param owner who asks
    /// @return the session, alive; or empty, with no word why
    Optional<Session> revive(SessionId id, Owner owner);

    /// Removes a session for ever.
    ///
    /// @param id the session's id
    /// @return whether a live session was removed
    boolean delete(SessionId id);

    /// Removes a session permanently, alive or expired, if the caller may use it ([Session#isOpenTo]): its owner, or any caller if
    /// it is anonymous. This is one step: a concurrent revival comes before it or finds nothing. Limits do not apply. To other
    /// callers the session looks like an unknown id.
    ///
    /// @param id     the session's id
    /// @param caller the owner of the request
    /// @return whether a live session was removed; false also if an expired one was
    boolean delete(SessionId id, Owner caller);

    /// Merges a patch into the state's top level; a `null` removes its key.
    ///
    /// @param id    the session's id
    /// @param patch the members to set or remove
    /// @return the session after the change, or empty if it is not alive
    /// @throws StateTooLargeException if the state would be over its cap; nothing was changed
    /// @throws dev.mcpsession.json.JsonException if the state would be nested too deeply; nothing was changed
    Optional<Session> updateState(SessionId id, Json.Obj patch);

    /// Replaces the state by what a function makes of it: read, compute, compare and set, repeated until nobody came between.
    /// A counter that N callers increment ends at N.
    ///
    /// @param id     the session's id
    /// @param change computes the new state; may be called several times, so it must have no effects
    /// @return the session after the change, or empty if it is not alive
    /// @throws StateTooLargeException if the state would be over its cap; nothing was changed
    /// @throws dev.mcpsession.json.JsonException if the state would be nested too deeply; nothing was changed
    Optional<Session> updateState(SessionId id, UnaryOperator<Json.Obj> change);

    /// All live sessions, in no particular order.
    ///
    /// @return a new list
    List<Session> list();

    /// An owner's live sessions, in no particular order.
    ///
    /// @param owner the owner; anonymous lists all anonymous sessions
    /// @return a new list
    List<Session> list(Owner owner);

    /// Removes all sessions of an owner for ever, expired ones included: logs a person out everywhere.
    ///
    /// @param owner the owner; must not be anonymous
    /// @return the ids of those that were alive
    /// @throws IllegalArgumentException if the owner is anonymous
    Set<SessionId> deleteAll(Owner owner);

    /// Removes what is past its revival window, at a cost that grows with what expired and not with what lives.
    ///
    /// @return the ids of sessions that expired since the last call, each once, so that their streams can be ended; one that
    ///         is being changed concurrently may be left to the next call
    Set<SessionId> deleteExpired();

    /// How many sessions are alive; expired ones count until the store noticed.
    ///
    /// @return a gauge
    long liveCount();

    /// How many sessions are held, expired ones that can be revived included: what `maxSessions` bounds.
    ///
    /// @return a gauge
    long heldCount();

    /// Ends background work. Idempotent.
    @Override
    void close();
}
