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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// The statements that append to the log of events and read it. Each is one transaction.
final class LogTable {

    static final String EPOCH = "nonce || lower(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))";
    private static final String CHANNEL = "'mcp_event_' || head.tableoid";

    // Whom an event is for: everyone (a list that changed, a message), the subscribers of a thing of a topic, a session or an owner.
    // The first letter is its kind. Audiences whose long names begin alike share one.
    static final String AUDIENCE = """
            case when session is not null then 's' || left(session, 500) when owner is not null then 'o' || left(owner, 500)
                when left(method, 1) = '[' then 'u' || left(method, 500)
                when right(method, 14) = '/list_changed"' then 'l'
                else 'm' end""";
    static final String ANY_THING = "u*"; // of whatever topic
    static final String ALL_GONE = "."; // up to where retention has deleted

    private LogTable() {}

    /// A record to append, under its writer's key.
    record Draft(UUID key, RecordColumns columns) {}

    /// What the log holds at one number.
    ///
    /// @param columns null if it is nothing for the reader
    record Row(long id, UUID key, RecordColumns columns) {

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

    /// Whether two epochs are those of the same tables.
    static boolean isSameLog(String epoch, String other) {
        return nonce(epoch).equals(nonce(other));
    }

    private static String nonce(String epoch) {
        return epoch.substring(0, epoch.length() - 8);
    }

    private static final String APPEND = """
            with draft as (
                select * from unnest(?::uuid[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[])
                    with ordinality as d (key, kind, session, owner, method, params, n)
            ), fresh as (
                select draft.*, row_number() over (order by n) as place from draft
                where not exists (select 1 from mcp_event e where e.key = draft.key)
            ), numbered as (
                update mcp_event_head head set last = last + (select count(*) from fresh)
                where exists (select 1 from fresh)
                returning last - (select count(*) from fresh) as before,
                    pg_notify(%s, last::text) is null as woken,
                    case when current_setting('synchronous_commit') = 'off'
                        then set_config('synchronous_commit', 'on', true) end as durable
            ), added as (
                insert into mcp_event (id, key, kind, session, owner, method, params)
                select before + place, key, kind, session, owner, method, params from fresh, numbered order by place
                returning id, key
            )
            select %s, id, key from mcp_event_head, (
                select id, key from added union all select id, key from mcp_event join draft using (key)) placed
            """.formatted(CHANNEL, EPOCH);

    /// Numbers, inserts and announces those drafts whose keys are new, in their order, all or nothing. If another transaction has just
    /// inserted one of the keys, the statement fails with 23505, and finds it when repeated.
    ///
    /// The wake-up carries the newest number alone. It is sent while the head is locked, which costs nothing more: commits that
    /// notify wait for each other anyway. A crash must not take back a number that a client has seen, so this transaction
    /// waits for the disk whatever the connection's setting is.
    ///
    /// @return the place of each key
    static Map<UUID, EventId> append(Statements on, List<Draft> drafts) throws SQLException {
        var ids = new HashMap<UUID, EventId>();
        on.rows(APPEND, row -> ids.put(row.getObject(3, UUID.class), new EventId(row.getString(1), row.getLong(2))),
                array(on, "uuid", drafts, Draft::key),
                array(on, "smallint", drafts, draft -> draft.columns.kind()),
                array(on, "text", drafts, draft -> draft.columns.session()),
                array(on, "text", drafts, draft -> draft.columns.owner()),
                array(on, "text", drafts, draft -> draft.columns.method()),
                array(on, "text", drafts, draft -> draft.columns.params()));
        if (!ids.keySet().containsAll(drafts.stream().map(Draft::key).toList())) throw headless();
        return ids;
    }

    private static <T> Object array(Statements on, String type, List<T> from, Function<T, Object> value) throws SQLException {
        return on.connection().createArrayOf(type, from.stream().map(value).toArray());
    }

    // The limit tells the planner that there is one head, also before statistics exist.
    private static final String ASKED = """
            with asked as materialized (
                select wanted, last, %s as epoch, %s as channel, case when wanted is not null
                    then (select coalesce(min(id) - 1, last) from mcp_event) else 0 end as oldest
                from mcp_event_head head, (select ?::text[] as wanted) given limit 1)
            """.formatted(EPOCH, CHANNEL);
    // What was deleted other than by retention may have been for any audience.
    private static final String GONE = """
            case when wanted is not null then (
                select greatest(newest, case when oldest > coalesce(trimmed, 0) then oldest else 0 end) from (
                    select coalesce(max(last) filter (where audience = any(wanted)), 0) as newest,
                        max(last) filter (where audience = '%1$s') as trimmed
                    from mcp_event_gone where audience = any(wanted || '%1$s'::text)) mark) else 0 end""".formatted(ALL_GONE);
    private static final String IS_WANTED = """
            (wanted is null or kind = 0 and (%1$s = any(wanted) or left(%1$s, 1) || '*' = any(wanted)))""".formatted(AUDIENCE);
    private static final String READ = ASKED + """
            select epoch, channel, last, oldest, %s as gone, e.* from asked left join (
                select *, sum(coalesce(octet_length(params), 0)) over (order by id) - coalesce(octet_length(params), 0) as before from (
                    select id, key, is_wanted, kind, session, owner, method, case when is_wanted then params end as params from (
                        select entry.*, %s as is_wanted from mcp_event entry, asked
                        where id > ? and id <= ? order by id limit ?) page) content
            ) e on before < ? order by id
            """.formatted(GONE, IS_WANTED);

    /// Reads what follows a number: as many rows and about as many bytes as wanted, but at least one row.
    static Page read(Statements on, long after, int maxRows, long maxSize) throws SQLException {
        return readRows(on, null, after, Long.MAX_VALUE, maxRows, maxSize);
    }

    /// Does the same for one reader, up to a number.
    static Page read(Statements on, EventFilter filter, long after, long upTo, int maxRows, long maxSize) throws SQLException {
        return readRows(on, audiences(on, filter), after, upTo, maxRows, maxSize);
    }

    private static Page readRows(Statements on, Object wanted, long after, long upTo, int maxRows, long maxSize) throws SQLException {
        var rows = new ArrayList<Row>();
        return on.rows(READ, row -> page(row, rows), wanted, after, upTo, maxRows, maxSize).stream().findFirst()
                .orElseThrow(LogTable::headless);
    }

    /// Adds the entry to the rows, if there is one.
    private static Page page(ResultSet row, List<Row> rows) throws SQLException {
        var id = row.getLong("id");
        if (!row.wasNull()) {
            rows.add(new Row(id, row.getObject("key", UUID.class), row.getBoolean("is_wanted") ? columns(row) : null));
        }
        return new Page(row.getString("epoch"), row.getString("channel"), row.getLong("last"), row.getLong("oldest"),
                row.getLong("gone"), rows);
    }

    static RecordColumns columns(ResultSet row) throws SQLException {
        return new RecordColumns(row.getInt("kind"), row.getString("session"), row.getString("owner"),
                row.getString("method"), row.getString("params"));
    }

    private static Object audiences(Statements on, EventFilter filter) throws SQLException {
        var wanted = new ArrayList<>(List.of("l", "m"));
        filter.namedTopics().ifPresentOrElse(
                keys -> keys.forEach(key -> want(wanted, "u", RecordColumns.textOf(key))), () -> wanted.add(ANY_THING));
        filter.session().ifPresent(session -> want(wanted, "s", session.value()));
        if (!filter.owner().isAnonymous()) want(wanted, "o", RecordColumns.textOf(filter.owner()));
        return array(on, "text", wanted, audience -> audience);
    }

    /// Adds an audience, and the merged mark of its kind.
    private static void want(List<String> wanted, String kind, String name) {
        wanted.add(kind + beginning(name));
        wanted.add(kind);
    }

    /// As many characters as the server's `left` takes, which counts code points.
    private static String beginning(String text) {
        return text.codePointCount(0, text.length()) <= 500 ? text : text.substring(0, text.offsetByCodePoints(0, 500));
    }

    private static final String HOLDS = ASKED + """
            select epoch = ? and last >= ? and %s <= ? and (select count(*) from (
                    select 1 from mcp_event where id > ? and %s limit ?) few) <= ?
            from asked
            """.formatted(GONE, IS_WANTED);

    /// Whether all that followed a position is there, and no more than so many events for the reader.
    static boolean holds(Statements on, EventFilter filter, EventId after, int atMost) throws SQLException {
        var number = after.sequence();
        return on.rows(HOLDS, row -> row.getBoolean(1), audiences(on, filter), after.epoch(), number, number, number, atMost + 1L, atMost)
                .stream().findFirst().orElseThrow(LogTable::headless);
    }

    /// {@return the log as it is now, without entries, for a reader that wants none}
    static Page head(Statements on) throws SQLException {
        return readRows(on, array(on, "text", List.of(), audience -> audience), Long.MAX_VALUE, Long.MAX_VALUE, 1, 0);
    }

    /// Begins a new epoch if the log is not where its nonce was created, but was copied there. Writes down when the epoch was first seen.
    static void adopt(Statements on, String nonce) throws SQLException {
        change(on, """
                update mcp_event_head set nonce = case origin when '' then nonce else ? end, origin = here
                from (select system_identifier || '-' || 'mcp_event_head'::regclass::oid as here from pg_control_system()) place
                where origin <> here returning nonce
                """, nonce);
        witness(on);
    }

    /// Begins a new epoch if the log still lacks a number that was read from it: it was put back to an older state.
    static void renew(Statements on, String nonce, EventId read) throws SQLException {
        change(on, "update mcp_event_head set nonce = ? where last < ? and nonce = ? returning nonce",
                nonce, read.sequence(), nonce(read.epoch()));
        witness(on);
    }

    private static void witness(Statements on) throws SQLException {
        change(on, """
                update mcp_event_head set epoch = %1$s, since = case epoch when '' then since else now() end where epoch <> %1$s
                returning nonce
                """.formatted(EPOCH));
    }

    private static void change(Statements on, String sql, Object... given) throws SQLException {
        on.rows(sql, Objects::nonNull, given);
    }

    static SQLException headless() {
        return new SQLException("mcp_event_head must have its one row; run schema.sql");
    }
}
