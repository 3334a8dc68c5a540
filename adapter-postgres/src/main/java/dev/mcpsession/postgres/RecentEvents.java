package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogFeed;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The newest of every signal that the log has of the last minutes, by the database's clock.
///
/// The table may not reach back as far: what is too old or too much was deleted, or it was put back to an older state, or a
/// standby that may lack commits took over. Then what is before is not known.
///
/// @param upTo    the newest event, be it a signal or not
/// @param reach   how far back all signals are here
/// @param signals those that are not for a single session, in order
record RecentEvents(EventId upTo, Duration reach, List<LogFeed.Signal> signals) {

    private static final System.Logger LOG = System.getLogger(PostgresBroadcaster.class.getName());
    private static final int MAX_SCANNED = 100_000;

    /// Params tell a resource, and may tell more: so one signal may come several times, never two as one.
    private static final String SIGNALS = """
            select *, sum(octet_length(params)) over (order by id desc) - octet_length(params) as before, count(*) over () as found from (
                select distinct on (owner, method, told) id, owner, method, params, created_at from (
                    select *, (case when right(method, 14) <> '/list_changed"' then params end) collate "C" as told
                    from mcp_event
                    where id > (select last from mcp_event_head) - ? and kind = 0 and session is null
                        and created_at > now() - ? * interval '1 millisecond'
                        and (right(method, 14) = '/list_changed"' or method = '"notifications/resources/updated"')
                ) recent order by owner, method, told, id desc
            ) newest order by id desc limit ?
            """;
    private static final String KEPT = """
            select count(*) as held, min(id) as first from mcp_event where id > (select last from mcp_event_head) - ?
            """;
    private static final String READ = """
            select %s as epoch, last, held, first, %s as since_age, %s as first_age,
                signal.id, %s as age, 0 as kind, null as session, signal.owner, signal.method, signal.params, found
            from mcp_event_head head cross join (%s) kept
                left join mcp_event oldest on oldest.id = first
                left join (%s) signal on before < ?
            order by signal.id
            """.formatted(
                EventTable.EPOCH, ageOf("case when head.epoch = " + EventTable.EPOCH + " then since end"),
                ageOf("oldest.created_at"), ageOf("signal.created_at"), KEPT, SIGNALS);

    /// In milliseconds, of a day at the most: what was always there has no other age.
    private static String ageOf(String moment) {
        return "greatest(0, extract(epoch from now() - greatest(coalesce(" + moment + ", now()), now() - interval '1 day')) * 1000)::bigint";
    }

    /// Reads the newest of them, as many and about as many bytes as are wanted, among a bounded number of the newest entries.
    ///
    /// @throws SQLException with 57014 if it takes longer than it may; the connection is as it was
    static RecentEvents read(Connection connection, int maxSignals, long maxSize, Duration limit) throws SQLException {
        connection.setAutoCommit(false);
        try {
            limit(connection, limit);
            var found = read(connection, maxSignals, maxSize);
            connection.commit();
            return found;
        } catch (SQLException e) {
            if (!connection.isClosed()) connection.rollback();
            throw e;
        } finally {
            if (!connection.isClosed()) connection.setAutoCommit(true);
        }
    }

    private static void limit(Connection connection, Duration limit) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("set local statement_timeout = " + Math.max(1, limit.toMillis()));
        }
    }

    private static RecentEvents read(Connection connection, int maxSignals, long maxSize) throws SQLException {
        try (var statement = connection.prepareStatement(READ)) {
            statement.setInt(1, MAX_SCANNED);
            statement.setInt(2, MAX_SCANNED);
            statement.setLong(3, LogFeed.RECENT.toMillis());
            statement.setInt(4, maxSignals);
            statement.setLong(5, maxSize);
            try (var rows = statement.executeQuery()) {
                return read(rows);
            }
        }
    }

    private static RecentEvents read(ResultSet rows) throws SQLException {
        if (!rows.next()) throw EventTable.headless();
        var upTo = new EventId(rows.getString("epoch"), rows.getLong("last"));
        var reach = reach(rows);
        var found = rows.getLong("found");
        var signals = new ArrayList<LogFeed.Signal>();
        var read = 0;
        var oldest = Duration.ZERO;
        do {
            var id = rows.getLong("id");
            if (rows.wasNull()) break;
            var age = age(rows, "age");
            if (read++ == 0) oldest = age;
            if (!add(signals, new EventId(upTo.epoch(), id), rows, age)) reach = least(reach, age);
        } while (rows.next());
        return new RecentEvents(upTo, read < found ? least(reach, oldest) : reach, signals);
    }

    /// How far back the log has no gap that is known of.
    private static Duration reach(ResultSet head) throws SQLException {
        var last = head.getLong("last");
        var first = head.getLong("first");
        if (head.getLong("held") < (first == 0 ? last : last - first + 1)) return Duration.ZERO;
        return first <= 1 ? age(head, "since_age") : least(age(head, "since_age"), age(head, "first_age"));
    }

    private static boolean add(List<LogFeed.Signal> signals, EventId id, ResultSet row, Duration age) throws SQLException {
        var columns = EventTable.columns(row);
        try {
            if (columns.record() instanceof LogRecord.Published(var event)) signals.add(new LogFeed.Signal(id, event, age));
            return true;
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> "entry " + id + " of the log cannot be read by this version; new listens are told a loss", e);
            return false;
        }
    }

    private static Duration age(ResultSet row, String column) throws SQLException {
        return Duration.ofMillis(row.getLong(column));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
