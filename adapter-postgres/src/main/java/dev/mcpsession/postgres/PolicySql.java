package dev.mcpsession.postgres;

import dev.mcpsession.SessionPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Statements in which a policy's numbers and the kind of a store's sessions are words in braces, such as `{max_sessions}`. Safe for
/// use by many threads. `{held}` counts the sessions of the kind, and `{owned}` those of the owner that is given for its `?`.
///
/// The database computes all moments from its own clock, so the clocks of replicas do not matter. New moments count from `now()`, the
/// same throughout a statement; whether a session is alive depends on `clock_timestamp()`, since it may have expired while the
/// statement waited for a lock.
final class PolicySql {

    /// How many sessions one statement changes at most.
    static final int BATCH = 1_000;
    /// How many sessions one statement lists at most.
    static final int PAGE = 500;

    private final Map<String, String> words;
    private final Map<String, String> known = new ConcurrentHashMap<>(); // as many as there are statements in the source

    PolicySql(SessionPolicy policy, String kind) {
        var firstLife = Stream.of(policy.provisionalTtl(), policy.ttl(), policy.maxAge()).min(Duration::compareTo).orElseThrow();
        var mine = "kind = '" + kind + "'";
        var alive = "expires_at > clock_timestamp()";
        words = Map.ofEntries(
                Map.entry("{columns}", SessionRow.COLUMNS),
                Map.entry("{kind}", "'" + kind + "'"),
                Map.entry("{mine}", mine),
                Map.entry("{alive}", alive),
                Map.entry("{held}", "(select coalesce(sum(held), 0) from mcp_session_total where " + mine + ")"),
                Map.entry("{owned}",
                        "(select count(*) from mcp_session where " + mine + " and owner = ? and owner <> '' and " + alive + ")"),
                Map.entry("{page}", "" + PAGE),
                Map.entry("{batch}", "" + BATCH),
                Map.entry("{first_expiry}", "now() + " + interval(firstLife)),
                Map.entry("{next_expiry}", "greatest(expires_at, least(now() + " + interval(policy.ttl())
                        + ", created_at + " + interval(policy.maxAge()) + "))"),
                Map.entry("{revivable_until}", "case when provisional or owner = '' then expires_at else least(expires_at + "
                        + interval(policy.revivalWindow()) + ", created_at + " + interval(policy.maxAge()) + ") end"),
                Map.entry("{touch_interval}", interval(policy.touchInterval().multipliedBy(19).dividedBy(20))),
                Map.entry("{max_sessions}", "" + policy.maxSessions()),
                Map.entry("{max_sessions_per_owner}", "" + policy.maxSessionsPerOwner()),
                Map.entry("{max_state_bytes}", "" + policy.maxStateBytes()));
    }

    /// {@return a statement with its numbers}
    ///
    /// @param template a constant
    String of(String template) {
        return known.computeIfAbsent(template, this::filled);
    }

    private String filled(String template) {
        var sql = template;
        for (var word : words.entrySet()) sql = sql.replace(word.getKey(), word.getValue());
        return sql;
    }

    private static String interval(Duration duration) {
        return "make_interval(secs => " + duration.toNanos() / 1_000 + "e-6)";
    }
}
