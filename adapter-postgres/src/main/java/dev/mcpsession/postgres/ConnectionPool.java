package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// A bounded number of connections, each handed out to one borrower at a time. Safe for use by many threads.
///
/// Small on purpose: it serves the backend that is opened by a URL; an application brings the pool that it has. A borrower that
/// finds all connections in use waits for a bounded time. A connection that was idle is tested before it is handed out. Once one is
/// found broken, all idle ones are closed, for they lead to the same server.
///
/// At most two connections are opened at a time, and a borrower that gives up does not interrupt that: a server that accepts connections
/// without answering holds no more than these two, and the driver learns which of several hosts to avoid.
final class ConnectionPool implements Database.Source, AutoCloseable {

    private static final long LONGEST_WAIT = 1_000; // milliseconds
    private static final long GLANCE = 20;
    private static final Duration TRUSTED = Duration.ofMillis(500);
    private static final Duration TRIAL = Duration.ofMillis(500);

    private final Database.Source source;
    private final int size;
    private final Duration trusted;
    private final Semaphore free;
    private final Semaphore opening = new Semaphore(2, true);
    private final ArrayDeque<Idle> idle = new ArrayDeque<>(); // the last one returned is handed out first
    private boolean closed;

    private record Idle(Connection connection, long since) {}

    /// Creates a pool without connections.
    ///
    /// @param source opens a connection within a bounded time
    /// @param size   how many there may be at once
    ConnectionPool(Database.Source source, int size) {
        this(source, size, TRUSTED);
    }

    /// @param trusted how long a connection may be idle without being tested
    ConnectionPool(Database.Source source, int size, Duration trusted) {
        this.source = source;
        this.size = size;
        this.trusted = trusted;
        free = new Semaphore(size, true);
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (!taken(free, LONGEST_WAIT)) {
            throw unavailable("one of " + size + " connections must come back within " + LONGEST_WAIT + " ms: all are in use");
        }
        try {
            return lent(usable());
        } catch (SQLException | RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    @Override
    public Connection ready() {
        if (!free.tryAcquire()) return null;
        var trustedOne = takeTrusted();
        if (trustedOne == null) free.release();
        return trustedOne == null ? null : lent(trustedOne);
    }

    private synchronized Connection takeTrusted() {
        var newest = idle.peek();
        return newest != null && isTrusted(newest) ? idle.poll().connection : null;
    }

    private boolean isTrusted(Idle candidate) {
        return System.nanoTime() - candidate.since < trusted.toNanos();
    }

    private static boolean taken(Semaphore permit, long millis) throws SQLException {
        try {
            return permit.tryAcquire(millis, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while waiting for a connection", "08000", e);
        }
    }

    private static SQLException unavailable(String rule) {
        return new SQLTransientConnectionException(rule, SqlFailure.NO_FREE_CONNECTION);
    }

    /// Opening a connection takes a bounded time, and the next borrower gets one that comes late.
    @Override
    public boolean isInterruptible() {
        return false;
    }

    // A borrower that waits to connect looks for what another has returned meanwhile.
    private Connection usable() throws SQLException {
        for (var deadline = System.nanoTime() + MILLISECONDS.toNanos(LONGEST_WAIT); ; ) {
            var found = idle();
            if (found != null) return found;
            if (taken(opening, GLANCE)) {
                try {
                    found = idle();
                    return found != null ? found : source.getConnection();
                } finally {
                    opening.release();
                }
            }
            if (System.nanoTime() - deadline >= 0) {
                throw unavailable("server must answer new connections within " + LONGEST_WAIT + " ms: others wait already");
            }
        }
    }

    /// {@return an idle connection that works, or null}
    private Connection idle() {
        for (var candidate = takeIdle(); candidate != null; candidate = takeIdle()) {
            if (isTrusted(candidate) || isAlive(candidate.connection)) return candidate.connection;
            discard(candidate.connection);
            closeIdle();
        }
        return null;
    }

    private static boolean isAlive(Connection connection) {
        try (var statement = connection.createStatement()) {
            var before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, (int) TRIAL.toMillis());
            statement.execute("");
            connection.setNetworkTimeout(Runnable::run, before);
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    private Connection lent(Connection connection) {
        var isLent = new AtomicBoolean(true);
        return (Connection) Proxy.newProxyInstance(ConnectionPool.class.getClassLoader(), new Class<?>[] {Connection.class},
                (_, method, given) -> {
                    if (method.getName().equals("close")) {
                        if (isLent.getAndSet(false)) giveBack(connection);
                        return null;
                    }
                    if (!isLent.get()) throw new SQLException("connection must not be used after it was closed", "08003");
                    try {
                        return method.invoke(connection, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void giveBack(Connection connection) throws SQLException {
        var isBroken = connection.isClosed();
        if (isBroken || !keep(connection)) discard(connection);
        if (isBroken) closeIdle();
        free.release();
    }

    private synchronized boolean keep(Connection connection) {
        if (!closed) idle.push(new Idle(connection, System.nanoTime()));
        return !closed;
    }

    private synchronized Idle takeIdle() {
        return idle.poll();
    }

    private void closeIdle() {
        for (var each = takeIdle(); each != null; each = takeIdle()) discard(each.connection);
    }

    private static void discard(Connection connection) {
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
