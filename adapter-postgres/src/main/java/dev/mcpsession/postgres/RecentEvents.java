package dev.mcpsession.postgres;

import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.broadcast.PastSignal;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The newest of every signal in the log of the last minutes, by the database's clock.
///
/// The table may not reach back as far: entries that were too old or too many were deleted, or it was put back to an older state, or a
/// standby that may lack commits took over. What was before is then unknown.
///
/// @param upTo    the newest event, whether it is a signal or not
/// @param reach   how far back all signals are here
/// @param signals those that are not for a single session, in order
record RecentEvents(EventId upTo, Duration reach, List<PastSignal> signals) {

    private static final int MAX_SCANNED = 100_000;

    private static final String SIGNALS = """
            select *, sum(octet_length(params)) over (order by id desc) - octet_length(params) as before, count(*) over () as found from (
                select distinct on (owner, method) id, owner, method, params, created_at from mcp_event
                where id > (select last from mcp_event_head) - ? and kind = 0 and session is null
                    and created_at > now() - ? * interval '1 millisecond'
                    and (right(method, 14) = '/list_changed"' or left(method, 1) = '[')
                order by owner, method, id desc
            ) newest order by id desc limit ?
            """;
    private static final String KEPT = """
            select count(*) as held, min(id) as first from mcp_event where id > (select last from mcp_event_head) - ?
            """;
    // What retention has deleted, and when the newest of that was published that may have been for a listen.
    private static final String GONE = """
            select max(last) filter (where audience = '.') as trimmed,
                max(at) filter (where left(audience, 1) in ('l', 'u', 'o')) as gone_at from mcp_event_gone
            """;
    private static final String READ = """
            select %s as epoch, last, held, first, trimmed, %s as since_age, %s as first_age, %s as gone_age,
                signal.id, %s as age, 0 as kind, null as session, signal.owner, signal.method, signal.params, found
            from mcp_event_head head cross join (%s) kept cross join (%s) gone
                left join mcp_event oldest on oldest.id = first
                left join (%s) signal on before < ?
            order by signal.id
            """.formatted(
                LogTable.EPOCH, ageOf("case when head.epoch = " + LogTable.EPOCH + " then since end"),
                ageOf("oldest.created_at"), ageOf("coalesce(gone_at, '-infinity')"), ageOf("signal.created_at"), KEPT, GONE, SIGNALS);

    // In milliseconds, at most a day: what was always there has no other age.
    private static String ageOf(String moment) {
        return "greatest(0, extract(epoch from now() - greatest(coalesce(" + moment
                + ", now()), now() - interval '1 day')) * 1000)::bigint";
    }

    /// Reads the newest of them, as many and about as many bytes as wanted, among a bounded number of the newest entries.
    ///
    /// @throws SQLException with 57014 if it takes longer than it may; the connection is as it was
    static RecentEvents read(Statements on, int maxSignals, long maxSize) throws SQLException {
        var rows = on.rows(READ, RecentEvents::found,
                MAX_SCANNED, MAX_SCANNED, LogFeed.RECENT.toMillis(), maxSignals, maxSize);
        if (rows.isEmpty()) throw LogTable.headless();
        var head = rows.getFirst();
        var signals = rows.stream().filter(row -> row.id > 0).toList();
        var reach = signals.isEmpty() || signals.size() == head.found ? head.reach : least(head.reach, signals.getFirst().age);
        for (var row : signals) if (row.signal.isEmpty()) reach = least(reach, row.age);
        return new RecentEvents(head.upTo, reach, signals.stream().flatMap(row -> row.signal.stream()).toList());
    }

    /// @param id     0 if there is no signal in this row
    /// @param signal empty if it cannot be read
    private record Found(EventId upTo, Duration reach, long found, long id, Duration age, Optional<PastSignal> signal) {}

    private static Found found(ResultSet row) throws SQLException {
        var upTo = new EventId(row.getString("epoch"), row.getLong("last"));
        var id = row.getLong("id");
        var age = age(row, "age");
        var signal = id == 0 ? Optional.<PastSignal>empty() : signal(upTo.epoch(), new LogTable.Row(id, null, LogTable.columns(row)), age);
        return new Found(upTo, reach(row), row.getLong("found"), id, age, signal);
    }

    private static Optional<PastSignal> signal(String epoch, LogTable.Row row, Duration age) {
        return row.record(epoch, "new listens report a loss")
                .map(record -> new PastSignal(new EventId(epoch, row.id()), ((LogRecord.Published) record).event(), age));
    }

    /// How far back the log has no gap that is known of.
    private static Duration reach(ResultSet head) throws SQLException {
        var last = head.getLong("last");
        var first = head.getLong("first");
        if (head.getLong("held") < (first == 0 ? last : last - first + 1)) return Duration.ZERO;
        if (first <= 1) return age(head, "since_age");
        var isMarked = head.getLong("trimmed") == first - 1;
        var before = isMarked && age(head, "first_age").compareTo(age(head, "gone_age")) < 0 ? "gone_age" : "first_age";
        return least(age(head, "since_age"), age(head, before));
    }

    private static Duration age(ResultSet row, String column) throws SQLException {
        return Duration.ofMillis(row.getLong(column));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
