package dev.mcpsession.postgres;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// Creates sessions within the limits on their number. Safe for use by many threads.
///
/// A limit is compared with what has been committed. So creates do not wait for each other, and those that run at the same moment
/// may together exceed it by their number less one.
record SessionAdmission(Database database, PolicySql sql, SessionSweep sweep) {

    private static final int LONGEST_RACE = 1_000; // between creates in a full store

    // Adds to the count after the row, which may not come to be: its id may be in use.
    static final String CREATE = """
            with created as (
                insert into mcp_session
                    (kind, id, owner, protocol_version, client_name, capabilities, created_at, last_active_at, expires_at, due_at)
                select {kind}, ?, ?, ?, ?, ?, now(), now(), {first_expiry}, {first_expiry}
                where {held} < {max_sessions} and {owned} < {max_sessions_per_owner}
                on conflict (id, kind) do nothing
                returning {columns}
            ), counted as (
                insert into mcp_session_total as total (kind, slot, held) select {kind}, mcp_session_slot(), 1 from created
                on conflict (kind, slot) do update set held = total.held + 1
            )
            select * from created
            """;

    // A full store drops the expired session whose revival would end first.
    static final String MAKE_ROOM = """
            with room as materialized (
                select {held} < {max_sessions} as in_store, {owned} < {max_sessions_per_owner} as for_owner,
                    exists(select from mcp_session where id = ? and {mine}) as known
            ), oldest as (
                select id from mcp_session where {mine} and ended and (select for_owner and not in_store and not known from room)
                order by due_at limit 1 for update skip locked
            ), dropped as (
                delete from mcp_session using oldest where mcp_session.id = oldest.id and {mine} returning mcp_session.id
            )
            select in_store or exists(select from dropped) as in_store, for_owner, known from room
            """;

    /// Creates a session; see [dev.mcpsession.SessionStore#create].
    CreateResult create(SessionId id, Owner owner, Client client) {
        var name = SessionRow.escaped(owner.value());
        var isSwept = false;
        for (int race = 0; race < LONGEST_RACE; race++) {
            var created = database.run("create session " + id, sql.of(CREATE), SessionRow::read, id.value(), name,
                    SessionRow.escaped(client.protocolVersion()), SessionRow.escaped(client.name()), client.capabilitiesJson(), name);
            if (!created.isEmpty()) return new CreateResult.Created(created.getFirst());
            var refusal = database.run("make room for session " + id, sql.of(MAKE_ROOM), row -> refusal(id, row),
                    name, id.value()).getFirst();
            if (refusal.isPresent()) {
                if (isSwept || refusal.get() instanceof CreateResult.OwnerFull) return refusal.get();
                isSwept = !sweep.batch();
            }
        }
        return new CreateResult.StoreFull();
    }

    private static Optional<CreateResult> refusal(SessionId id, ResultSet row) throws SQLException {
        if (!row.getBoolean("for_owner")) return Optional.of(new CreateResult.OwnerFull());
        if (row.getBoolean("known")) throw new IllegalArgumentException("session id must be new: " + id);
        return row.getBoolean("in_store") ? Optional.empty() : Optional.of(new CreateResult.StoreFull());
    }
}
