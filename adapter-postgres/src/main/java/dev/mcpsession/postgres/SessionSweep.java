package dev.mcpsession.postgres;

import static java.util.stream.Collectors.toSet;

import dev.mcpsession.SessionId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Gatherers;
import java.util.stream.Stream;

/// Finds the sessions that have expired, and makes room in a full store. Safe for use by many threads.
///
/// A sweep looks at sessions that are due, a batch at a time, each in a transaction of its own under a lock that all replicas
/// share. A live session is due again at its expiry. An expired one is reported once, and kept as long as it can be revived.
/// A touch leaves `due_at` where it is, so a sweep meets a session about once per TTL.
final class SessionSweep {

    private static final int MOST_BATCHES = 100;
    private static final int MOST_REMEMBERED = 100_000;
    private static final int NOT_ME = -1;
    private static final String LOCK = "advisory_xact_lock('mcp_session_total'::regclass::integer, hashtext({kind}))";

    private final Database database;
    private final PolicySql sql;
    private LinkedHashSet<SessionId> ended = new LinkedHashSet<>();

    SessionSweep(Database database, PolicySql sql) {
        this.database = database;
        this.sql = sql;
    }

    // The lock may come with a snapshot from before the last sweep: whether a row is due is checked again once it is locked. A row
    // that another transaction has locked is left for the next time. So a sweep waits for no session, and locks need no order.
    static final String SWEEP = """
            with sweeper as materialized (
                select pg_try_{lock} as is_me
            ), due_living as materialized (
                select {seen} from mcp_session where (select is_me from sweeper) and {mine} and not ended and due_at <= now()
                order by due_at limit {batch} for update skip locked
            ), due_ended as materialized (
                select {seen} from mcp_session where (select is_me from sweeper) and {mine} and ended and due_at <= now()
                order by due_at limit {batch} for update skip locked
            ), seen as materialized (
                select * from due_living union all select * from due_ended
            ), kept as (
                update mcp_session
                set ended = seen.expires_at <= now(),
                    due_at = case when seen.expires_at <= now() then seen.revivable_until else seen.expires_at end
                from seen
                where mcp_session.id = seen.id and {mine} and greatest(seen.expires_at, seen.revivable_until) > now()
            ), gone as (
                delete from mcp_session using seen
                where mcp_session.id = seen.id and {mine} and greatest(seen.expires_at, seen.revivable_until) <= now()
            )
            select case when (select is_me from sweeper) then (select count(*) from seen) else {not_me} end as looked_at,
                array(select id from seen where not ended and expires_at <= now()) as ended
            """.replace("{seen}", "id, ended, expires_at, {revivable_until} as revivable_until")
            .replace("{lock}", LOCK).replace("{not_me}", "" + NOT_ME);

    /// Sweeps, unless another replica is sweeping.
    ///
    /// @return the sessions that have expired since the last call and are not alive again
    Set<SessionId> ended() {
        for (int batches = 0; batches < MOST_BATCHES; batches++) {
            if (sweep() < PolicySql.BATCH) break;
        }
        var taken = taken();
        try {
            taken.removeAll(alive(taken));
            return taken;
        } catch (RuntimeException | Error e) {
            remember(taken);
            throw e;
        }
    }

    /// Sweeps a batch, or waits while another replica does.
    ///
    /// @return whether more may be due
    boolean batch() {
        var lookedAt = sweep();
        // It is left to the next call: a statement that waits has a snapshot from before, and would lock what was swept already.
        if (lookedAt == NOT_ME) database.run("wait for another sweep", sql.of("select pg_" + LOCK), _ -> true);
        return lookedAt == NOT_ME || lookedAt >= PolicySql.BATCH;
    }

    private int sweep() {
        return database.run("delete expired sessions", sql.of(SWEEP), row -> {
            remember(Stream.of((String[]) row.getArray("ended").getArray()).map(SessionId::new).toList());
            return row.getInt("looked_at");
        }).getFirst();
    }

    private static final String ALIVE = "select id from mcp_session where id = any(?) and {mine} and {alive}";

    private Set<SessionId> alive(Set<SessionId> among) {
        return among.stream().gather(Gatherers.windowFixed(PolicySql.BATCH))
                .map(batch -> database.run("look at sessions that had expired", sql.of(ALIVE), SessionRow::id, SessionRow.ids(batch)))
                .flatMap(List::stream).collect(toSet());
    }

    // A create that made room cannot report what has ended; the next sweep does. Nor does a failing sweep forget what it has found.
    private synchronized void remember(Collection<SessionId> ids) {
        ended.addAll(ids);
        while (ended.size() > MOST_REMEMBERED) ended.removeFirst();
    }

    private synchronized Set<SessionId> taken() {
        var taken = ended;
        ended = new LinkedHashSet<>();
        return taken;
    }
}
