package dev.mcpsession.postgres;

import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Changes the state of a session in the table, within its limit. Safe for use by many threads.
///
/// @param find     finds a live session
/// @param maxBytes how large a state may be
record SessionState(Database database, PolicySql sql, Function<SessionId, Optional<Session>> find, int maxBytes) {

    private static final int LONGEST_RACE = 1_000;

    private static final String MERGE = """
            update mcp_session
            set state = (state || ?::jsonb) - ?::text[], state_version = state_version + 1
            where id = ? and {mine} and {alive} and mcp_session_state_bytes((state || ?::jsonb) - ?::text[]) <= {max_state_bytes}
            returning {columns}
            """;

    private static final String MERGED_BYTES = """
            select mcp_session_state_bytes((state || ?::jsonb) - ?::text[]) as bytes from mcp_session
            where id = ? and {mine} and {alive}
            """;

    /// Merges a patch into the state, in one statement unless the result is too large.
    Optional<Session> merge(SessionId id, Json.Obj patch) {
        patch.toUtf8(); // fails if it is nested too deeply
        var set = SessionRow.set(patch);
        var removed = SessionRow.removed(patch);
        for (int race = 0; race < LONGEST_RACE; race++) {
            var merged = update(id, MERGE, set, removed, id.value(), set, removed);
            if (!merged.isEmpty()) return merged.stream().findFirst();
            var bytes = database.run("measure the state of session " + id, sql.of(MERGED_BYTES),
                    row -> row.getLong("bytes"), set, removed, id.value());
            if (bytes.isEmpty()) return Optional.empty();
            requireFits(bytes.getFirst());
        }
        throw overtaken(id);
    }

    private static final String REPLACE = """
            update mcp_session set state = ?::jsonb, state_version = state_version + 1
            where id = ? and {mine} and state_version = ? and {alive}
            returning {columns}
            """;

    /// Computes a new state from the old one, again whenever another change came between.
    Optional<Session> replace(SessionId id, UnaryOperator<Json.Obj> change) {
        Objects.requireNonNull(change, "change");
        for (int race = 0; race < LONGEST_RACE; race++) {
            var before = find.apply(id);
            if (before.isEmpty()) return before;
            var after = Objects.requireNonNull(change.apply(before.get().state()), "state");
            requireFits(after.toUtf8().length);
            var replaced = update(id, REPLACE, SessionRow.state(after), id.value(), before.get().stateVersion());
            if (!replaced.isEmpty()) return replaced.stream().findFirst();
        }
        throw overtaken(id);
    }

    private List<Session> update(SessionId id, String statement, Object... given) {
        return database.run("update the state of session " + id, sql.of(statement), SessionRow::read, given);
    }

    private void requireFits(long bytes) {
        if (bytes > maxBytes) throw new StateTooLargeException(maxBytes, bytes);
    }

    private static SessionStoreException overtaken(SessionId id) {
        return new SessionStoreException("update the state of session " + id + " failed: others must not change it all the"
                + " time, but did so " + LONGEST_RACE + " times");
    }
}
