package dev.mcpsession.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/// Runs statements, each in a transaction of its own and within a bounded time. Safe for use by many threads.
///
/// A statement may have to wait for a lock: the server gives up by itself, so that none of its processes is left waiting. If the
/// server is silent, the connection is given up a little later.
final class Database {

    static final Patience WAIT = new Patience(Duration.ofMillis(1_000));
    static final Patience SILENCE = new Patience(Duration.ofMillis(1_600));

    private final DataSource source;
    private final Patience wait;
    private final Patience silence;

    Database(DataSource source) {
        this(source, WAIT, SILENCE);
    }

    /// @param wait    how long to wait for a connection, and how long a statement may take, others before it included
    /// @param silence how long the server may say nothing
    Database(DataSource source, Patience wait, Patience silence) {
        this.source = source;
        this.wait = wait;
        this.silence = silence;
    }

    /// Something to do with a connection.
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /// Asks or changes something. Also a question may have to wait, for somebody who alters a table.
    ///
    /// @param what  what is being done, for a message
    /// @param sql   one or more statements, which all answer rows
    /// @param given a value for each `?`
    /// @return what the last of them answered
    <T> List<T> run(String what, String sql, Statements.Reader<T> reader, Object... given) {
        return with(what, connection -> new Statements(connection, wait.limit()).rows(sql, reader, given));
    }

    <T> T with(String what, Work<T> work) {
        try (var connection = wait.open(source)) {
            return inTime(connection, work);
        } catch (SQLException e) {
            throw Failure.during(what, e);
        }
    }

    private <T> T inTime(Connection connection, Work<T> work) throws SQLException {
        var patience = connection.getNetworkTimeout();
        silence.limit(connection);
        try {
            return committing(connection, work);
        } catch (SQLException e) {
            // A standby does not become the primary; another connection may lead there.
            if (Failure.READ_ONLY.equals(e.getSQLState())) connection.abort(Runnable::run);
            throw e;
        } finally {
            if (!connection.isClosed()) connection.setNetworkTimeout(Runnable::run, patience);
        }
    }

    private static <T> T committing(Connection connection, Work<T> work) throws SQLException {
        if (connection.getAutoCommit()) return work.on(connection);
        connection.setAutoCommit(true);
        try {
            return work.on(connection);
        } finally {
            if (!connection.isClosed()) connection.setAutoCommit(false);
        }
    }
}
