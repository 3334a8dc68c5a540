package dev.mcpsession.postgres;

import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.json.Json;
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
            with merged as (
                select id as merged_id, (state || ?::jsonb) - ?::text[] as merged_state
                from mcp_session where id = ? and {mine} and {alive} for no key update
            ), measured as materialized (
                select *, mcp_session_state_bytes(merged_state) as bytes from merged
            ), changed as (
                update mcp_session set state = merged_state, state_version = state_version + 1
                from measured where id = merged_id and {mine} and bytes <= {max_state_bytes}
                returning {columns}
            )
            select bytes, changed.* from measured left join changed on true
            """;

    /// Merges a patch into the state.
    Optional<Session> merge(SessionId id, Json.Obj patch) {
        patch.toUtf8(); // fails if it is nested too deeply
        return update(id, MERGE, row -> {
            requireFits(row.getLong("bytes"));
            return SessionRow.read(row);
        }, SessionRow.set(patch), SessionRow.removed(patch), id.value());
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
            var replaced = update(id, REPLACE, SessionRow::read, SessionRow.state(after), id.value(), before.get().stateVersion());
            if (replaced.isPresent()) return replaced;
        }
        throw new SessionStoreException("update the state of session " + id + " failed: others must not change it all the"
                + " time, but did so " + LONGEST_RACE + " times");
    }

    private Optional<Session> update(SessionId id, String template, Statements.Reader<Session> reader, Object... given) {
        return database.run("update the state of session " + id, sql.of(template), reader, given).stream().findFirst();
    }

    private void requireFits(long bytes) {
        if (bytes > maxBytes) throw new StateTooLargeException(maxBytes, bytes);
    }
}
