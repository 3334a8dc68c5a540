package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import javax.sql.ConnectionEvent;
import javax.sql.ConnectionEventListener;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.PooledConnection;

/// A bounded number of connections, each handed out to one borrower at a time. Safe for use by many threads.
///
/// Small on purpose: it serves the backend that is opened by a URL; an application brings the pool that it has. A borrower that
/// finds all connections in use waits for a bounded time. A connection that was idle is tested before it is handed out. Once one is
/// found broken, all idle ones are closed, for they lead to the same server.
final class ConnectionPool implements Database.Source, AutoCloseable {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration TRUSTED = Duration.ofMillis(500);
    private static final Duration TRIAL = Duration.ofMillis(500);

    private final ConnectionPoolDataSource source;
    private final int size;
    private final Duration trusted;
    private final Semaphore free;
    private final ArrayDeque<Idle> idle = new ArrayDeque<>(); // the last one returned is handed out first
    private boolean closed;

    private record Idle(PooledConnection connection, long since) {}

    /// Creates a pool without connections.
    ///
    /// @param source opens a connection within a bounded time
    /// @param size   how many there may be at once
    ConnectionPool(ConnectionPoolDataSource source, int size) {
        this(source, size, TRUSTED);
    }

    /// @param trusted how long a connection may be idle without being tested
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
            return borrowed();
        } catch (SQLException | RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    private void takePlace() throws SQLException {
        try {
            if (free.tryAcquire(LONGEST_WAIT.toNanos(), NANOSECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while waiting for a connection", "08000", e);
        }
        throw new SQLTransientConnectionException("one of " + size + " connections must come back within "
                + LONGEST_WAIT.toMillis() + " ms: all are in use", SqlFailure.NO_FREE_CONNECTION);
    }

    private Connection borrowed() throws SQLException {
        for (var candidate = takeIdle(); candidate != null; candidate = takeIdle()) {
            try {
                if (isTrusted(candidate)) return borrowed(candidate.connection);
            } catch (SQLException _) {
                // its last borrower aborted it
            }
            discard(candidate.connection);
            closeIdle();
        }
        return borrowed(source.getPooledConnection());
    }

    private boolean isTrusted(Idle candidate) {
        return System.nanoTime() - candidate.since < trusted.toNanos() || isAlive(candidate.connection);
    }

    private static boolean isAlive(PooledConnection connection) {
        try {
            var trial = connection.getConnection();
            var before = trial.getNetworkTimeout();
            trial.setNetworkTimeout(Runnable::run, (int) TRIAL.toMillis());
            try (var statement = trial.createStatement()) {
                statement.execute("");
            }
            trial.setNetworkTimeout(Runnable::run, before);
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    private Connection borrowed(PooledConnection connection) throws SQLException {
        try {
            var borrowed = connection.getConnection();
            connection.addConnectionEventListener(new Loan(connection));
            return borrowed;
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
            if (broken || !keep(connection)) discard(connection);
            if (broken) closeIdle();
            free.release();
        }
    }

    private synchronized boolean keep(PooledConnection connection) {
        if (!closed) idle.push(new Idle(connection, System.nanoTime()));
        return !closed;
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

    /// Closes idle connections at once, and the others when they come back. Idempotent.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        closeIdle();
    }
}
