package dev.mcpsession.postgres;

import static java.util.stream.Collectors.joining;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;

/// Sessions as rows of `mcp_session`.
///
/// Texts that others chose are escaped as within a JSON string: a text of Postgres cannot hold a NUL, and UTF-8 has no lone surrogate.
///
/// A state is a `jsonb` object that holds the text of each value under its escaped key. So the server can merge the top level and count
/// bytes as the state is written on the wire, yet returns every value as it was: `1.0` stays `1.0`, as do a NUL and a lone surrogate,
/// which `jsonb` itself refuses. Rejected: plain `jsonb`, for that reason; and text that is merged here, since it takes two
/// queries, and a third after each competing update.
final class SessionRow {

    /// What [#read] reads, by name.
    static final String COLUMNS = "id, owner, protocol_version, client_name, capabilities, "
            + "created_at, last_active_at, expires_at, provisional, state, state_version";

    private SessionRow() {}

    static Session read(ResultSet row) throws SQLException {
        return new Session(
                new SessionId(row.getString("id")),
                Owner.ofValue(unescaped(row.getString("owner"))),
                new Client(
                        unescaped(row.getString("protocol_version")),
                        unescaped(row.getString("client_name")),
                        row.getString("capabilities")),
                instant(row, "created_at"),
                instant(row, "last_active_at"),
                instant(row, "expires_at"),
                row.getBoolean("provisional"),
                state(row.getString("state")),
                row.getLong("state_version"));
    }

    static SessionId id(ResultSet row) throws SQLException {
        return new SessionId(row.getString("id"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Json.Obj state(String stored) {
        var members = ((Json.Obj) Json.parse(stored)).members().entrySet().stream()
                .map(member -> '"' + member.getKey() + "\":" + ((Json.Str) member.getValue()).value())
                .collect(joining(",", "{", "}"));
        return (Json.Obj) Json.parse(members);
    }

    /// {@return the ids as one value of a statement}
    static Object ids(Collection<SessionId> ids) {
        return ids.stream().map(SessionId::value).toArray(String[]::new);
    }

    static String escaped(String text) {
        var quoted = new Json.Str(text).toString();
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String unescaped(String text) {
        return text.indexOf('\\') < 0 ? text : ((Json.Str) Json.parse('"' + text + '"')).value();
    }

    /// {@return a whole state, to be stored}
    static String state(Json.Obj state) {
        return stored(state, true);
    }

    /// {@return the members that a patch sets}
    static String set(Json.Obj patch) {
        return stored(patch, false);
    }

    /// {@return the keys that a patch removes}
    static String[] removed(Json.Obj patch) {
        return patch.members().entrySet().stream()
                .filter(member -> member.getValue() instanceof Json.Null)
                .map(member -> escaped(member.getKey()))
                .toArray(String[]::new);
    }

    private static String stored(Json.Obj object, boolean nulls) {
        var texts = new LinkedHashMap<String, Json>();
        object.members().forEach((key, value) -> {
            if (nulls || !(value instanceof Json.Null)) texts.put(escaped(key), new Json.Str(value.toString()));
        });
        return new Json.Obj(texts).toString();
    }
}
