package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The statements that append to the log of events and read it. Each is one transaction.
final class LogTable {

    private static final String CHANNEL = "'mcp_event_' || head.tableoid";
    private static final String LIFE = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '-' || extract(epoch from pg_postmaster_start_time())";
    private static final String IS_STALE = "(head.life <> " + LIFE + " or head.xmin <> head.writer)";
    private static final String STALE = "23502"; // a stale head's next number is null
    private static final String PRIOR = "case kind when " + RecordColumns.LIFE + " then params::bigint else id - 1 end";

    // What notifications carry besides the newest number.
    static final String GREETING = "hello";
    static final String OUTBOX = "outbox"; // events wait there; schema.sql has the same

    private LogTable() {}

    /// What the log holds at one number.
    ///
    /// @param prior   the number before it
    /// @param columns null if it is nothing for the reader
    record Row(long id, long prior, UUID key, RecordColumns columns) {

        boolean isLife() {
            return columns != null && columns.kind() == RecordColumns.LIFE;
        }

        /// {@return the record, or empty if this version cannot read it, which is logged}
        ///
        /// @param loss what happens then, for the operator
        Optional<LogRecord> record(String epoch, String loss) {
            try {
                return Optional.of(columns.record());
            } catch (RuntimeException e) {
                logUnreadable(new EventId(epoch, id), loss, e);
                return Optional.empty();
            }
        }
    }

    static void logUnreadable(EventId id, String loss, RuntimeException e) {
        Loop.LOG.log(ERROR, () -> "entry " + id + " of the log cannot be read by this version; " + loss, e);
    }

    /// The log at one moment, and some of what follows a number.
    ///
    /// @param oldest the number before the oldest entry, and
    /// @param gone   the newest number that was deleted and may have been for the reader: both 0 if it has no filter
    record Page(String epoch, String channel, long last, long oldest, long gone, List<Row> rows) {}

    // Planning would take longer than the statement. A plan that is kept must not be one for a table that is still small.
    private static final String PLANNED_ONCE =
            "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true);\n";

    private static final String APPEND = PLANNED_ONCE + """
            with draft as (
                {drafts}
            ), fresh as (
                select draft.*, row_number() over (order by n) as place from draft
                where not exists (select 1 from mcp_event e where e.key = draft.key)
            ), numbered as (
                update mcp_event_head head set writer = pg_current_xact_id()::xid,
                    last = case when {stale} then null else last + (select count(*) from fresh) end
                where exists (select 1 from fresh)
                returning last - (select count(*) from fresh) as before, case when ? then pg_notify({channel}, last::text)::text end as woken,
                    case when current_setting('synchronous_commit') = 'off'
                        then set_config('synchronous_commit', 'on', true) end as durable
            ), added as (
                insert into mcp_event (id, key, kind, session, owner, method, params)
                select before + place, key, kind, session, owner, method, params from fresh, numbered order by place
                returning id, key
            )
            select nonce, id, key from mcp_event_head, (
                select id, key from added union all select id, key from mcp_event join draft using (key)) placed
            """.replace("{stale}", IS_STALE).replace("{channel}", CHANNEL);
    private static final String APPEND_GIVEN = APPEND.replace("{drafts}", """
            select * from unnest(?::uuid[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[])
                with ordinality as d (key, kind, session, owner, method, params, n)""");

    /// Numbers, inserts and announces those drafts whose keys are new, in their order, all or nothing. If another transaction has just
    /// inserted one of the keys, the statement fails with 23505, and finds it when repeated.
    ///
    /// A crash must not take back a number that a client has seen, so this transaction waits for the disk whatever the
    /// connection's setting is.
    ///
    /// @param announces whether to notify the replicas, which serializes commits across the cluster
    /// @return the place of each key
    static Map<UUID, EventId> append(Statements on, List<Draft> drafts, boolean announces) throws SQLException {
        var ids = placed(on, APPEND_GIVEN,
                on.array("uuid", drafts, Draft::key),
                on.array("smallint", drafts, draft -> draft.columns().kind()),
                on.array("text", drafts, draft -> draft.columns().session()),
                on.array("text", drafts, draft -> draft.columns().owner()),
                on.array("text", drafts, draft -> draft.columns().method()),
                on.array("text", drafts, draft -> draft.columns().params()), announces);
        if (!ids.keySet().containsAll(drafts.stream().map(Draft::key).toList())) throw headless();
        return ids;
    }

    // Rows of an open transaction are not seen, and nothing waits for it. Replicas that move rows at the same time wait for each other:
    // one that skipped the other's rows could overtake them. A missing head must not lose what was taken.
    private static final String APPEND_OUTBOX = APPEND.replaceFirst("with draft as", """
            with taken as (
                delete from mcp_event_outbox where id in (
                    select id from mcp_event_outbox where exists (select 1 from mcp_event_head) order by id limit 256 for update)
                returning *
            ), draft as""").replace("{drafts}", "select key, 0::smallint as kind, session, owner, method, params, id as n from taken");

    /// Moves some events of the outbox into the log.
    ///
    /// @return how many
    static int appendOutbox(Statements on) throws SQLException {
        return placed(on, APPEND_OUTBOX, true).size();
    }

    private static Map<UUID, EventId> placed(Statements on, String append, Object... given) throws SQLException {
        for (var isSecond = false; ; isSecond = true) {
            try {
                var ids = new HashMap<UUID, EventId>();
                on.rows(append, row -> ids.put(row.getObject(3, UUID.class), new EventId(row.getString(1), row.getLong(2))), given);
                if (isSecond || !ids.isEmpty() || append.equals(APPEND_OUTBOX)) return ids;
            } catch (SQLException e) {
                if (isSecond || !STALE.equals(e.getSQLState())) throw e;
            }
            beginLife(on);
        }
    }

    // While a restore has yet to add the key, this fails: the row of the restore comes.
    private static final String BEGIN_LIFE = """
            with start as (
                select greatest((extract(epoch from clock_timestamp()) * 1000000)::bigint, coalesce(max(id), 0) + 1) as first,
                    coalesce(max(id), 0) as prior, %s as here, pg_current_xact_id()::xid as me from mcp_event
            ), created as (
                insert into mcp_event_head (last, life, writer) select first, here, me from start
                where not exists (select 1 from mcp_event_head) on conflict (k) do nothing returning last
            ), begun as (
                update mcp_event_head head set last = greatest(last + 1, first), life = here, writer = me from start
                where %s returning last
            )
            insert into mcp_event (id, key, kind, params) select last, gen_random_uuid(), %s, prior::text
            from start, (select last from created union all select last from begun) head
            returning id
            """.formatted(LIFE, IS_STALE, RecordColumns.LIFE);

    /// Begins a new life of the server in the log, unless it has begun. Creates the head if it is missing.
    private static void beginLife(Statements on) throws SQLException {
        on.rows(BEGIN_LIFE, row -> row.getLong(1));
    }

    // The limit tells the planner that there is one head, also before statistics exist.
    private static final String ASKED = """
            with asked as materialized (
                select wanted, last, nonce, %s as stale, %s as channel, case when wanted is not null
                    then coalesce((select %s from mcp_event order by id limit 1), last) else 0 end as oldest
                from mcp_event_head head, (select ?::text[] as wanted) given limit 1)
            """.formatted(IS_STALE, CHANNEL, PRIOR);
    // What was deleted other than by retention may have been for any audience.
    private static final String GONE = """
            case when wanted is not null then (
                select greatest(newest, case when oldest > coalesce(trimmed, 0) then oldest else 0 end) from (
                    select coalesce(max(last) filter (where audience = any(wanted)), 0) as newest,
                        max(last) filter (where audience = '%1$s') as trimmed
                    from mcp_event_gone where audience = any(wanted || '%1$s'::text)) mark) else 0 end""".formatted(Audiences.ALL_GONE);
    private static final String IS_WANTED = """
            (wanted is null or kind = 0 and (%1$s = any(wanted) or left(%1$s, 1) || '*' = any(wanted)))""".formatted(Audiences.OF_EVENT);
    private static final String READ = PLANNED_ONCE + ASKED + """
            select nonce, stale, channel, last, oldest, %s as gone, e.* from asked left join (
                select *, sum(coalesce(octet_length(params), 0)) over (order by id) - coalesce(octet_length(params), 0) as before from (
                    select id, key, %s as prior, is_wanted or kind >= %s as is_read,
                        kind, session, owner, method, case when is_wanted then params end as params from (
                        select entry.*, %s as is_wanted from mcp_event entry, asked
                        where id > ? and id <= ? order by id limit ?) page) content
            ) e on before < ? order by id
            """.formatted(GONE, PRIOR, RecordColumns.LIFE, IS_WANTED);

    /// Reads what follows a number: as many rows and about as many bytes as wanted, but at least one row.
    static Page read(Statements on, long after, int maxRows, long maxSize) throws SQLException {
        return readRows(on, null, after, Long.MAX_VALUE, maxRows, maxSize);
    }

    /// Does the same for one reader, up to a number.
    static Page read(Statements on, EventFilter filter, long after, long upTo, int maxRows, long maxSize) throws SQLException {
        return readRows(on, Audiences.of(on, filter), after, upTo, maxRows, maxSize);
    }

    private static Page readRows(Statements on, Object wanted, long after, long upTo, int maxRows, long maxSize) throws SQLException {
        for (var isSecond = false; ; isSecond = true) {
            var rows = new ArrayList<Row>();
            var pages = on.rows(READ, row -> page(row, rows), wanted, after, upTo, maxRows, maxSize);
            if (!pages.isEmpty() && pages.getFirst().isPresent()) return pages.getFirst().get();
            if (isSecond) throw headless();
            beginLife(on);
        }
    }

    /// Adds the entry to the rows, if there is one.
    ///
    /// @return empty if the head is stale
    private static Optional<Page> page(ResultSet row, List<Row> rows) throws SQLException {
        if (row.getBoolean("stale")) return Optional.empty();
        var id = row.getLong("id");
        if (!row.wasNull()) {
            rows.add(new Row(id, row.getLong("prior"), row.getObject("key", UUID.class), row.getBoolean("is_read") ? columns(row) : null));
        }
        return Optional.of(new Page(row.getString("nonce"), row.getString("channel"), row.getLong("last"),
                row.getLong("oldest"), row.getLong("gone"), rows));
    }

    static RecordColumns columns(ResultSet row) throws SQLException {
        return new RecordColumns(row.getInt("kind"), row.getString("session"), row.getString("owner"),
                row.getString("method"), row.getString("params"));
    }

    private static final String HOLDS = ASKED + """
            select nonce = ? and last >= ? and %s <= ? and (oldest >= ? or exists (select 1 from mcp_event where id = ?))
                and (select count(*) from (select 1 from mcp_event where id > ? and %s limit ?) few) <= ?
            from asked
            """.formatted(GONE, IS_WANTED);

    /// Whether a position was never taken back, all that followed it is there, and no more than so many events of that are for the reader.
    static boolean holds(Statements on, EventFilter filter, EventId after, int atMost) throws SQLException {
        var at = after.sequence();
        return on.rows(HOLDS, row -> row.getBoolean(1), Audiences.of(on, filter), after.epoch(), at, at, at, at, at, atMost + 1L, atMost)
                .stream().findFirst().orElseThrow(LogTable::headless);
    }

    /// {@return the log as it is now, without entries}
    static Page head(Statements on) throws SQLException {
        return readRows(on, null, Long.MAX_VALUE, Long.MAX_VALUE, 1, 0);
    }

    private static final String BEFORE_NEWEST = """
            select nonce, coalesce((select %s from (select * from mcp_event order by id desc limit ?) newest order by id limit 1), last)
            from mcp_event_head
            """.formatted(PRIOR);

    /// {@return the position before the newest entries, so many of them}
    static EventId beforeNewest(Statements on, int entries) throws SQLException {
        return on.rows(BEFORE_NEWEST, row -> new EventId(row.getString(1), row.getLong(2)), entries).stream().findFirst()
                .orElseThrow(LogTable::headless);
    }

    // Reading the usage also makes a full queue forget what listeners that have left did not read.
    private static final String NOTIFY = """
            select pg_notification_queue_usage(), pg_notify(%s, coalesce(?, last::text)) from mcp_event_head head
            """.formatted(CHANNEL);

    /// Announces the newest entry to all replicas.
    static void announce(Statements on) throws SQLException {
        on.rows(NOTIFY, _ -> true, new Object[] {null});
    }

    /// Sends a greeting to all replicas.
    static void greet(Statements on) throws SQLException {
        on.rows(NOTIFY, _ -> true, GREETING);
    }

    static SQLException headless() {
        return new SQLException("mcp_event_head must have its one row; run schema.sql");
    }
}
