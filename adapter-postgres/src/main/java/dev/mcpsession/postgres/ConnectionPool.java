package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.logging.Logger;
import javax.sql.ConnectionEvent;
import javax.sql.ConnectionEventListener;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.DataSource;
import javax.sql.PooledConnection;

/// A bounded number of connections, lent one at a time. Safe for use by many threads.
///
/// Small on purpose: it serves the backend that is opened by a URL, and an application brings the pool that it has. Whoever
/// finds all connections lent waits for a bounded time. A connection that was idle is tried before it is lent. Once one is
/// found broken, all idle ones are closed, for they went to the same server.
final class ConnectionPool implements DataSource, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration TRUSTED = Duration.ofMillis(500);
    private static final Duration TRIAL = Duration.ofMillis(500);

    private final ConnectionPoolDataSource source;
    private final int size;
    private final Duration trusted;
    private final Semaphore free;
    private final ArrayDeque<Idle> idle = new ArrayDeque<>(); // the last one returned is lent first
    private boolean closed;

    private record Idle(PooledConnection connection, long since) {}

    /// Makes a pool without connections.
    ///
    /// @param source opens a connection within a bounded time
    /// @param size   how many there may be at once
    ConnectionPool(ConnectionPoolDataSource source, int size) {
        this(source, size, TRUSTED);
    }

    /// @param trusted how long a connection may be idle until it is tried first
    ConnectionPool(ConnectionPoolDataSource source, int size, Duration trusted) {
        this.source = source;
        this.size = size;
        this.trusted = trusted;
        free = new Semaphore(size, true);
    }

    @Override
    public Connection getConnection() throws SQLException {
        takePlace();
        try {
            return lent();
        } catch (SQLException | RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    private void takePlace() throws SQLException {
        try {
            if (free.tryAcquire(PATIENCE.toNanos(), NANOSECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while waiting for a connection", "08000", e);
        }
        throw new SQLTransientConnectionException("one of " + size + " connections must come back within "
                + PATIENCE.toMillis() + " ms: all are in use", Failure.NO_FREE_CONNECTION);
    }

    private Connection lent() throws SQLException {
        for (var candidate = takeIdle(); candidate != null; candidate = takeIdle()) {
            try {
                if (isTrusted(candidate)) return lent(candidate.connection);
            } catch (SQLException _) {
                // whoever had it last has aborted it
            }
            discard(candidate.connection);
            closeIdle();
        }
        return lent(source.getPooledConnection());
    }

    private boolean isTrusted(Idle candidate) {
        return System.nanoTime() - candidate.since < trusted.toNanos() || isAlive(candidate.connection);
    }

    private static boolean isAlive(PooledConnection connection) {
        try {
            var trial = connection.getConnection();
            var patience = trial.getNetworkTimeout();
            trial.setNetworkTimeout(Runnable::run, (int) TRIAL.toMillis());
            try (var statement = trial.createStatement()) {
                statement.execute("");
            }
            trial.setNetworkTimeout(Runnable::run, patience);
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    private Connection lent(PooledConnection connection) throws SQLException {
        try {
            var lent = connection.getConnection();
            connection.addConnectionEventListener(new Loan(connection));
            return lent;
        } catch (SQLException | RuntimeException | Error e) {
            discard(connection);
            throw e;
        }
    }

    /// Waits for the end of one loan.
    private final class Loan implements ConnectionEventListener {

        private final PooledConnection connection;
        private boolean broken;

        Loan(PooledConnection connection) {
            this.connection = connection;
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            broken = true;
        }

        @Override
        public void connectionClosed(ConnectionEvent event) {
            connection.removeConnectionEventListener(this);
            if (broken) {
                discard(connection);
                closeIdle();
            } else {
                giveBack(connection);
            }
            free.release();
        }
    }

    private void giveBack(PooledConnection connection) {
        synchronized (this) {
            if (!closed) {
                idle.push(new Idle(connection, System.nanoTime()));
                return;
            }
        }
        discard(connection);
    }

    private synchronized Idle takeIdle() {
        return idle.poll();
    }

    private void closeIdle() {
        for (var each = takeIdle(); each != null; each = takeIdle()) discard(each.connection);
    }

    private static void discard(PooledConnection connection) {
        try {
            connection.close();
        } catch (SQLException _) {
            // it was broken
        }
    }

    /// Closes what is idle; what is lent is closed when it comes back. Idempotent.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        closeIdle();
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the pool has one user");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("the pool does not log");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) return type.cast(this);
        throw new SQLException("not a wrapper for " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
