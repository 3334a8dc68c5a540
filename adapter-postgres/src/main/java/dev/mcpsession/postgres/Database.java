package dev.mcpsession.postgres;

import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Does bounded work on borrowed connections, and gives each back as it came. Safe for use by many threads.
///
/// A network that drops everything reports no error by itself, whatever limits a data source has. So a thread of its own opens each
/// connection, the server cancels a statement that takes too long, and a server that stays silent loses the connection.
///
/// @param connect   how long opening a connection may take
/// @param statement how long the server may work on a statement, waits for locks included; shorter than the silence, so that
///                  nothing is left at work on the server when its client gives up
/// @param silence   how long to wait for an answer before the connection is broken off
/// @param isolated  whether a connection has come with another isolation level than "read committed"
record Database(Source source, Duration connect, Duration statement, Duration silence, AtomicBoolean isolated) {

    private static final Duration AT_START = Duration.ofSeconds(30);

    /// Where connections come from.
    @FunctionalInterface
    interface Source {
        Connection getConnection() throws SQLException;

        /// {@return a connection that is there already, or null} Never waits.
        default Connection ready() {
            return null;
        }

        /// Whether a thread that takes too long may be interrupted, such as one that waits for an application's pool.
        default boolean isInterruptible() {
            return true;
        }
    }

    /// Something to do with a connection.
    @FunctionalInterface
    interface Work<T> {
        T with(Statements on) throws SQLException;
    }

    Database(Source source, Duration connect, Duration statement, Duration silence) {
        this(source, connect, statement, silence, new AtomicBoolean());
    }

    /// Returns the database as requests may use it: in the worst case one gets its 503 after 2.6 s.
    static Database forRequests(Source source) {
        return new Database(source, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(1_600));
    }

    /// Returns the database with one limit for everything; the server cancels after three quarters of it.
    static Database within(Duration limit, Source source) {
        return new Database(source, limit, limit.multipliedBy(3).dividedBy(4), limit);
    }

    /// {@return the same for the first connections} A JVM that starts has classes to load, and may have a tenth of a processor for it.
    Database patient() {
        return connect.compareTo(AT_START) < 0 ? within(AT_START, source) : this;
    }

    /// Runs one or more statements in a transaction of their own; see [Statements#rows].
    ///
    /// @param what what is being done, for a message
    /// @throws dev.mcpsession.SessionStoreException if that fails
    <T> List<T> run(String what, String sql, Statements.Reader<T> reader, Object... given) {
        try {
            return call(on -> on.rows(sql, reader, given));
        } catch (SQLException e) {
            throw SqlFailure.during(what, e);
        }
    }

    // The isolation level takes a round trip to ask for. So it is asked for only once a first statement was refused for it, which had
    // no effect.
    <T> T call(Work<T> work) throws SQLException {
        try {
            return lent(work);
        } catch (SQLException e) {
            if (!SqlFailure.ISOLATION.equals(e.getSQLState())) throw e;
            isolated.set(true);
            return lent(work);
        }
    }

    private <T> T lent(Work<T> work) throws SQLException {
        try (var connection = open(); var _ = new Loan(connection, this)) {
            try {
                return work.with(isolated.get() ? prepared(connection) : bounded(connection));
            } catch (SQLException e) {
                // The driver does not notice that the server has ended a connection; and a standby does not become the primary.
                if (SqlFailure.of(e).isOfConnection()) connection.abort(Runnable::run);
                throw e;
            }
        }
    }

    /// Prepares a connection that is kept: auto-commit, "read committed", within the limits.
    Statements prepared(Connection connection) throws SQLException {
        var on = bounded(connection);
        if (connection.getTransactionIsolation() != TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(TRANSACTION_READ_COMMITTED);
        }
        return on;
    }

    private Statements bounded(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) silence.toMillis());
        if (!connection.getAutoCommit()) connection.setAutoCommit(true);
        if (connection.isReadOnly()) connection.setReadOnly(false);
        return new Statements(connection, statement);
    }

    /// What a connection was like when it was borrowed.
    private record Loan(Connection connection, int networkTimeout, int isolation, boolean autoCommit, boolean readOnly)
            implements AutoCloseable {

        Loan(Connection connection, Database database) throws SQLException {
            var networkTimeout = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, (int) database.silence.toMillis());
            var isolation = database.isolated.get() ? connection.getTransactionIsolation() : TRANSACTION_READ_COMMITTED;
            this(connection, networkTimeout, isolation, connection.getAutoCommit(), connection.isReadOnly());
        }

        @Override
        public void close() throws SQLException {
            if (connection.isClosed()) return;
            if (isolation != TRANSACTION_READ_COMMITTED) connection.setTransactionIsolation(isolation);
            if (connection.isReadOnly() != readOnly) connection.setReadOnly(readOnly);
            if (connection.getAutoCommit() != autoCommit) connection.setAutoCommit(autoCommit);
            connection.setNetworkTimeout(Runnable::run, networkTimeout);
        }
    }

    /// Opens a connection in time, or none: one that comes later is closed.
    Connection open() throws SQLException {
        var ready = Thread.currentThread().isInterrupted() ? null : source.ready(); // an interrupt would break it
        if (ready != null) return ready;
        var opening = new CompletableFuture<Connection>();
        var thread = Thread.ofVirtual().name("mcp-postgres-connect").start(() -> open(opening));
        try {
            return opening.get(connect.toNanos(), NANOSECONDS);
        } catch (TimeoutException e) {
            return late(opening, thread, new SQLTimeoutException("no connection within " + connect, "08001", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return late(opening, thread, new SQLException("interrupted while connecting", "08001", e));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) throw failure;
            throw new SQLException("no connection", "08001", e.getCause());
        }
    }

    private void open(CompletableFuture<Connection> opening) {
        try {
            var connection = source.getConnection();
            if (!opening.complete(connection)) connection.close();
        } catch (SQLException | RuntimeException | Error e) {
            opening.completeExceptionally(e);
        }
    }

    private Connection late(CompletableFuture<Connection> opening, Thread thread, SQLException why) throws SQLException {
        if (!opening.completeExceptionally(why) && !opening.isCompletedExceptionally()) return opening.join();
        if (source.isInterruptible()) thread.interrupt();
        throw why;
    }
}
