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
import java.util.ArrayList;
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
/// Creates do not wait for each other. So as many sessions as are created or revived at the same moment, less one, may exceed
/// [SessionPolicy#maxSessions()] and [SessionPolicy#maxSessionsPerOwner()]: fewer than the replicas have connections for statements.
///
/// Several replicas may serve one session, and each touches it once per [SessionPolicy#touchInterval()]. So [#keepAlive] skips a
/// session that was touched within the last interval, and a session may expire up to two intervals early. [#keepAlive] and
/// [#deleteExpired] also skip a session that another transaction has locked, until the next time.
///
/// [#list()] and [#list(Owner)] read pages of 500 sessions, and [#deleteAll] deletes 1,000 at a time. A session that changes meanwhile
/// is listed as it was or as it is. A list is in memory as a whole. If [#deleteAll] fails, it may have deleted some; repeat it.
///
/// Every wait is bounded: 1 s for a connection, 1 s for other transactions, and 1.6 s if the database is silent. Connections must lead
/// to the primary. A connection at another isolation level than "read committed" costs additional round trips.
public final class PostgresSessionStore implements SessionStore {

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,31}"); // stands in statements as it is

    private final SessionPolicy policy;
    private final PolicySql sql;
    private final Database database;
    private final SessionState state;
    private final SessionSweep sweep;
    private final SessionAdmission admission;
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
        admission = new SessionAdmission(database, sql, sweep);
    }

    @Override
    public SessionPolicy policy() {
        return policy;
    }

    @Override
    public CreateResult create(SessionId id, Owner owner, Client client) {
        return admission.create(id, owner, client);
    }

    static final String FIND = "select {columns} from mcp_session where id = ? and {mine} and {alive}";

    @Override
    public Optional<Session> find(SessionId id) {
        return run("find session " + id, FIND, SessionRow::read, id.value()).stream().findFirst();
    }

    static final String TOUCH = """
            update mcp_session
            set expires_at = {next_expiry}, last_active_at = greatest(last_active_at, now()), provisional = false
            where id = ? and {mine} and {alive}
            returning id
            """;

    @Override
    public boolean touch(SessionId id) {
        return !run("touch session " + id, TOUCH, _ -> id, id.value()).isEmpty();
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
        return ids.stream().distinct().gather(Gatherers.windowFixed(PolicySql.BATCH))
                .flatMap(batch -> run("keep " + batch.size() + " sessions alive", KEEP_ALIVE,
                        SessionRow::id, SessionRow.ids(batch)).stream())
                .collect(toSet());
    }

    static final String REVIVE = """
            update mcp_session revived
            set expires_at = {next_expiry}, last_active_at = greatest(last_active_at, now()), provisional = false,
                ended = false, due_at = case when ended then {next_expiry} else due_at end
            where id = ? and {mine} and owner = ? and owner <> '' and ({alive} or not provisional
                and clock_timestamp() < {revivable_until}
                and {owned} < {max_sessions_per_owner})
            returning {columns}
            """;

    @Override
    public Optional<Session> revive(SessionId id, Owner owner) {
        if (owner.isAnonymous()) return Optional.empty();
        var name = SessionRow.escaped(owner.value());
        return run("revive session " + id, REVIVE, SessionRow::read, id.value(), name, name).stream().findFirst();
    }

    static final String DELETE =
            "delete from mcp_session where id = ? and {mine} and coalesce(owner in ('', ?::text), true) returning {alive} as alive";

    @Override
    public boolean delete(SessionId id) {
        return delete(id, (String) null);
    }

    @Override
    public boolean delete(SessionId id, Owner caller) {
        return delete(id, SessionRow.escaped(caller.value()));
    }

    private boolean delete(SessionId id, String caller) {
        return run("delete session " + id, DELETE, row -> row.getBoolean("alive"), id.value(), caller).contains(true);
    }

    @Override
    public Optional<Session> updateState(SessionId id, Json.Obj patch) {
        return state.merge(id, patch);
    }

    @Override
    public Optional<Session> updateState(SessionId id, UnaryOperator<Json.Obj> change) {
        return state.replace(id, change);
    }

    private static final String LIST = """
            select {columns} from mcp_session where id > ? and {mine} and coalesce(owner = ?::text, true) and {alive}
            order by id limit {page}
            """;

    @Override
    public List<Session> list() {
        return pages(LIST, null);
    }

    // Sorts what the index on the owner finds: by the primary key all sessions would be read.
    static final String LIST_OWNER = """
            with theirs as materialized (
                select {columns} from mcp_session where id > ? and {mine} and owner = ? and owner <> '' and {alive}
            )
            select * from theirs order by id limit {page}
            """;

    @Override
    public List<Session> list(Owner owner) {
        return pages(owner.isAnonymous() ? LIST : LIST_OWNER, SessionRow.escaped(owner.value()));
    }

    // Each page is a statement of its own, for a statement that takes long is cancelled.
    private List<Session> pages(String template, String owner) {
        var all = new ArrayList<Session>();
        for (var after = ""; after != null; ) {
            var page = run("list sessions", template, SessionRow::read, after, owner);
            all.addAll(page);
            after = page.size() < PolicySql.PAGE ? null : page.getLast().id().value();
        }
        return all;
    }

    // A page has what the snapshot knows, so that none is taken for the last because a competitor deletes the same sessions. Locks are
    // taken in one order.
    static final String DELETE_ALL = """
            with page as materialized (
                select id as page_id from mcp_session where {mine} and owner = ? and owner <> '' limit {batch}
            ), locked as (
                select id as locked_id, {alive} as was_alive from mcp_session
                where id in (select page_id from page) and {mine} order by id for update
            ), gone as (
                delete from mcp_session using locked where id = locked_id and {mine} returning id, was_alive
            )
            select page_id as id, coalesce(was_alive, false) as alive from page left join gone on id = page_id
            """;

    @Override
    public Set<SessionId> deleteAll(Owner owner) {
        if (owner.isAnonymous()) throw new IllegalArgumentException("owner must not be anonymous");
        var alive = new HashSet<SessionId>();
        int deleted;
        do {
            deleted = run("delete an owner's sessions", DELETE_ALL, row -> row.getBoolean("alive") && alive.add(SessionRow.id(row)),
                    SessionRow.escaped(owner.value())).size();
        } while (deleted == PolicySql.BATCH);
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
        return count("(select count(*) from mcp_session where {mine} and not ended)");
    }

    @Override
    public long heldCount() {
        return count("{held}");
    }

    private long count(String what) {
        return run("count sessions", "select " + what, row -> row.getLong(1)).getFirst();
    }

    private <T> List<T> run(String what, String template, Statements.Reader<T> reader, Object... given) {
        return database.run(what, sql.of(template), reader, given);
    }

    /// Does nothing to a data source that was passed in, and there is no background work to end.
    @Override
    public void close() {
        closing.run();
    }
}
