package dev.mcpsession.memory;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.json.Json;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;

/// One session in memory. Thread-safe.
///
/// Its *life* is one word that only compare-and-set changes, so a thread that read an older word loses:
///
/// | word     | meaning                                                                 |
/// |----------|-------------------------------------------------------------------------|
/// | positive | alive until a moment                                                    |
/// | negative | that moment, negated: found expired, and kept because it may be revived |
/// | [#GONE]  | removed; no other word ever follows                                     |
///
/// The lowest bit is set once the session has been touched; the other bits are the moment in epoch milliseconds. With two words, a
/// touch that had moved the expiry but not yet set the bit would leave a session that is both in use and provisional.
final class SessionEntry extends Link {

    static final long GONE = Long.MIN_VALUE;

    private static final VarHandle LIFE = field("life", long.class);
    private static final VarHandle LAST_ACTIVE_AT = field("lastActiveAt", long.class);
    private static final VarHandle STATE = field("state", State.class);

    private final SessionId id;
    private final Owner owner;
    private final Client client;
    private final long createdAt;
    private volatile long life;
    private volatile State state = State.NEW;
    private long lastActiveAt;

    /// The session's index in its owner's list; guarded by that owner's lock.
    int ownerSlot;

    /// The application's state and the number of its changes, replaced together.
    record State(Json.Obj value, long version) {
        static final State NEW = new State(Json.obj(), 0);

        State changedTo(Json.Obj next) {
            return new State(next, version + 1);
        }
    }

    SessionEntry(SessionId id, Owner owner, Client client, long now, SessionPolicy policy) {
        this.id = id;
        this.owner = owner;
        this.client = client;
        createdAt = now;
        lastActiveAt = now;
        life = policy.firstExpiry(Instant.ofEpochMilli(now)).toEpochMilli() << 1;
    }

    static long expiresAt(long life) {
        return Math.abs(life) >> 1;
    }

    static boolean isExpired(long life) {
        return life < 0 && life != GONE;
    }

    static boolean isProvisional(long life) {
        return (life & 1) == 0;
    }

    SessionId id() {
        return id;
    }

    Owner owner() {
        return owner;
    }

    long life() {
        return life;
    }

    boolean changeLife(long from, long to) {
        return LIFE.compareAndSet(this, from, to);
    }

    /// {@return the life that this call replaced with [#GONE]; only one caller gets another value than [#GONE]}
    long end() {
        return (long) LIFE.getAndSet(this, GONE);
    }

    /// {@return the life after a touch, which never ends sooner than before, even if the clock went back}
    long lifeAfterTouch(long from, long now, SessionPolicy policy) {
        var expiry = policy.expiryAfterTouch(Instant.ofEpochMilli(createdAt), Instant.ofEpochMilli(now)).toEpochMilli();
        return Math.max(expiry, expiresAt(from)) << 1 | 1;
    }

    /// {@return the first moment at which the expired session can no longer be revived; its expiry if it never could}
    long revivableUntil(long life, SessionPolicy policy) {
        var expiry = expiresAt(life);
        if (isProvisional(life) || owner.isAnonymous()) return expiry;
        return Math.min(expiry + policy.revivalWindow().toMillis(), createdAt + policy.maxAge().toMillis());
    }

    boolean isRevivable(long life, long now, SessionPolicy policy) {
        return isExpired(life) && now < revivableUntil(life, policy);
    }

    void activeAt(long now) {
        LAST_ACTIVE_AT.setOpaque(this, now); // no decision depends on it, so it needs no ordering
    }

    State state() {
        return state;
    }

    boolean changeState(State from, State to) {
        return STATE.compareAndSet(this, from, to);
    }

    Session snapshot(long life) {
        return snapshot(life, state);
    }

    Session snapshot(long life, State state) {
        return new Session(
                id,
                owner,
                client,
                Instant.ofEpochMilli(createdAt),
                Instant.ofEpochMilli((long) LAST_ACTIVE_AT.getOpaque(this)),
                Instant.ofEpochMilli(expiresAt(life)),
                isProvisional(life),
                state.value(),
                state.version());
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(SessionEntry.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
