package dev.mcpsession.postgres;

import dev.mcpsession.event.EventId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;

/// The statements on the log of events. Each is one transaction of its own on a connection that commits by itself.
///
/// A log's epoch is the nonce of its head and the cluster's timeline, so it changes when the tables are made anew, and when a
/// standby that may lack commits takes over.
final class LogTable {

    static final String EPOCH = "nonce || lower(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))";
    private static final String CHANNEL = "'mcp_event_' || head.tableoid";

    private LogTable() {}

    /// What is to be appended, under a key of its writer's.
    record Draft(UUID key, RecordColumns columns) {}

    /// What stands in the log.
    record Row(long id, UUID key, RecordColumns columns) {}

    /// The log at one moment, and some of what follows a number.
    record Page(String epoch, String channel, long last, List<Row> rows) {}

    /// Whether two epochs are those of the same tables.
    static boolean isSameLog(String epoch, String other) {
        return nonce(epoch).equals(nonce(other));
    }

    private static String nonce(String epoch) {
        return epoch.substring(0, epoch.length() - 8);
    }

    /// Numbers, inserts and tells what is new of these, in their order; each key is there once, whoever tries how often. All of
    /// it or nothing. A statement that comes second to another with the same key fails with 23505, and finds it when repeated.
    ///
    /// The wake-up carries the newest number alone. It is sent while the head is locked, which costs nothing more: commits that
    /// notify wait for each other anyway. A crash must not take back a number that a client has seen, so this transaction
    /// waits for the disk whatever the session is set to.
    ///
    /// @return the place of each key
    static Map<UUID, EventId> append(Statements on, List<Draft> drafts) throws SQLException {
        var connection = on.connection();
        var ids = new HashMap<UUID, EventId>();
        on.rows(APPEND, row -> ids.put(row.getObject(3, UUID.class), new EventId(row.getString(1), row.getLong(2))),
                connection.createArrayOf("uuid", column(drafts, Draft::key)),
                connection.createArrayOf("smallint", column(drafts, draft -> draft.columns().kind())),
                connection.createArrayOf("text", column(drafts, draft -> draft.columns().session())),
                connection.createArrayOf("text", column(drafts, draft -> draft.columns().owner())),
                connection.createArrayOf("text", column(drafts, draft -> draft.columns().method())),
                connection.createArrayOf("text", column(drafts, draft -> draft.columns().params())));
        if (!ids.keySet().containsAll(drafts.stream().map(Draft::key).toList())) throw headless();
        return ids;
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

    private static Object[] column(List<Draft> drafts, Function<Draft, Object> value) {
        return drafts.stream().map(value).toArray();
    }

    /// Reads what follows a number, as many rows and about as many characters as are wanted, and one row at the least.
    static Page read(Statements on, long after, int maxRows, long maxSize) throws SQLException {
        var rows = on.rows(READ, LogTable::headed, after, maxRows, maxSize);
        if (rows.isEmpty()) throw headless();
        var head = rows.getFirst();
        return new Page(head.epoch, head.channel, head.last, rows.stream().map(Headed::row).filter(Objects::nonNull).toList());
    }

    /// The log as it is now, without entries.
    static Page head(Statements on) throws SQLException {
        return read(on, Long.MAX_VALUE, 1, 0);
    }

    private static final String READ = """
            select %s, %s, last, e.* from mcp_event_head head left join (
                select id, key, kind, session, owner, method, params,
                    sum(coalesce(octet_length(params), 0)) over (order by id) - coalesce(octet_length(params), 0) as before
                from (select * from mcp_event where id > ? order by id limit ?) page
            ) e on before < ? order by id
            """.formatted(EPOCH, CHANNEL);

    /// @param row null if there is none
    private record Headed(String epoch, String channel, long last, Row row) {}

    private static Headed headed(ResultSet row) throws SQLException {
        var id = row.getLong("id");
        return new Headed(row.getString(1), row.getString(2), row.getLong(3),
                row.wasNull() ? null : new Row(id, row.getObject("key", UUID.class), columns(row)));
    }

    static RecordColumns columns(ResultSet row) throws SQLException {
        return new RecordColumns(row.getInt("kind"), row.getString("session"), row.getString("owner"),
                row.getString("method"), row.getString("params"));
    }

    /// The number before the oldest entry that is kept.
    static long oldest(Statements on) throws SQLException {
        return on.rows("select coalesce(min(id) - 1, (select last from mcp_event_head)) from mcp_event", row -> row.getLong(1)).getFirst();
    }

    /// Begins a new epoch if the log is not where its nonce was made, but was copied there.
    static void adopt(Statements on, String nonce) throws SQLException {
        on.rows("""
                update mcp_event_head set nonce = case origin when '' then nonce else ? end, origin = here
                from (select system_identifier || '-' || 'mcp_event_head'::regclass::oid as here from pg_control_system()) place
                where origin <> here returning nonce
                """, LogTable::changed, nonce);
    }

    /// Begins a new epoch if the log is still behind a number that was read from it: it was put back to an older state.
    static void renew(Statements on, String nonce, EventId read) throws SQLException {
        on.rows("update mcp_event_head set nonce = ? where last < ? and nonce = ? returning nonce",
                LogTable::changed, nonce, read.sequence(), nonce(read.epoch()));
    }

    /// Writes down when the epoch that goes on now was noticed first.
    static void witness(Statements on) throws SQLException {
        on.rows("""
                update mcp_event_head set epoch = %1$s, since = case epoch when '' then since else now() end where epoch <> %1$s
                returning nonce
                """.formatted(EPOCH), LogTable::changed);
    }

    private static boolean changed(ResultSet row) {
        return true;
    }

    /// Deletes the oldest entries that are beyond a number or an age, some of them at a time, and always from the beginning, so
    /// that there are no holes. The newest stays: it tells since when there was none. One replica does it at a time.
    ///
    /// @return how many it deleted
    static int trim(Statements on, long keep, Duration age, int atMost) throws SQLException {
        return on.rows("""
                with old as (
                    select max(id) as newest from (select id, created_at from mcp_event order by id limit ?) oldest, mcp_event_head
                    where id < last and pg_try_advisory_xact_lock('mcp_event_head'::regclass::oid::int, 0)
                        and (id <= last - ? or created_at < now() - ? * interval '1 millisecond')
                ), gone as (
                    delete from mcp_event using old where id <= newest returning id, kind, session, owner, method, created_at
                ), %s
                select count(*) from gone
                """.formatted(PastEvents.MARKED), row -> row.getInt(1), atMost, keep, age.toMillis()).getFirst();
    }

    static SQLException headless() {
        return new SQLException("mcp_event_head must have its one row; run schema.sql");
    }
}
