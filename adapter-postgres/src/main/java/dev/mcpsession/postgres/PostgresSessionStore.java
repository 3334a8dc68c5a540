package dev.mcpsession.postgres;

import static java.util.stream.Collectors.toSet;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
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

/// Sessions in a Postgres database, shared by all replicas that have a store on it. Thread-safe; counts time in microseconds, by the
/// database's clock alone. The tables are [PostgresSchema]'s.
///
/// Each operation is one statement that changes a row only if the rules still hold when it has the row's lock, so two
/// replicas never both win. A session that [#find] has reported dead comes back only by [#revive], unless a touch committed at the very
/// moment of the expiry.
///
/// Several replicas may serve one session, and each touches it once per [SessionPolicy#touchInterval()]. So [#keepAlive] skips a
/// session that was touched within the last interval, and a session may expire up to two intervals early. [#keepAlive] and
/// [#deleteExpired] also skip a session that another transaction has locked, until the next time; [#deleteAll] fails as a whole
/// rather than leave one out.
///
/// Every wait is bounded: 1 s for a connection, 1 s for other transactions, and 1.6 s if the database is silent.
/// Connections must lead to the primary, at the isolation level "read committed", which is Postgres' default.
public final class PostgresSessionStore implements SessionStore {

    private static final int BATCH = 1_000;
    private static final int LONGEST_RACE = 1_000; // between creates in a full store
    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,31}"); // stands in statements as it is

    private final SessionPolicy policy;
    private final PolicySql sql;
    private final Database database;
    private final SessionState state;
    private final SessionSweep sweep;
    private final Runnable closing;

    /// Creates the store of an endpoint's sessions, without querying the database yet.
    ///
    /// @param source the source of connections, which the caller closes
    /// @param policy how long sessions live and how many there may be; should be the same for all replicas
    public PostgresSessionStore(DataSource source, SessionPolicy policy) {
        this(source, policy, SESSIONS);
    }

    /// Creates a store for one kind of sessions, separate from other kinds in the same tables, without querying the database yet.
    ///
    /// If no store is opened for a kind any more, its sessions stay in `mcp_session` until they are deleted by hand.
    ///
    /// @param source the source of connections, which the caller closes
    /// @param policy how long sessions live and how many there may be; should be the same for all stores of this kind
    /// @param kind   such as `cart`: a lower-case letter, then up to 31 of those, digits, underscores and hyphens
    /// @throws IllegalArgumentException if the kind is anything else
    public PostgresSessionStore(DataSource source, SessionPolicy policy, String kind) {
        this(Database.forRequests(Objects.requireNonNull(source, "source")::getConnection), policy, kind, () -> {});
    }

    /// @param closing what else to close with this store
    PostgresSessionStore(Database database, SessionPolicy policy, String kind, Runnable closing) {
        if (!KIND.matcher(kind).matches()) throw new IllegalArgumentException("kind must match " + KIND + ": " + kind);
        this.closing = closing;
        this.policy = Objects.requireNonNull(policy, "policy");
        this.database = database;
        sql = new PolicySql(policy, kind);
        state = new SessionState(database, sql, this::find, policy.maxStateBytes());
        sweep = new SessionSweep(database, sql);
    }

    @Override
    public SessionPolicy policy() {
        return policy;
    }

    // A statement of its own, so that the next one sees what earlier holders of the lock did.
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
        var name = SessionRow.escaped(owner.value());
        return database.run("create session " + id, sql.of(LOCK_OWNER + CREATE), row -> {
            if (!row.getBoolean("has_room")) return new CreateResult.OwnerFull();
            if (!row.getBoolean("has_place")) return new CreateResult.StoreFull();
            if (row.getString("id") == null) throw new IllegalArgumentException("session id must be new: " + id);
            return new CreateResult.Created(SessionRow.read(row));
        }, name, name, id.value(), name, SessionRow.escaped(client.protocolVersion()), SessionRow.escaped(client.name()),
                client.capabilitiesJson()).getFirst();
    }

    static final String FIND = "select {columns} from mcp_session where id = ? and {mine} and {alive}";

    @Override
    public Optional<Session> find(SessionId id) {
        return database.run("find session " + id, sql.of(FIND), SessionRow::read, id.value()).stream().findFirst();
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

    // Waits for no lock: one locked session must not let all others of its batch expire. It is alive, and the next tick touches it.
    // Since no lock is waited for, the order of locks does not matter.
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
                        SessionRow::id, SessionRow.ids(batch)).stream())
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
        var name = SessionRow.escaped(owner.value());
        return database.run("revive session " + id, sql.of(LOCK_OWNER + REVIVE), SessionRow::read, name, id.value(), name)
                .stream().findFirst();
    }

    static final String DELETE = "delete from mcp_session where id = ? and {mine} returning {alive} as alive";

    @Override
    public boolean delete(SessionId id) {
        return database.run("delete session " + id, sql.of(DELETE), row -> row.getBoolean("alive"), id.value()).contains(true);
    }

    static final String DELETE_OPEN =
            "delete from mcp_session where id = ? and {mine} and (owner = '' or owner = ?) returning {alive} as alive";

    @Override
    public boolean delete(SessionId id, Owner caller) {
        return database.run("delete session " + id, sql.of(DELETE_OPEN), row -> row.getBoolean("alive"),
                id.value(), SessionRow.escaped(caller.value())).contains(true);
    }

    @Override
    public Optional<Session> updateState(SessionId id, Json.Obj patch) {
        return state.merge(id, patch);
    }

    @Override
    public Optional<Session> updateState(SessionId id, UnaryOperator<Json.Obj> change) {
        return state.replace(id, change);
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
                : database.run("list an owner's sessions", sql.of(LIST_OWNER), SessionRow::read, SessionRow.escaped(owner.value()));
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
                row -> row.getBoolean("alive") && alive.add(SessionRow.id(row)), SessionRow.escaped(owner.value()));
        return alive;
    }

    /// {@inheritDoc}
    ///
    /// One replica sweeps at a time: during another's sweep the answer is empty at once. So each end is reported to one
    /// replica, and to none if that one dies at this moment; then a session's streams end when their own replica's next
    /// [#keepAlive] finds that it is not alive.
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

    /// Does nothing to a data source that was passed in, and there is no background work to end.
    @Override
    public void close() {
        closing.run();
    }
}
