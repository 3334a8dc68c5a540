package dev.mcpsession.http;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.stream.Collectors.toMap;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.BroadcasterStats;
import dev.mcpsession.http.HandlerStats.BroadcasterTask;
import dev.mcpsession.http.HandlerStats.SessionEnd;
import dev.mcpsession.http.HandlerStats.StoreTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/// An endpoint's sessions, which end together with their streams. Thread-safe.
final class Sessions implements AutoCloseable {

    static final System.Logger LOG = System.getLogger(Sessions.class.getName());
    private static final BroadcasterStats NO_EVENTS = new BroadcasterStats(0, 0, 0, 0, 0, 0);
    private static final int EVICTIONS_PER_CREATE = 3;
    private static final Duration LONG_AGO = Duration.ofDays(1_000_000);

    private final SessionStore store;
    private final Broadcaster broadcaster; // null: there are no streams to end
    private final SessionKeeper keeper;
    private final FailureLog storeFailures = new FailureLog(LOG, WARNING);
    private final FailureLog broadcasterFailures = new FailureLog(LOG, WARNING);
    private final Counts<BroadcasterTask> broadcasterFailed = new Counts<>(BroadcasterTask.class);
    private final FailureLog evictions = new FailureLog(LOG, WARNING);
    private final LongAdder created = new LongAdder();
    private final LongAdder revived = new LongAdder();
    private final Counts<SessionEnd> ended = new Counts<>(SessionEnd.class);
    private final Durations duration = Durations.ofLives();
    private final FailureLog refusals = new FailureLog(LOG, WARNING);

    Sessions(SessionStore store, Broadcaster broadcaster) {
        this.store = store;
        this.broadcaster = broadcaster;
        keeper = new SessionKeeper(store, this::endStreams);
    }

    /// Finds a session that the caller may use, and revives it if it has expired. All others are indistinguishable: another owner's,
    /// unknown and expired sessions take the same two calls. An id that is not random is not looked up, so a handle in the same store
    /// opens nothing.
    Optional<Session> find(SessionId id, Owner caller) {
        if (!id.isRandom()) return Optional.empty();
        return store.find(id).filter(session -> session.isOpenTo(caller)).or(() -> revive(id, caller));
    }

    private Optional<Session> revive(SessionId id, Owner caller) {
        var session = store.revive(id, caller);
        if (session.isPresent()) revived.increment();
        return session;
    }

    /// Ends a session's provisional time at its first use, because the keeper's next tick may come too late.
    void used(Session session) {
        if (session.provisional()) store.touch(session.id());
    }

    /// {@return the session after a touch, or empty if it is not alive}
    Optional<Session> touched(SessionId id) {
        return store.touch(id) ? store.find(id) : Optional.empty();
    }

    SessionHolds.Hold hold(SessionId id) {
        return keeper.hold(id);
    }

    /// Creates a session. If the owner has too many, another one of its sessions is removed first. The owner is refused only if concurrent
    /// requests take the free place each time.
    CreateResult create(Owner owner, Client client) {
        var result = store.create(SessionId.random(), owner, client);
        for (var evictions = 0; result instanceof CreateResult.OwnerFull && evictions < EVICTIONS_PER_CREATE; evictions++) {
            store.list(owner).stream().min(leastMissedFirst()).ifPresent(this::evict);
            result = store.create(SessionId.random(), owner, client);
        }
        if (result instanceof CreateResult.Created(var session)) {
            created.increment();
            JfrEvents.created(session);
        } else {
            logRefusal(owner, result);
        }
        return result;
    }

    // Sessions that were never used, then idle ones, then those with a call or a stream in progress; within each the least recently
    // used first. The store knows the last use to the minute; the keeper knows it exactly, if it was recent and in this process.
    private Comparator<Session> leastMissedFirst() {
        return Comparator.<Session, Boolean>comparing(session -> keeper.isHeld(session.id()))
                .thenComparing(session -> !session.provisional())
                .thenComparing(session -> keeper.unusedFor(session.id()).orElse(LONG_AGO), Comparator.reverseOrder())
                .thenComparing(Session::lastActiveAt);
    }

    private void evict(Session session) {
        if (!delete(session.id(), SessionEnd.EVICTED)) return;
        evictions.add(total -> "owner " + session.owner() + " must have at most " + store.policy().maxSessionsPerOwner()
                + " sessions: removed " + session.id() + " for a new one; " + total + " removed so far");
    }

    private void logRefusal(Owner owner, CreateResult why) {
        var rule = why instanceof CreateResult.StoreFull
                ? "store must hold at most " + store.policy().maxSessions() + " sessions"
                : "owner " + owner + " must have at most " + store.policy().maxSessionsPerOwner() + " sessions";
        refusals.add(total -> rule + ": answered 503 to an initialize; " + total + " refused so far");
    }

    /// Deletes a session that the caller may use. An expired one is deleted as well, so that it cannot be revived after a log-out, although
    /// the result is that there is none.
    boolean delete(SessionId id, Owner caller) {
        if (!id.isRandom()) return false;
        var session = store.find(id);
        if (!store.delete(id, caller)) return false;
        ended(id, session, SessionEnd.DELETED);
        endStreams(Set.of(id));
        return true;
    }

    boolean delete(SessionId id, SessionEnd cause) {
        var session = store.find(id);
        var deleted = store.delete(id);
        if (deleted) ended(id, session, cause);
        endStreams(Set.of(id));
        return deleted;
    }

    private void ended(SessionId id, Optional<Session> session, SessionEnd cause) {
        ended.add(cause);
        var age = session.map(it -> Duration.between(it.createdAt(), Instant.now())).filter(it -> !it.isNegative());
        age.ifPresent(it -> duration.add(it.toNanos()));
        JfrEvents.ended(id, session.map(Session::owner).orElse(null), cause, age.orElse(null));
    }

    /// Deletes a session that is no longer needed. If the store fails, the session expires.
    void deleteQuietly(SessionId id, SessionEnd cause) {
        try {
            delete(id, cause);
        } catch (SessionStoreException e) {
            failed(StoreTask.DELETE, "leaving session " + id + " to expire by itself", e);
        }
    }

    /// Deletes a session in a new thread, because a stream's thread must not wait for the store.
    void deleteLater(SessionId id) {
        Thread.ofVirtual().start(() -> deleteQuietly(id, SessionEnd.MESSAGE_LOST));
    }

    /// Deletes all sessions of an owner, and ends all the owner's streams.
    int deleteAll(Owner owner) {
        var sessions = owner.isAnonymous() ? Map.<SessionId, Session>of()
                : store.list(owner).stream().collect(toMap(Session::id, session -> session));
        var deleted = store.deleteAll(owner);
        for (var id : deleted) ended(id, Optional.ofNullable(sessions.get(id)), SessionEnd.LOGGED_OUT);
        if (broadcaster != null) broadcaster.endOwner(owner);
        return deleted.size();
    }

    // Does not throw if the broadcaster fails: the sessions have ended, and the keeper reports each one again while a stream holds it.
    private void endStreams(Set<SessionId> ended) {
        if (broadcaster == null) return;
        try {
            broadcaster.endSessions(ended);
        } catch (BroadcasterException e) {
            failed(BroadcasterTask.END, "the streams of " + ended.size() + " ended sessions end later", e);
        }
    }

    void failed(StoreTask task, String what, SessionStoreException failure) {
        keeper.failed().add(task);
        storeFailures.add(1, total -> "session store failed, " + what + "; " + total + " failures so far", failure);
    }

    void failed(BroadcasterTask task, String what, BroadcasterException failure) {
        broadcasterFailed.add(task);
        broadcasterFailures.add(1, total -> "broadcaster failed, " + what + "; " + total + " failures so far", failure);
    }

    Map<StoreTask, Long> storeFailed() {
        return keeper.failed().current();
    }

    Map<BroadcasterTask, Long> broadcasterFailed() {
        return broadcasterFailed.current();
    }

    boolean storeAnswers() {
        return keeper.answers();
    }

    HandlerStats.OfSessions stats() {
        var ends = ended.current();
        ends.put(SessionEnd.EXPIRED, keeper.expired());
        return new HandlerStats.OfSessions(keeper.inUse(), created.sum(), revived.sum(), ends, duration.current(), keeper.counts());
    }

    BroadcasterStats events() {
        return broadcaster == null ? NO_EVENTS : broadcaster.stats();
    }

    @Override
    public void close() {
        keeper.close();
    }
}
