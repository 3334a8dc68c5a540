package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.WARNING;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Keeps the log from growing: a virtual thread that deletes what is too old or too much, a batch at a time.
///
/// For each audience it leaves a mark: the number of the newest event that was deleted. So a reader that comes back late sees a loss
/// only if there was something for it. Marks are kept for a bounded number of audiences; older ones are merged into one for all
/// audiences of their kind.
final class Retention implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int BATCH = 1_000;
    private static final int MAX_BATCHES = 100;
    private static final int MARKS = 10_000;

    private final Database database;
    private final PostgresOptions options;
    private final Loop loop = new Loop("mcp-postgres-retention", this::trimLater);
    private boolean failing;

    Retention(Database database, PostgresOptions options) {
        this.database = database;
        this.options = options;
        loop.start();
    }

    private boolean trimLater() throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextLong(PERIOD.toMillis() / 2, PERIOD.toMillis() * 3 / 2));
        try {
            var deleted = trimSome();
            for (var n = 1; deleted == BATCH && n < MAX_BATCHES; n++) deleted = trimSome();
            if (deleted > 0) database.call(Retention::foldMarks);
            failing = false;
        } catch (SQLException e) {
            if (!failing) warn(SqlFailure.of(e));
            failing = true;
        }
        return true;
    }

    private int trimSome() throws SQLException {
        return database.call(on -> trim(on, options.keptEvents(), options.keptFor(), BATCH));
    }

    private static void warn(SqlFailure failure) {
        Loop.LOG.log(WARNING, () -> "old events could not be deleted: " + failure.reason() + "; trying again every "
                + PERIOD.toSeconds() + " s", failure.cause());
    }

    private static final String TRIM = """
            with old as (
                select max(id) as newest from (select id, created_at from mcp_event order by id limit ?) oldest, mcp_event_head
                where id < last and pg_try_advisory_xact_lock('mcp_event_head'::regclass::oid::int, 0)
                    and (id <= last - ? or created_at < now() - ? * interval '1 millisecond')
            ), gone as (
                delete from mcp_event using old where id <= newest returning id, kind, session, owner, method, created_at
            ), marked as (
                insert into mcp_event_gone as mark (audience, last, at)
                select audience, max(id), max(created_at) from (
                    select %1$s as audience, id, created_at from gone where kind = 0
                    union all select '%2$s', id, created_at from gone where kind = 0 and left(%1$s, 1) = 'u'
                    union all select '%3$s', id, created_at from gone) audiences
                group by audience
                on conflict (audience) do update
                set last = greatest(mark.last, excluded.last), at = greatest(mark.at, excluded.at)
            )
            select count(*) from gone
            """.formatted(LogTable.AUDIENCE, LogTable.ANY_THING, LogTable.ALL_GONE);

    /// Deletes the oldest entries beyond a number or an age, some at a time and always from the beginning, so that there are no
    /// holes. The newest stays: it says since when there was none. One replica does it at a time.
    ///
    /// @return how many it deleted
    static int trim(Statements on, long keep, Duration age, int atMost) throws SQLException {
        return on.rows(TRIM, row -> row.getInt(1), atMost, keep, age.toMillis()).getFirst();
    }

    private static final String FOLD_MARKS = """
            with folded as (
                delete from mcp_event_gone where length(audience) > 1 and audience <> '%s'
                    and last <= (select last from mcp_event_gone order by last desc offset ? limit 1)
                returning left(audience, 1) as kind, last, at
            ), together as (
                insert into mcp_event_gone as mark (audience, last, at)
                select kind, max(last), max(at) from folded group by kind
                on conflict (audience) do update
                set last = greatest(mark.last, excluded.last), at = greatest(mark.at, excluded.at)
            )
            select count(*) from folded
            """.formatted(LogTable.ANY_THING);

    /// Merges the oldest marks if there are too many.
    ///
    /// @return how many
    static long foldMarks(Statements on) throws SQLException {
        return on.rows(FOLD_MARKS, row -> row.getLong(1), MARKS).getFirst();
    }

    @Override
    public void close() {
        loop.close();
    }
}
