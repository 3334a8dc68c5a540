package dev.mcpsession.memory;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// The sessions of one store: by id, by owner, and by the time to examine them again. Every change of a session's life happens here.
/// Thread-safe.
final class SessionTable {

    // Both limits are exact. A session is counted and published under its owner's lock, so one that its owner's limit rejects never
    // takes a place. An owner's session counts only while it is alive, even if no thread has noticed yet that it has expired.
    //
    // Locks, each taken only inside those before it: the sweep's, an owner's, the buckets' or a bin's of the map. The frequent
    // operations get, lifeAt and touch take none.

    private final SessionPolicy policy;
    private final ConcurrentHashMap<SessionId, SessionEntry> byId = new ConcurrentHashMap<>();
    private final OwnerIndex owners;
    private final ExpiryBuckets buckets;
    private final AtomicInteger held = new AtomicInteger();
    private final LongAdder live = new LongAdder();

    SessionTable(SessionPolicy policy, OwnerIndex owners, ExpiryBuckets buckets) {
        this.policy = policy;
        this.owners = owners;
        this.buckets = buckets;
    }

    SessionEntry get(SessionId id) {
        return byId.get(id);
    }

    Collection<SessionEntry> all() {
        return byId.values();
    }

    List<SessionEntry> ofAuthenticated(Owner owner) {
        return owners.locked(owner, ArrayList::new);
    }

    CreateResult admit(SessionEntry session, long now) {
        return owners.locked(session.owner(), owned -> admit(session, owned, now));
    }

    private CreateResult admit(SessionEntry session, List<SessionEntry> owned, long now) {
        if (!hasRoom(owned, now)) return new CreateResult.OwnerFull();
        if (!takePlace()) return new CreateResult.StoreFull();
        var created = session.snapshot(session.life());
        if (byId.putIfAbsent(session.id(), session) != null) {
            held.decrementAndGet();
            throw new IllegalArgumentException("session id must be new: " + session.id());
        }
        live.increment();
        OwnerIndex.add(owned, session);
        buckets.schedule(session, now);
        return new CreateResult.Created(created);
    }

    private boolean hasRoom(List<SessionEntry> owned, long now) {
        var max = policy.maxSessionsPerOwner();
        return owned.size() < max || owned.stream().filter(session -> isAlive(session, now)).limit(max).count() < max;
    }

    private boolean takePlace() {
        var max = policy.maxSessions();
        return held.getAndUpdate(count -> Math.min(count + 1, max)) < max;
    }

    boolean isFull() {
        return held.get() >= policy.maxSessions();
    }

    /// {@return the life of a session, marked as expired if it has expired; no other code detects this}
    long lifeAt(SessionEntry session, long now) {
        var life = session.life();
        while (life > 0 && SessionEntry.expiresAt(life) <= now) {
            if (session.changeLife(life, -life)) live.decrement();
            life = session.life();
        }
        return life;
    }

    boolean isAlive(SessionEntry session, long now) {
        return lifeAt(session, now) > 0;
    }

    boolean touch(SessionEntry session, long now) {
        for (var life = lifeAt(session, now); life > 0; life = lifeAt(session, now)) {
            if (session.changeLife(life, session.lifeAfterTouch(life, now, policy))) {
                session.activeAt(now);
                return true;
            }
        }
        return false;
    }

    /// Touches a session that is alive; revives one that is not if its owner has room for one more.
    boolean revive(SessionEntry session, long now) {
        return touch(session, now) || owners.locked(session.owner(), owned -> revive(session, owned, now));
    }

    private boolean revive(SessionEntry session, List<SessionEntry> owned, long now) {
        if (touch(session, now)) return true; // another thread was first
        var life = session.life();
        if (!session.isRevivable(life, now, policy) || !hasRoom(owned, now)) return false;
        if (!session.changeLife(life, session.lifeAfterTouch(life, now, policy))) return false; // it was removed
        session.activeAt(now);
        live.increment();
        buckets.schedule(session, now);
        return true;
    }

    /// {@return whether this call removed the session, and it was alive}
    boolean remove(SessionEntry session, long now) {
        var life = session.end();
        if (life == SessionEntry.GONE) return false;
        if (life > 0) live.decrement();
        // In this order, so that a thread that misses the session in the buckets, or by its id, finds its place free.
        leavePlace(session);
        buckets.remove(session);
        byId.remove(session.id(), session);
        return life > 0 && SessionEntry.expiresAt(life) > now;
    }

    /// Removes an expired session that was polled from the buckets, unless it was revived. If another thread is removing it, waits until
    /// that is done: otherwise a create that looks for room would find neither the session nor its place. If it was revived and has
    /// expired again meanwhile, it is back in a bucket that is due, where the sweep will find it gone.
    ///
    /// @return whether it is gone
    boolean removeExpired(SessionEntry session) {
        var life = session.life();
        if (SessionEntry.isExpired(life) && session.changeLife(life, SessionEntry.GONE)) {
            leavePlace(session);
            byId.remove(session.id(), session);
        }
        while (session.life() == SessionEntry.GONE && byId.get(session.id()) == session) Thread.yield();
        return session.life() == SessionEntry.GONE;
    }

    private void leavePlace(SessionEntry session) {
        owners.remove(session);
        held.decrementAndGet();
    }

    /// Takes all sessions from an owner in one step, for the caller to remove. Sessions that are created later stay.
    List<SessionEntry> takeAll(Owner owner) {
        return owners.removeAll(owner);
    }

    long liveCount() {
        return live.sum();
    }

    int heldCount() {
        return held.get();
    }
}
