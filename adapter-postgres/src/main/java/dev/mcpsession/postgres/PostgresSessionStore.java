package dev.mcpsession.postgres;

import static java.util.stream.Collectors.toSet;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.json.Json;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Gatherers;
import javax.sql.DataSource;

/// Sessions in a Postgres database, shared by all replicas that have a store on it. Safe for use by many threads; counts time
/// in microseconds, by the database's clock alone. The tables are [PostgresSchema]'s.
///
/// Each operation is one statement that changes a row only if the rules still hold when it has the row's lock, so two
/// replicas never both win. What a [find][#find] has called dead comes back by [#revive] alone, unless it was asked while a
/// touch was being committed at the very moment of the expiry.
///
/// Several replicas may serve one session, and each touches it once in a [SessionPolicy#touchInterval()]. So
/// [#keepAlive] leaves alone whom somebody has touched within the last interval, and a session may expire up to two
/// intervals early.
///
/// A session that another transaction has locked is passed over by [#keepAlive] and [#deleteExpired], until the next time;
/// [#deleteAll] fails as a whole rather than leave one out.
///
/// Nobody waits for long: a second for a connection, another one for other transactions, and 1.6 s if the database is silent.
/// Connections must lead to the primary, and have the isolation level "read committed", which is Postgres' default.
public final class PostgresSessionStore implements SessionStore {

    private static final int BATCH = 1_000;
    private static final int LONGEST_RACE = 1_000;
    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,31}"); // stands in statements as it is

    private final SessionPolicy policy;
    private final PolicySql sql;
    private final Database database;
    private final SessionSweep sweep;
    private final Runnable closing;

    /// Makes the store of an endpoint's sessions. Nothing is asked of the database yet.
    ///
    /// @param source where connections come from; stays the caller's to close
    /// @param policy how long sessions live and how many there may be; should be the same for all replicas
    public PostgresSessionStore(DataSource source, SessionPolicy policy) {
        this(source, policy, SESSIONS);
    }

    /// Makes a store for one kind of sessions: it has nothing to do with those of other kinds in the same tables. Nothing is asked
    /// of the database yet.
    ///
    /// Sessions of a kind for which no store is opened any more stay in `mcp_session` until they are deleted there by hand.
    ///
    /// @param source where connections come from; stays the caller's to close
    /// @param policy how long sessions live and how many there may be; should be the same for all stores of this kind
    /// @param kind   such as `cart`: a lower-case letter, then up to 31 of those, digits, underscores and hyphens
    /// @throws IllegalArgumentException if the kind is anything else
    public PostgresSessionStore(DataSource source, SessionPolicy policy, String kind) {
        this(new Database(Objects.requireNonNull(source, "source")), policy, kind, () -> {});
    }

    /// @param closing what else to close with this store
    PostgresSessionStore(Database database, SessionPolicy policy, String kind, Runnable closing) {
        if (!KIND.matcher(kind).matches()) throw new IllegalArgumentException("kind must match " + KIND + ": " + kind);
        this.closing = closing;
        this.policy = Objects.requireNonNull(policy, "policy");
        this.database = database;
        sql = new PolicySql(policy, kind);
        sweep = new SessionSweep(database, sql);
    }

    @Override
    public SessionPolicy policy() {
        return policy;
    }

    // Taken by a statement of its own, so that the next one sees what those before it have done.
    private static final String LOCK_OWNER = "select pg_advisory_xact_lock('mcp_session'::regclass::integer, hashtext(?));\n";

    static final String CREATE = """
            with owned as (
                select count(*) < {max_sessions_per_owner} as has_room
                from mcp_session where {mine} and owner = ? and owner <> '' and {alive}
            ), place as (
                select from mcp_session_total
                where {mine} and (select has_room from owned) and held < {max_sessions}
                for update
            ), created as (
                insert into mcp_session
                    (kind, id, owner, protocol_version, client_name, capabilities, created_at, last_active_at, expires_at, due_at)
                select {kind}, ?, ?, ?, ?, ?, now(), now(), {first_expiry}, {first_expiry} from place
                on conflict (id, kind) do nothing
                returning {columns}
            )
            select owned.has_room, exists(select from place) as has_place, created.* from owned left join created on true
            """;

    @Override
    public CreateResult create(SessionId id, Owner owner, Client client) {
        for (int race = 0; ; race++) {
            var result = createIfRoom(id, owner, client);
            if (!(result instanceof CreateResult.StoreFull) || race == LONGEST_RACE || !sweep.makeRoom()) return result;
        }
    }

    private CreateResult createIfRoom(SessionId id, Owner owner, Client client) {
        var name = Escaped.of(owner.value());
        return database.run("create session " + id, sql.of(LOCK_OWNER + CREATE), row -> {
            if (!row.getBoolean("has_room")) return new CreateResult.OwnerFull();
            if (!row.getBoolean("has_place")) return new CreateResult.StoreFull();
            if (row.getString("id") == null) throw new IllegalArgumentException("session id must be new: " + id);
            return new CreateResult.Created(SessionRow.read(row));
        }, name, name, id.value(), name, Escaped.of(client.protocolVersion()), Escaped.of(client.name()),
                client.capabilitiesJson()).getFirst();
    }

    static final String FIND = "select {columns} from mcp_session where id = ? and {mine} and {alive}";

    @Override
    public Optional<Session> find(SessionId id) {
        return first(database.run("find session " + id, sql.of(FIND), SessionRow::read, id.value()));
    }

    static final String TOUCH = """
            update mcp_session
            set expires_at = {next_expiry}, last_active_at = greatest(last_active_at, now()), provisional = false
            where id = ? and {mine} and {alive}
            returning id
            """;

    @Override
    public boolean touch(SessionId id) {
        return !database.run("touch session " + id, sql.of(TOUCH), _ -> id, id.value()).isEmpty();
    }

    // Waits for no lock: one session that another transaction has locked must not let all the others of its batch expire. It is alive,
    // and is touched at the next tick; and since no lock is waited for, the order of locks does not matter.
    private static final String KEEP_ALIVE = """
            with asked as (
                select id, provisional or last_active_at <= now() - {touch_interval} as stale
                from mcp_session where id = any(?) and {mine} and {alive}
            ), locked as (
                select id from mcp_session
                where id in (select id from asked where stale) and {mine} and {alive}
                for no key update skip locked
            ), touched as (
                update mcp_session kept
                set expires_at = {next_expiry}, last_active_at = greatest(last_active_at, now()), provisional = false
                from locked where kept.id = locked.id and {mine}
            )
            select id from asked
            """;

    @Override
    public Set<SessionId> keepAlive(Collection<SessionId> ids) {
        return ids.stream().distinct().gather(Gatherers.windowFixed(BATCH))
                .flatMap(batch -> database.run("keep " + batch.size() + " sessions alive", sql.of(KEEP_ALIVE),
                        row -> new SessionId(row.getString("id")), (Object) values(batch)).stream())
                .collect(toSet());
    }

    static final String REVIVE = """
            update mcp_session revived
            set expires_at = {next_expiry}, last_active_at = greatest(last_active_at, now()), provisional = false,
                ended = false, due_at = case when ended then {next_expiry} else due_at end
            where id = ? and {mine} and owner = ? and owner <> '' and ({alive} or not provisional
                and clock_timestamp() < {revivable_until}
                and (select count(*) from mcp_session where {mine} and owner = revived.owner and owner <> '' and {alive})
                    < {max_sessions_per_owner})
            returning {columns}
            """;

    @Override
    public Optional<Session> revive(SessionId id, Owner owner) {
        if (owner.isAnonymous()) return Optional.empty();
        var name = Escaped.of(owner.value());
        return first(database.run(
                "revive session " + id, sql.of(LOCK_OWNER + REVIVE), SessionRow::read, name, id.value(), name));
    }

    static final String DELETE = "delete from mcp_session where id = ? and {mine} returning {alive} as alive";

    @Override
    public boolean delete(SessionId id) {
        return database.run("delete session " + id, sql.of(DELETE), row -> row.getBoolean("alive"), id.value())
                .contains(true);
    }

    static final String DELETE_OPEN =
            "delete from mcp_session where id = ? and {mine} and (owner = '' or owner = ?) returning {alive} as alive";

    @Override
    public boolean delete(SessionId id, Owner caller) {
        return database.run("delete session " + id, sql.of(DELETE_OPEN), row -> row.getBoolean("alive"),
                id.value(), Escaped.of(caller.value())).contains(true);
    }

    private static final String MERGE = """
            update mcp_session
            set state = (state || ?::jsonb) - ?::text[], state_version = state_version + 1
            where id = ? and {mine} and {alive} and mcp_session_state_bytes((state || ?::jsonb) - ?::text[]) <= {max_state_bytes}
            returning {columns}
            """;

    private static final String MERGED_BYTES = """
            select mcp_session_state_bytes((state || ?::jsonb) - ?::text[]) as bytes from mcp_session
            where id = ? and {mine} and {alive}
            """;

    @Override
    public Optional<Session> updateState(SessionId id, Json.Obj patch) {
        patch.toUtf8(); // fails if it is nested too deeply
        var set = StoredState.set(patch);
        var removed = StoredState.removed(patch);
        for (int race = 0; race < LONGEST_RACE; race++) {
            var merged = database.run("update the state of session " + id, sql.of(MERGE), SessionRow::read,
                    set, removed, id.value(), set, removed);
            if (!merged.isEmpty()) return first(merged);
            var bytes = database.run("measure the state of session " + id, sql.of(MERGED_BYTES),
                    row -> row.getLong("bytes"), set, removed, id.value());
            if (bytes.isEmpty()) return Optional.empty();
            requireFits(bytes.getFirst());
        }
        throw overtaken(id);
    }

    private static final String REPLACE = """
            update mcp_session set state = ?::jsonb, state_version = state_version + 1
            where id = ? and {mine} and state_version = ? and {alive}
            returning {columns}
            """;

    @Override
    public Optional<Session> updateState(SessionId id, UnaryOperator<Json.Obj> change) {
        Objects.requireNonNull(change, "change");
        for (int race = 0; race < LONGEST_RACE; race++) {
            var before = find(id);
            if (before.isEmpty()) return before;
            var after = Objects.requireNonNull(change.apply(before.get().state()), "state");
            requireFits(after.toUtf8().length);
            var replaced = database.run("update the state of session " + id, sql.of(REPLACE), SessionRow::read,
                    StoredState.of(after), id.value(), before.get().stateVersion());
            if (!replaced.isEmpty()) return first(replaced);
        }
        throw overtaken(id);
    }

    private void requireFits(long bytes) {
        if (bytes > policy.maxStateBytes()) throw new StateTooLargeException(policy.maxStateBytes(), bytes);
    }

    private static SessionStoreException overtaken(SessionId id) {
        return new SessionStoreException("update the state of session " + id + " failed: others must not change it all the"
                + " time, but did so " + LONGEST_RACE + " times");
    }

    private static final String LIST = "select {columns} from mcp_session where {mine} and {alive}";

    @Override
    public List<Session> list() {
        return database.run("list sessions", sql.of(LIST), SessionRow::read);
    }

    static final String LIST_OWNER = "select {columns} from mcp_session where {mine} and owner = ? and owner <> '' and {alive}";
    private static final String LIST_ANONYMOUS = "select {columns} from mcp_session where {mine} and owner = '' and {alive}";

    @Override
    public List<Session> list(Owner owner) {
        return owner.isAnonymous()
                ? database.run("list anonymous sessions", sql.of(LIST_ANONYMOUS), SessionRow::read)
                : database.run("list an owner's sessions", sql.of(LIST_OWNER), SessionRow::read, Escaped.of(owner.value()));
    }

    static final String DELETE_ALL = """
            with theirs as (
                select id, {alive} as alive from mcp_session where {mine} and owner = ? and owner <> '' order by id for update
            )
            delete from mcp_session using theirs where mcp_session.id = theirs.id and {mine}
            returning mcp_session.id, theirs.alive
            """;

    @Override
    public Set<SessionId> deleteAll(Owner owner) {
        if (owner.isAnonymous()) throw new IllegalArgumentException("owner must not be anonymous");
        var alive = new HashSet<SessionId>();
        database.run("delete an owner's sessions", sql.of(DELETE_ALL),
                row -> row.getBoolean("alive") && alive.add(new SessionId(row.getString("id"))), Escaped.of(owner.value()));
        return alive;
    }

    /// {@inheritDoc}
    ///
    /// One replica at a time: while another one is at it, the answer is empty and nothing waits. So each end is told to one
    /// replica, and to none if that one dies at this moment; then a session's streams end when their own replica finds in
    /// its next [#keepAlive] that it is not alive.
    @Override
    public Set<SessionId> deleteExpired() {
        return sweep.ended();
    }

    @Override
    public long liveCount() {
        return count("select count(*) from mcp_session where {mine} and not ended");
    }

    @Override
    public long heldCount() {
        return count("select coalesce(sum(held), 0) from mcp_session_total where {mine}");
    }

    private long count(String question) {
        return database.run("count sessions", sql.of(question), row -> row.getLong(1)).getFirst();
    }

    /// There is no background work to end, and a data source is its owner's to close.
    @Override
    public void close() {
        closing.run();
    }

    static String[] values(Collection<SessionId> ids) {
        return ids.stream().map(SessionId::value).toArray(String[]::new);
    }

    private static Optional<Session> first(List<Session> sessions) {
        return sessions.stream().findFirst();
    }
}
