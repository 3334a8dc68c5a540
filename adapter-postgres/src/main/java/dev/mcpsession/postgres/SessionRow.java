package dev.mcpsession.postgres;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/// A row of `mcp_session`.
final class SessionRow {

    /// What [#read] reads, by name.
    static final String COLUMNS = "id, owner, protocol_version, client_name, capabilities, "
            + "created_at, last_active_at, expires_at, provisional, state, state_version";

    private SessionRow() {}

    static Session read(ResultSet row) throws SQLException {
        return new Session(
                new SessionId(row.getString("id")),
                Owner.ofValue(Escaped.undone(row.getString("owner"))),
                new Client(
                        Escaped.undone(row.getString("protocol_version")),
                        Escaped.undone(row.getString("client_name")),
                        row.getString("capabilities")),
                instant(row, "created_at"),
                instant(row, "last_active_at"),
                instant(row, "expires_at"),
                row.getBoolean("provisional"),
                StoredState.read(row.getString("state")),
                row.getLong("state_version"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
