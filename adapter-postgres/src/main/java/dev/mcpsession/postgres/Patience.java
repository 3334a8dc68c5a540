package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/// How long the database may take for a connection, and for each answer. A network that drops everything gives no error by
/// itself, whatever a source's own limits are.
record Patience(Duration limit) {

    /// Something to do with a connection.
    @FunctionalInterface
    interface Work<T> {

        T with(Connection connection) throws SQLException;
    }

    /// Works with a connection that commits by itself, and gives it back as it was.
    <T> T call(DataSource source, Work<T> work) throws SQLException {
        try (var connection = open(source)) {
            var before = connection.getNetworkTimeout();
            limit(connection);
            if (!connection.getAutoCommit()) connection.setAutoCommit(true);
            var result = working(connection, work);
            connection.setNetworkTimeout(Runnable::run, before);
            return result;
        }
    }

    /// A connection to a standby is of no use, and another one may lead to the primary.
    private static <T> T working(Connection connection, Work<T> work) throws SQLException {
        try {
            return work.with(connection);
        } catch (SQLException e) {
            if (Failure.READ_ONLY.equals(e.getSQLState())) connection.abort(Runnable::run);
            throw e;
        }
    }

    /// Lets each answer on this connection be waited for no longer than the limit; then the connection is broken.
    void limit(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) limit.toMillis());
    }

    /// Statements on which the server gives up before the connection is broken.
    Statements on(Connection connection) {
        return on(connection, limit);
    }

    /// The same, with less time.
    Statements on(Connection connection, Duration atMost) {
        var before = limit.multipliedBy(3).dividedBy(4);
        return new Statements(connection, atMost.compareTo(before) < 0 ? atMost : before);
    }

    /// A connection in time, or none. One that comes later is closed.
    Connection open(DataSource source) throws SQLException {
        var opening = new CompletableFuture<Connection>();
        var thread = Thread.ofVirtual().name("mcp-postgres-connect").start(() -> open(source, opening));
        try {
            return opening.get(limit.toNanos(), NANOSECONDS);
        } catch (TimeoutException e) {
            return late(opening, thread, new SQLTimeoutException("no connection within " + limit, "08001", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return late(opening, thread, new SQLException("interrupted while connecting", "08001", e));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) throw failure;
            throw new SQLException("no connection", "08001", e.getCause());
        }
    }

    private static void open(DataSource source, CompletableFuture<Connection> opening) {
        try {
            var connection = source.getConnection();
            if (!opening.complete(connection)) connection.close();
        } catch (SQLException | RuntimeException | Error e) {
            opening.completeExceptionally(e);
        }
    }

    private static Connection late(CompletableFuture<Connection> opening, Thread thread, SQLException why) throws SQLException {
        if (!opening.completeExceptionally(why) && !opening.isCompletedExceptionally()) return opening.join();
        thread.interrupt();
        throw why;
    }
}
