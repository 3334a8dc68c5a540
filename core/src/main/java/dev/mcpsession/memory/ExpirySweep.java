package dev.mcpsession.memory;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/// Finds expired sessions and makes room in a full store. Thread-safe: one sweep runs at a time, so that no sweep misses a session that
/// another one is examining. Only a create that finds the store full waits for a sweep.
///
/// The sweep that takes a session from the living line reports its end, and the id is remembered until [#endedBy] returns it. If that
/// is never called, only the newest ends are remembered, as many as the store may hold sessions.
final class ExpirySweep {

    private final SessionPolicy policy;
    private final SessionTable sessions;
    private final ExpiryBuckets buckets;
    private SequencedMap<SessionId, Boolean> ended = new LinkedHashMap<>(); // the value: whether the session is gone

    ExpirySweep(SessionPolicy policy, SessionTable sessions, ExpiryBuckets buckets) {
        this.policy = policy;
        this.sessions = sessions;
        this.buckets = buckets;
    }

    /// Sweeps, and returns the ids of sessions that expired since the last call and have not been revived.
    synchronized Set<SessionId> endedBy(long now) {
        sweep(now);
        var next = new LinkedHashMap<SessionId, Boolean>();
        ended.entrySet().removeIf(entry -> !entry.getValue() && isAlive(entry.getKey(), now));
        var result = ended.keySet();
        ended = next; // last: if anything before fails, the next call returns all of them
        return result;
    }

    /// Sweeps, and drops the expired session whose revival window ends first if that was not enough.
    ///
    /// @return whether there was room at some moment
    synchronized boolean makeRoom(long now) {
        sweep(now);
        return !sessions.isFull() || dropOldestExpired() || !sessions.isFull();
    }

    private void sweep(long now) {
        for (var due = buckets.pollLiving(now); due != null; due = buckets.pollLiving(now)) {
            var life = sessions.lifeAt(due, now);
            if (life > 0) buckets.schedule(due, now);
            else if (SessionEntry.isExpired(life)) report(due, now);
            else sessions.removeExpired(due);
        }
        for (var due = buckets.pollExpired(now); due != null; due = buckets.pollExpired(now)) keepOrDrop(due, now);
    }

    private void report(SessionEntry session, long now) {
        ended.put(session.id(), keepOrDrop(session, now));
        if (ended.size() > policy.maxSessions()) ended.pollFirstEntry();
    }

    /// @return whether it is gone
    private boolean keepOrDrop(SessionEntry session, long now) {
        if (!session.isRevivable(session.life(), now, policy)) return sessions.removeExpired(session);
        buckets.keep(session, now);
        // A session that was deleted before it could be kept is in no bucket, so its place must be free before a thread looks for room.
        return session.life() == SessionEntry.GONE && sessions.removeExpired(session);
    }

    private boolean dropOldestExpired() {
        for (var next = buckets.pollOldestExpired(); next != null; next = buckets.pollOldestExpired()) {
            if (sessions.removeExpired(next)) return true;
        }
        return false;
    }

    private boolean isAlive(SessionId id, long now) {
        var session = sessions.get(id);
        return session != null && sessions.isAlive(session, now);
    }
}
