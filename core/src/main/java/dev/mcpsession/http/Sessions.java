package dev.mcpsession.http;

import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// An endpoint's sessions: the store, its keeper, and who is told when sessions end. Safe for use by many threads.
final class Sessions implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SessionHandler.class.getName());
    private static final int EVICTIONS_PER_MINT = 3;
    private static final Duration LONG_AGO = Duration.ofDays(1_000_000);

    private final SessionStore store;
    private final SessionKeeper keeper;
    private final Consumer<Set<SessionId>> ended;
    private final LongAdder failures = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final OncePerMinute log = new OncePerMinute();
    private final OncePerMinute evictionLog = new OncePerMinute();
    private final OncePerMinute refusalLog = new OncePerMinute();

    Sessions(SessionStore store, Consumer<Set<SessionId>> ended) {
        this.store = store;
        this.ended = ended;
        keeper = new SessionKeeper(store, ended);
    }

    /// The session if the caller may use it, revived if need be. Those that may not be used are indistinguishable: not owned,
    /// unknown and expired all take the same two queries. An id that was not minted here is not looked up, so a handle opens nothing,
    /// even if it is in the same store.
    Optional<Session> find(SessionId id, Owner caller) {
        if (!id.isRandom()) return Optional.empty();
        var found = store.find(id).filter(session -> session.isOpenTo(caller));
        return found.isPresent() || caller.isAnonymous() ? found : store.revive(id, caller);
    }

    /// Ends a session's provisional life at its first use: it may be over before the keeper's next tick.
    void used(Session session) {
        if (session.provisional()) store.touch(session.id());
    }

    /// Touches a session and asks for it once more.
    ///
    /// @return the session as it is after that, or empty if it is not alive
    Optional<Session> touched(SessionId id) {
        return store.touch(id) ? store.find(id) : Optional.empty();
    }

    SessionKeeper.Hold hold(SessionId id) {
        return keeper.hold(id);
    }

    /// Mints a session. A full owner loses another one for it, and is refused only if others are quicker to take the place.
    CreateResult mint(Owner owner, Client client) {
        var result = store.create(SessionId.random(), owner, client);
        for (var evictions = 0; result instanceof CreateResult.OwnerFull && evictions < EVICTIONS_PER_MINT; evictions++) {
            store.list(owner).stream().min(leastMissedFirst()).ifPresent(this::evict);
            result = store.create(SessionId.random(), owner, client);
        }
        if (!(result instanceof CreateResult.Created)) refused(owner, result);
        return result;
    }

    /// First those that were never used, then idle ones, last those with a call or a stream under way; of each sort the one that was
    /// used least recently. The store knows that to the minute, and the keeper exactly, for what was used here of late.
    private Comparator<Session> leastMissedFirst() {
        return Comparator.<Session, Boolean>comparing(session -> keeper.isHeld(session.id()))
                .thenComparing(session -> !session.provisional())
                .thenComparing(session -> keeper.unusedFor(session.id()), Comparator.comparing(
                        unused -> unused.orElse(LONG_AGO), Comparator.reverseOrder()))
                .thenComparing(Session::lastActiveAt);
    }

    private void evict(Session session) {
        if (!delete(session.id())) return;
        evicted.increment();
        if (evictionLog.isDue()) {
            LOG.log(WARNING, () -> "owner " + session.owner() + " must have at most " + store.policy().maxSessionsPerOwner()
                    + " sessions: removed " + session.id() + " for a new one; " + evicted.sum() + " removed so far");
        }
    }

    private void refused(Owner owner, CreateResult why) {
        refused.increment();
        if (!refusalLog.isDue()) return;
        var rule = why instanceof CreateResult.StoreFull
                ? "store must hold at most " + store.policy().maxSessions() + " sessions"
                : "owner " + owner + " must have at most " + store.policy().maxSessionsPerOwner() + " sessions";
        LOG.log(WARNING, () -> rule + ": answered 503 to an initialize; " + refused.sum() + " refused so far");
    }

    /// How many sessions went because their owner had too many.
    long evicted() {
        return evicted.sum();
    }

    /// How many sessions were not minted because there were too many.
    long refused() {
        return refused.sum();
    }

    /// Removes a session that the caller may use. An expired one goes too, though the answer is that there is none: after a log-out
    /// it must not be revived.
    boolean delete(SessionId id, Owner caller) {
        if (!id.isRandom() || !store.delete(id, caller)) return false;
        ended.accept(Set.of(id));
        return true;
    }

    boolean delete(SessionId id) {
        var deleted = store.delete(id);
        ended.accept(Set.of(id));
        return deleted;
    }

    /// Removes all sessions of an owner. Their streams are the caller's to end, with all others of that owner.
    int deleteAll(Owner owner) {
        return store.deleteAll(owner).size();
    }

    /// Counts a failure of the store, and logs it once a minute: a store that is away fails every request.
    void failed(String what, SessionStoreException failure) {
        failures.increment();
        if (log.isDue()) {
            LOG.log(WARNING, () -> "session store failed, " + what + "; " + failures.sum() + " failures so far", failure);
        }
    }

    long failures() {
        return failures.sum() + keeper.failures();
    }

    @Override
    public void close() {
        keeper.close();
    }
}
