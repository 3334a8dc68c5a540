package dev.mcpsession.postgres;

import java.sql.SQLException;
import java.time.Duration;

/// The statements that keep the log from growing.
///
/// For each audience they leave a mark: the number of the newest event that was deleted. So a reader that comes back late sees a loss
/// only if there was something for it. Marks are kept for a bounded number of audiences; older ones are merged into one for all
/// audiences of their kind.
final class Retention {

    private static final int MARKS = 10_000;

    private Retention() {}

    private static final String TRIM = """
            with old as (
                select max(id) as newest from (select id, created_at from mcp_event order by id limit ?) oldest,
                    (select max(id) as last, (select id from mcp_event order by id desc offset ? limit 1) as surplus from mcp_event) log
                where id < last and pg_try_advisory_xact_lock('mcp_event_head'::regclass::oid::int, 0)
                    and (id <= surplus or created_at < now() - ? * interval '1 millisecond')
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
            """.formatted(Audiences.OF_EVENT, Audiences.ANY_THING, Audiences.ALL_GONE);

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
            """.formatted(Audiences.ANY_THING);

    /// Merges the oldest marks if there are too many.
    static void foldMarks(Statements on) throws SQLException {
        on.rows(FOLD_MARKS, row -> row.getLong(1), MARKS);
    }
}
