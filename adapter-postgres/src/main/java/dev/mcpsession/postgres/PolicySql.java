package dev.mcpsession.postgres;

import dev.mcpsession.SessionPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Statements in which a policy's numbers and the kind of a store's sessions are words in braces, such as `{max_sessions}`. Safe for
/// use by many threads.
///
/// Moments are computed by the database from its own clock, so it does not matter what the clocks of replicas say. New
/// moments are counted from `now()`, the same throughout a statement; whether a session is alive is asked of
/// `clock_timestamp()`, since the statement may have waited for a lock until it was not.
final class PolicySql {

    private final Map<String, String> words;
    private final Map<String, String> known = new ConcurrentHashMap<>(); // as many as there are statements in the source

    PolicySql(SessionPolicy policy, String kind) {
        var firstLife = Stream.of(policy.provisionalTtl(), policy.ttl(), policy.maxAge()).min(Duration::compareTo).orElseThrow();
        words = Map.ofEntries(
                Map.entry("{columns}", SessionRow.COLUMNS),
                Map.entry("{kind}", "'" + kind + "'"),
                Map.entry("{mine}", "kind = '" + kind + "'"),
                Map.entry("{alive}", "expires_at > clock_timestamp()"),
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

    /// The statement with its numbers.
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
        return "interval '" + duration.toNanos() / 1_000 + " microseconds'";
    }
}
