package dev.mcpsession.memory;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/// Finds out who has expired, without being asked for a session by name, and makes room in a full store. Safe for use by
/// many threads: one sweep at a time, so that a session which one sweep is looking at is not missed by another. Requests
/// do not wait for a sweep, except a create that finds the store full.
///
/// A session's end is reported once, by whichever sweep meets it in the living line of the buckets; until it is asked for,
/// its id is remembered here. Who never asks is told of the newest ends only, as many as the store may hold sessions.
final class ExpirySweep {

    private final SessionPolicy policy;
    private final SessionTable sessions;
    private final ExpiryBuckets buckets;
    private SequencedMap<SessionId, Boolean> ended = new LinkedHashMap<>(); // and whether it is gone for ever

    ExpirySweep(SessionPolicy policy, SessionTable sessions, ExpiryBuckets buckets) {
        this.policy = policy;
        this.sessions = sessions;
        this.buckets = buckets;
    }

    /// Sweeps.
    ///
    /// @return who has expired since the last call and is not alive again
    synchronized Set<SessionId> endedBy(long now) {
        sweep(now);
        var next = new LinkedHashMap<SessionId, Boolean>();
        ended.entrySet().removeIf(entry -> !entry.getValue() && isAlive(entry.getKey(), now));
        var answer = ended.keySet();
        ended = next; // last: if anything fails before, the next call answers it all
        return answer;
    }

    /// Sweeps; if that was not enough, drops the expired session whose revival would end first.
    ///
    /// @return whether the store was not full for a moment
    synchronized boolean makeRoom(long now) {
        sweep(now);
        return !sessions.isFull() || dropOldestExpired() || !sessions.isFull();
    }

    private void sweep(long now) {
        for (var due = buckets.pollLiving(now); due != null; due = buckets.pollLiving(now)) {
            var life = sessions.lifeAt(due, now);
            if (life > 0) buckets.watch(due, now);
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
        // Who was deleted before it could be kept is in no bucket, so its place must be free before anybody looks.
        return session.life() == SessionEntry.GONE && sessions.removeExpired(session);
    }

    private boolean dropOldestExpired() {
        for (var next = buckets.pollExpired(Long.MAX_VALUE); next != null; next = buckets.pollExpired(Long.MAX_VALUE)) {
            if (sessions.removeExpired(next)) return true;
        }
        return false;
    }

    private boolean isAlive(SessionId id, long now) {
        var session = sessions.get(id);
        return session != null && sessions.isAlive(session, now);
    }
}
