package dev.mcpsession.postgres;

import dev.mcpsession.event.EventId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/// The statements on the log of events. Each is one transaction of its own on a connection that commits by itself.
///
/// A log's epoch is the nonce of its head and the cluster's timeline, so it changes when the tables are made anew, and when a
/// standby that may lack commits takes over.
final class EventTable {

    static final String EPOCH = "nonce || lower(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))";
    private static final String CHANNEL = "'mcp_event_' || head.tableoid";

    private EventTable() {}

    /// What is to be appended, under a key of its writer's.
    record Draft(UUID key, LogRecord.Columns columns) {}

    /// What stands in the log.
    record Row(long id, UUID key, LogRecord.Columns columns) {}

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
    static Map<UUID, EventId> append(Connection connection, List<Draft> drafts) throws SQLException {
        try (var statement = connection.prepareStatement("""
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
                """.formatted(CHANNEL, EPOCH))) {
            statement.setArray(1, connection.createArrayOf("uuid", column(drafts, Draft::key)));
            statement.setArray(2, connection.createArrayOf("smallint", column(drafts, draft -> draft.columns().kind())));
            statement.setArray(3, connection.createArrayOf("text", column(drafts, draft -> draft.columns().session())));
            statement.setArray(4, connection.createArrayOf("text", column(drafts, draft -> draft.columns().owner())));
            statement.setArray(5, connection.createArrayOf("text", column(drafts, draft -> draft.columns().method())));
            statement.setArray(6, connection.createArrayOf("text", column(drafts, draft -> draft.columns().params())));
            var ids = new HashMap<UUID, EventId>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) ids.put(rows.getObject(3, UUID.class), new EventId(rows.getString(1), rows.getLong(2)));
            }
            if (!ids.keySet().containsAll(drafts.stream().map(Draft::key).toList())) throw headless();
            return ids;
        }
    }

    private static Object[] column(List<Draft> drafts, Function<Draft, Object> value) {
        return drafts.stream().map(value).toArray();
    }

    /// Reads what follows a number, as many rows and about as many characters as are wanted, and one row at the least.
    static Page read(Connection connection, long after, int maxRows, long maxSize) throws SQLException {
        try (var statement = connection.prepareStatement("""
                select %s, %s, last, e.* from mcp_event_head head left join (
                    select id, key, kind, session, owner, method, params,
                        sum(coalesce(octet_length(params), 0)) over (order by id) - coalesce(octet_length(params), 0) as before
                    from (select * from mcp_event where id > ? order by id limit ?) page
                ) e on before < ? order by id
                """.formatted(EPOCH, CHANNEL))) {
            statement.setLong(1, after);
            statement.setInt(2, maxRows);
            statement.setLong(3, maxSize);
            try (var rows = statement.executeQuery()) {
                return page(rows);
            }
        }
    }

    private static Page page(ResultSet rows) throws SQLException {
        if (!rows.next()) throw headless();
        var epoch = rows.getString(1);
        var channel = rows.getString(2);
        var last = rows.getLong(3);
        var found = new ArrayList<Row>();
        do {
            var id = rows.getLong("id");
            if (!rows.wasNull()) found.add(new Row(id, rows.getObject("key", UUID.class), columns(rows)));
        } while (rows.next());
        return new Page(epoch, channel, last, found);
    }

    static LogRecord.Columns columns(ResultSet row) throws SQLException {
        return new LogRecord.Columns(row.getInt("kind"), row.getString("session"), row.getString("owner"),
                row.getString("method"), row.getString("params"));
    }

    /// The number before the oldest entry that is kept.
    static long oldest(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select coalesce(min(id) - 1, (select last from mcp_event_head)) from mcp_event")) {
            row.next();
            return row.getLong(1);
        }
    }

    /// Begins a new epoch if the log is not where its nonce was made, but was copied there.
    static void adopt(Connection connection, String nonce) throws SQLException {
        try (var statement = connection.prepareStatement("""
                update mcp_event_head set nonce = case origin when '' then nonce else ? end, origin = here
                from (select system_identifier || '-' || 'mcp_event_head'::regclass::oid as here from pg_control_system()) place
                where origin <> here
                """)) {
            statement.setString(1, nonce);
            statement.executeUpdate();
        }
    }

    /// Begins a new epoch if the log is still behind a number that was read from it: it was put back to an older state.
    static void renew(Connection connection, String nonce, EventId read) throws SQLException {
        try (var statement = connection.prepareStatement(
                "update mcp_event_head set nonce = ? where last < ? and nonce = ?")) {
            statement.setString(1, nonce);
            statement.setLong(2, read.sequence());
            statement.setString(3, nonce(read.epoch()));
            statement.executeUpdate();
        }
    }

    /// Writes down when the epoch that goes on now was noticed first.
    static void witness(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate("""
                    update mcp_event_head set epoch = %1$s, since = case epoch when '' then since else now() end where epoch <> %1$s
                    """.formatted(EPOCH));
        }
    }

    /// Deletes the oldest entries that are beyond a number or an age, some of them at a time, and always from the beginning, so
    /// that there are no holes. The newest stays: it tells since when there was none. One replica does it at a time.
    ///
    /// @return how many it deleted
    static int trim(Connection connection, long keep, Duration age, int atMost) throws SQLException {
        try (var statement = connection.prepareStatement("""
                delete from mcp_event using (
                    select max(id) as newest from (select id, created_at from mcp_event order by id limit ?) oldest, mcp_event_head
                    where id < last and pg_try_advisory_xact_lock('mcp_event_head'::regclass::oid::int, 0)
                        and (id <= last - ? or created_at < now() - ? * interval '1 millisecond')
                ) old where id <= newest
                """)) {
            statement.setInt(1, atMost);
            statement.setLong(2, keep);
            statement.setLong(3, age.toMillis());
            return statement.executeUpdate();
        }
    }

    static SQLException headless() {
        return new SQLException("mcp_event_head must have its one row; run schema.sql");
    }
}
