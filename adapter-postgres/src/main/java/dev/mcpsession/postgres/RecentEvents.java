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
import java.util.stream.Stream;

/// The newest of every signal in the log of the last minutes, by the database's clock.
///
/// The table may not reach back as far: entries were deleted, or a life of the server began that may lack commits. What was before is
/// then unknown.
///
/// @param upTo    the newest event, whether it is a signal or not
/// @param reach   how far back all signals are here
/// @param signals those that are not for a single session, in order
record RecentEvents(EventId upTo, Duration reach, List<PastSignal> signals) {

    private static final int MAX_SCANNED = 100_000;

    private static final String SCANNED =
            "id > coalesce((select id from mcp_event order by id desc offset " + MAX_SCANNED + " limit 1), 0)";
    // The moment before which signals are unknown: that of a life that may lack commits, of the oldest entry, or of the newest deleted
    // one that may have been for a listen; or now, if an entry is missing between the others.
    private static final String REACH = """
            select nonce, last, extract(epoch from now() - greatest(
                case when held < newest - first.id + 1 - jumps + case when first.kind = %1$s then first.id - 1 - first.params::bigint else 0 end
                    then now() end, begun,
                case when first.kind = %1$s and first.params = '0' then null
                    when gone = first.id - 1 then least(coalesce(gone_at, 'epoch'), first.created_at) else first.created_at end)) * 1000 as age
            from mcp_event_head cross join (
                    select count(*) as held, min(id) as oldest, max(id) as newest,
                        coalesce(sum(id - 1 - params::bigint) filter (where kind = %1$s), 0) as jumps,
                        max(created_at) filter (where kind = %1$s and params <> '0' or kind = %2$s) as begun
                    from mcp_event where %3$s) kept
                cross join (select max(last) filter (where audience = '%4$s') as gone,
                    max(at) filter (where left(audience, 1) in ('l', 'u', 'o')) as gone_at from mcp_event_gone) mark
                left join mcp_event first on first.id = oldest
            """.formatted(RecordColumns.LIFE, RecordColumns.LOST, SCANNED, Audiences.ALL_GONE);
    private static final String SIGNALS = """
            select *, extract(epoch from now() - created_at) * 1000 as age from (
                select *, sum(octet_length(params)) over (order by id desc) - octet_length(params) as before, count(*) over () as found from (
                    select distinct on (owner, method) * from mcp_event
                    where %s and id <= ? and kind = 0 and session is null and created_at > now() - ? * interval '1 millisecond'
                        and (right(method, 14) = '/list_changed"' or left(method, 1) = '[')
                    order by owner, method, id desc
                ) signal order by id desc limit ?
            ) few where before < ? order by id
            """.formatted(SCANNED);

    /// Reads the newest of them, as many and about as many bytes as wanted, among a bounded number of the newest entries.
    ///
    /// @throws SQLException with 57014 if it takes longer than it may; the connection is as it was
    static RecentEvents read(Statements on, int maxSignals, long maxSize) throws SQLException {
        var head = on.rows(REACH, row -> new RecentEvents(new EventId(row.getString(1), row.getLong(2)), ageOf(row), List.of()))
                .stream().findFirst().orElseThrow(LogTable::headless);
        var found = on.rows(SIGNALS, row -> Found.read(head.upTo.epoch(), row),
                head.upTo.sequence(), LogFeed.RECENT.toMillis(), maxSignals, maxSize);
        var isAll = found.isEmpty() || found.getFirst().of == found.size();
        var unknown = Stream.concat(isAll ? Stream.empty() : Stream.of(found.getFirst()), found.stream().filter(each -> each.signal.isEmpty()));
        var reach = Stream.concat(Stream.of(head.reach), unknown.map(Found::age)).min(Duration::compareTo).orElseThrow();
        return new RecentEvents(head.upTo, reach, found.stream().flatMap(each -> each.signal.stream()).toList());
    }

    /// @param of     how many there are
    /// @param signal empty if it cannot be read
    private record Found(long of, Duration age, Optional<PastSignal> signal) {

        static Found read(String epoch, ResultSet row) throws SQLException {
            var age = ageOf(row);
            var entry = new LogTable.Row(row.getLong("id"), 0, null, LogTable.columns(row));
            return new Found(row.getLong("found"), age, entry.record(epoch, "new listens report a loss")
                    .map(record -> new PastSignal(new EventId(epoch, entry.id()), ((LogRecord.Published) record).event(), age)));
        }
    }

    /// {@return how long ago that was; without a moment, longer than anything is remembered}
    private static Duration ageOf(ResultSet row) throws SQLException {
        var millis = row.getLong("age");
        return row.wasNull() ? LogFeed.RECENT : Duration.ofMillis(Math.max(0, millis));
    }
}
