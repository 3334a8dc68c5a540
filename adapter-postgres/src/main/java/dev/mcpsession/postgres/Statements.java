package dev.mcpsession.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Statements on a connection that commits by itself: each call is one transaction, one round trip, and a bounded time on the server.
///
/// A statement may wait for a lock, and a commit that notifies waits for others that do. The server gives up by itself, so
/// a client that has stopped waiting leaves no server process behind.
///
/// @param limit how long the server may work on one statement
record Statements(Connection connection, Duration limit) {

    // In the transaction of what follows, and in its round trip: a pooled connection keeps its own settings. At another isolation
    // level the server refuses this, so that nothing is done there.
    private static final String IN_TIME = "select set_config('statement_timeout', ?, true), set_config('lock_timeout', ?, true), "
            + "set_config('transaction_isolation', 'read committed', true);\n";

    /// Reads one row.
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /// {@return the same connection with this limit if it is shorter}
    Statements atMost(Duration other) {
        return other.compareTo(limit) < 0 ? new Statements(connection, other) : this;
    }

    /// Runs a query or a change that returns rows.
    ///
    /// @param sql   one or more statements, which all return rows
    /// @param given a value for each `?`
    /// @return the rows of the last statement
    /// @throws SQLException with 57014 or 55P03 if the server gave up
    <T> List<T> rows(String sql, Reader<T> reader, Object... given) throws SQLException {
        try (var statement = connection.prepareStatement(IN_TIME + sql)) {
            var millis = Long.toString(Math.max(1, limit.toMillis()));
            statement.setString(1, millis);
            statement.setString(2, millis);
            for (int i = 0; i < given.length; i++) statement.setObject(i + 3, given[i]);
            var rows = new ArrayList<T>();
            for (var answer = lastAnswer(statement); answer.next(); ) rows.add(reader.read(answer));
            return rows;
        }
    }

    /// {@return an array of this type as one value of a statement}
    <T> Object array(String type, List<T> from, Function<T, Object> value) throws SQLException {
        return connection.createArrayOf(type, from.stream().map(value).toArray());
    }

    private static ResultSet lastAnswer(PreparedStatement statement) throws SQLException {
        statement.execute();
        var answer = statement.getResultSet();
        while (statement.getMoreResults(PreparedStatement.KEEP_CURRENT_RESULT)) answer = statement.getResultSet();
        return answer;
    }
}
