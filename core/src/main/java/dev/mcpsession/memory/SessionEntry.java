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

/// One session as [InMemorySessionStore] holds it. Safe for use by many threads.
///
/// Its *life* is one word, changed by compare-and-set alone, so that whoever read an older one loses:
///
/// | word         | meaning                                                                        |
/// |--------------|--------------------------------------------------------------------------------|
/// | positive     | alive until a moment                                                           |
/// | negative     | the same negated: found expired; kept, since its owner may revive it           |
/// | [#GONE]      | removed; no word ever follows                                                  |
///
/// The word's lowest bit says whether the session was used since it was minted, the others are the moment in epoch
/// milliseconds. Two words would not do: a touch that has moved the expiry and not yet said so would leave a session that
/// is in use and provisional.
final class SessionEntry extends ExpiryBuckets.Link {

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

    /// Where this session is in its owner's list; guarded by that owner's lock in [OwnerIndex].
    int ownerSlot;

    /// What the application keeps, and how often that was changed: replaced together.
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

    /// The rule of [Session#isOpenTo].
    boolean isOpenTo(Owner caller) {
        return owner.isAnonymous() || owner.equals(caller);
    }

    long life() {
        return life;
    }

    boolean changeLife(long from, long to) {
        return LIFE.compareAndSet(this, from, to);
    }

    /// Removes the session for ever.
    ///
    /// @return its life until now; to one caller only this is not [#GONE]
    long end() {
        return (long) LIFE.getAndSet(this, GONE);
    }

    /// The life that follows when the session is used: it never ends sooner than it did, even if the clock went back.
    long lifeAfterTouch(long from, long now, SessionPolicy policy) {
        var expiry = policy.expiryAfterTouch(Instant.ofEpochMilli(createdAt), Instant.ofEpochMilli(now)).toEpochMilli();
        return Math.max(expiry, expiresAt(from)) << 1 | 1;
    }

    /// The first moment at which the expired session cannot be revived any more; its expiry if nobody ever could.
    long revivableUntil(long life, SessionPolicy policy) {
        var expiry = expiresAt(life);
        if (isProvisional(life) || owner.isAnonymous()) return expiry;
        return Math.min(expiry + policy.revivalWindow().toMillis(), createdAt + policy.maxAge().toMillis());
    }

    boolean isRevivable(long life, long now, SessionPolicy policy) {
        return isExpired(life) && now < revivableUntil(life, policy);
    }

    /// Notes when the session was used. Nothing is decided by it, so it need not be ordered with anything.
    void activeAt(long now) {
        LAST_ACTIVE_AT.setOpaque(this, now);
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
