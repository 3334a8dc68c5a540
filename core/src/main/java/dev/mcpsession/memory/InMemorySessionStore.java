package dev.mcpsession.memory;

import static java.util.stream.Collectors.toSet;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.json.Json;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Keeps sessions in the memory of this JVM: they are lost when it ends. Thread-safe. The resolution of time is one millisecond.
///
/// A session that [#find] has not found comes back only by [#revive]. Neither `find` nor [#touch] takes a lock. A full store sweeps
/// before it rejects a session, then drops the expired session whose revival window ends first. Only such a [#create] may wait for a
/// sweep.
public final class InMemorySessionStore implements SessionStore {

    // A session's life is one word that only compare-and-set changes (SessionEntry). A thread that finds a session expired marks it and
    // leaves it in place; deleteExpired reports and removes it (ExpirySweep), guided by buckets (ExpiryBuckets). Rejected: sweeping on
    // each read, which turns reads into writes; an immutable session that each touch replaces in the map, at less than half the speed.

    private final SessionPolicy policy;
    private final InstantSource clock;
    private final SessionTable sessions;
    private final ExpirySweep sweep;

    /// Creates an empty store that uses the system's clock.
    ///
    /// @param policy how long sessions live and how many there may be
    public InMemorySessionStore(SessionPolicy policy) {
        this(policy, InstantSource.system());
    }

    /// Creates an empty store.
    ///
    /// @param policy how long sessions live and how many there may be
    /// @param clock  a clock after 1970; if it goes back, no session expires earlier
    public InMemorySessionStore(SessionPolicy policy, InstantSource clock) {
        this(policy, clock, new OwnerIndex(), new ExpiryBuckets(policy));
    }

    InMemorySessionStore(SessionPolicy policy, InstantSource clock, OwnerIndex owners, ExpiryBuckets buckets) {
        this.policy = policy;
        this.clock = Objects.requireNonNull(clock, "clock");
        sessions = new SessionTable(policy, owners, buckets);
        sweep = new ExpirySweep(policy, sessions, buckets);
    }

    @Override
    public SessionPolicy policy() {
        return policy;
    }

    @Override
    public CreateResult create(SessionId id, Owner owner, Client client) {
        Objects.requireNonNull(client, "client");
        while (true) {
            var now = clock.millis();
            var result = sessions.admit(new SessionEntry(id, owner, client, now, policy), now);
            if (!(result instanceof CreateResult.StoreFull) || !sweep.makeRoom(now)) return result;
        }
    }

    @Override
    public Optional<Session> find(SessionId id) {
        var session = sessions.get(id);
        return session == null ? Optional.empty() : ifAlive(session, clock.millis());
    }

    private Optional<Session> ifAlive(SessionEntry session, long now) {
        var life = sessions.lifeAt(session, now);
        return life > 0 ? Optional.of(session.snapshot(life)) : Optional.empty();
    }

    @Override
    public boolean touch(SessionId id) {
        var session = sessions.get(id);
        return session != null && sessions.touch(session, clock.millis());
    }

    @Override
    public Set<SessionId> keepAlive(Collection<SessionId> ids) {
        return ids.stream().filter(this::touch).collect(toSet());
    }

    @Override
    public Optional<Session> revive(SessionId id, Owner owner) {
        var session = sessions.get(id);
        if (session == null || owner.isAnonymous() || !session.owner().equals(owner)) return Optional.empty();
        var now = clock.millis();
        return sessions.revive(session, now) ? ifAlive(session, now) : Optional.empty();
    }

    @Override
    public boolean delete(SessionId id) {
        var session = sessions.get(id);
        return session != null && sessions.remove(session, clock.millis());
    }

    @Override
    public boolean delete(SessionId id, Owner caller) {
        var session = sessions.get(id);
        return session != null && session.owner().isOpenTo(caller) && sessions.remove(session, clock.millis());
    }

    @Override
    public Optional<Session> updateState(SessionId id, Json.Obj patch) {
        Objects.requireNonNull(patch, "patch");
        return updateState(id, state -> state.merged(patch));
    }

    @Override
    public Optional<Session> updateState(SessionId id, UnaryOperator<Json.Obj> change) {
        Objects.requireNonNull(change, "change");
        var session = sessions.get(id);
        if (session == null) return Optional.empty();
        while (sessions.isAlive(session, clock.millis())) {
            var before = session.state();
            var after = before.changedTo(requireFits(change.apply(before.value())));
            var life = sessions.lifeAt(session, clock.millis()); // again, because the change may have taken a while
            if (life > 0 && session.changeState(before, after)) return Optional.of(session.snapshot(life, after));
        }
        return Optional.empty();
    }

    private Json.Obj requireFits(Json.Obj state) {
        var bytes = Objects.requireNonNull(state, "state").toUtf8().length;
        if (bytes > policy.maxStateBytes()) throw new StateTooLargeException(policy.maxStateBytes(), bytes);
        return state;
    }

    @Override
    public List<Session> list() {
        return alive(sessions.all());
    }

    @Override
    public List<Session> list(Owner owner) {
        if (!owner.isAnonymous()) return alive(sessions.ofAuthenticated(owner));
        return list().stream().filter(session -> session.owner().isAnonymous()).toList();
    }

    private List<Session> alive(Collection<SessionEntry> among) {
        var now = clock.millis();
        return among.stream().flatMap(session -> ifAlive(session, now).stream()).toList();
    }

    @Override
    public Set<SessionId> deleteAll(Owner owner) {
        if (owner.isAnonymous()) throw new IllegalArgumentException("owner must not be anonymous");
        var now = clock.millis();
        return sessions.takeAll(owner).stream()
                .filter(session -> sessions.remove(session, now))
                .map(SessionEntry::id)
                .collect(toSet());
    }

    @Override
    public Set<SessionId> deleteExpired() {
        return sweep.endedBy(clock.millis());
    }

    @Override
    public long liveCount() {
        return sessions.liveCount();
    }

    @Override
    public long heldCount() {
        return sessions.heldCount();
    }

    /// Does nothing: there is no background work.
    @Override
    public void close() {}
}
