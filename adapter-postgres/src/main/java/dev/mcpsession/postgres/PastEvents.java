package dev.mcpsession.postgres;

import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What followed a number, as one reader sees it: events for others, ends and take-overs are numbers without content.
///
/// Retention leaves a mark for each audience: the number of the newest event for it that was deleted. So a reader that comes back late
/// sees a loss only if there was something for it. Marks are kept for a bounded number of audiences; older ones are merged into
/// one for all audiences of their kind.
///
/// @param epoch  the log's
/// @param oldest the number before the oldest entry that is kept
/// @param gone   the newest number that is gone and may have been for this reader
/// @param rows   in order
record PastEvents(String epoch, long oldest, long gone, List<Row> rows) {

    private static final int MARKS = 10_000;

    /// @param columns null if it is nothing for this reader
    record Row(long id, RecordColumns columns) {

        boolean isWanted() {
            return columns != null;
        }
    }

    /// Whether something for this reader was deleted after a number.
    boolean isGone(long after) {
        return gone > after;
    }

    /// Whom an event is for: all (a list that changed, a message), those that asked for a thing of a topic, a session or an owner.
    /// The first letter is its kind. Audiences whose long names begin alike share one.
    private static final String AUDIENCE = """
            case when session is not null then 's' || left(session, 500) when owner is not null then 'o' || left(owner, 500)
                when left(method, 1) = '[' then 'u' || left(method, 500)
                when right(method, 14) = '/list_changed"' then 'l'
                else 'm' end""";
    private static final String ANY_THING = "u*"; // of whatever topic
    private static final String ALL_GONE = "."; // up to where retention has deleted
    private static final String IS_WANTED = "(kind = 0 and (%1$s = any(wanted) or left(%1$s, 1) || '*' = any(wanted)))".formatted(AUDIENCE);

    /// The newest number that was deleted. What was not deleted by retention may have been for any audience.
    private static final String GONE = """
            (select greatest(newest, case when oldest > coalesce(trimmed, 0) then oldest else 0 end) from (
                select coalesce(max(last) filter (where audience = any(wanted)), 0) as newest,
                    max(last) filter (where audience = '.') as trimmed
                from mcp_event_gone where audience = any(wanted || '.'::text)) mark)""";
    private static final String HEAD = """
            with asked as materialized (
                select ?::text[] as wanted, last, %s as epoch, (select coalesce(min(id) - 1, last) from mcp_event) as oldest
                from mcp_event_head head)
            """.formatted(LogTable.EPOCH);

    private static final String FOLLOW = HEAD + """
            select epoch, last, %s as gone, (select count(*) from (
                    select 1 from mcp_event where id > ? and %s limit ?) few) as wanted
            from asked
            """.formatted(GONE, IS_WANTED);

    /// Whether all that followed is there, and no more than so many events.
    static boolean follow(Statements on, EventFilter filter, EventId after, int atMost) throws SQLException {
        return on.rows(FOLLOW, row -> row.getString("epoch").equals(after.epoch()) && after.sequence() <= row.getLong("last")
                        && row.getLong("gone") <= after.sequence() && row.getLong("wanted") <= atMost,
                audiences(on, filter), after.sequence(), atMost + 1L).stream().findFirst().orElseThrow(LogTable::headless);
    }

    private static final String READ = HEAD + """
            select epoch, oldest, %s as gone, e.* from asked left join (
                select *, sum(coalesce(octet_length(params), 0)) over (order by id) - coalesce(octet_length(params), 0) as before from (
                    select id, is_wanted, kind, session, owner, method, case when is_wanted then params end as params from (
                        select entry.*, %s as is_wanted from mcp_event entry, asked
                        where id > ? and id <= ? order by id limit ?) page) content
            ) e on before < ? order by id
            """.formatted(GONE, IS_WANTED);

    /// Reads some of it, as many rows and about as many characters as are wanted.
    static PastEvents read(Statements on, EventFilter filter, long after, long upTo, int maxRows, long maxSize) throws SQLException {
        var found = on.rows(READ, PastEvents::found, audiences(on, filter), after, upTo, maxRows, maxSize);
        if (found.isEmpty()) throw LogTable.headless();
        var head = found.getFirst();
        return new PastEvents(head.epoch, head.oldest, head.gone, found.stream().flatMap(one -> one.rows.stream()).toList());
    }

    private static PastEvents found(ResultSet row) throws SQLException {
        var id = row.getLong("id");
        var rows = row.wasNull() ? List.<Row>of() : List.of(new Row(id, row.getBoolean("is_wanted") ? LogTable.columns(row) : null));
        return new PastEvents(row.getString("epoch"), row.getLong("oldest"), row.getLong("gone"), rows);
    }

    private static Object audiences(Statements on, EventFilter filter) throws SQLException {
        var wanted = new ArrayList<>(List.of("l", "m"));
        filter.namedTopics().ifPresentOrElse(
                keys -> keys.forEach(key -> want(wanted, "u", RecordColumns.textOf(key))), () -> wanted.add(ANY_THING));
        filter.session().ifPresent(session -> want(wanted, "s", session.value()));
        if (!filter.owner().isAnonymous()) want(wanted, "o", RecordColumns.textOf(filter.owner()));
        return on.connection().createArrayOf("text", wanted.toArray());
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

    /// Leaves the marks of what a statement deletes as `gone`, to be put into it.
    static final String MARKED = """
            marked as (
                insert into mcp_event_gone as mark (audience, last, at)
                select audience, max(id), max(created_at) from (
                    select %1$s as audience, id, created_at from gone where kind = 0
                    union all select '%2$s', id, created_at from gone where kind = 0 and left(%1$s, 1) = 'u'
                    union all select '%3$s', id, created_at from gone) audiences
                group by audience
                on conflict (audience) do update
                set last = greatest(mark.last, excluded.last), at = greatest(mark.at, excluded.at)
            )""".formatted(AUDIENCE, ANY_THING, ALL_GONE);

    /// Merges the oldest marks if there are too many.
    ///
    /// @return how many
    static long foldMarks(Statements on) throws SQLException {
        return on.rows("""
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
                """.formatted(ANY_THING), row -> row.getLong(1), MARKS).getFirst();
    }
}
