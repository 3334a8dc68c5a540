package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;

/// Connections as the pools of applications hand them out: with auto-commit off, read-only, serializable, with a short network timeout,
/// with all of that, and new ones, in turn and between plain ones. Each must come back as it was, and in no transaction. Thread-safe.
final class OddSource implements Database.Source {

    private static final int SHORT = 700; // ms, which a busy machine needs for an answer at times

    /// What a connection is like.
    private record State(boolean autoCommit, boolean readOnly, int isolation, int networkTimeout) {

        static State of(Connection connection) throws SQLException {
            return new State(connection.getAutoCommit(), connection.isReadOnly(), connection.getTransactionIsolation(),
                    connection.getNetworkTimeout());
        }

        // Asks the server as little as possible. The driver changes the other two outside of a transaction alone.
        void change(Connection connection, State to) throws SQLException {
            connection.setNetworkTimeout(Runnable::run, to.networkTimeout);
            if (!autoCommit) connection.setAutoCommit(true);
            if (isolation != to.isolation) connection.setTransactionIsolation(to.isolation);
            if (readOnly != to.readOnly) connection.setReadOnly(to.readOnly);
            if (!to.autoCommit) connection.setAutoCommit(false);
        }
    }

    private static final State PLAIN = new State(true, false, Connection.TRANSACTION_READ_COMMITTED, 0);
    private static final List<State> STATES = List.of(
            new State(false, false, Connection.TRANSACTION_READ_COMMITTED, 0),
            new State(true, true, Connection.TRANSACTION_READ_COMMITTED, 0),
            new State(true, false, Connection.TRANSACTION_SERIALIZABLE, 0),
            new State(true, false, Connection.TRANSACTION_READ_COMMITTED, SHORT),
            new State(false, true, Connection.TRANSACTION_REPEATABLE_READ, SHORT));
    private static final int ODD = 3; // one in so many
    private static final int FRESH = 25; // the same, because the server takes its time for it

    private final Database.Source pool;
    private final Database.Source fresh;
    private final AtomicInteger handedOut = new AtomicInteger();
    private final Queue<String> changed = new ConcurrentLinkedQueue<>();

    /// @param pool  the source of most connections, which may be used again
    /// @param fresh the source of new ones
    OddSource(Database.Source pool, Database.Source fresh) {
        this.pool = pool;
        this.fresh = fresh;
    }

    @Override
    public Connection getConnection() throws SQLException {
        var n = handedOut.getAndIncrement();
        var connection = (n % FRESH == 0 ? fresh : pool).getConnection();
        if (n % ODD != 0) return connection;
        var state = STATES.get(n / ODD % STATES.size());
        try {
            PLAIN.change(connection, state);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return (Connection) Proxy.newProxyInstance(OddSource.class.getClassLoader(), new Class<?>[] {Connection.class}, (_, method, given) -> {
            if (method.getName().equals("close")) check(connection, state);
            try {
                return method.invoke(connection, given);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private void check(Connection connection, State state) {
        try {
            if (!connection.isClosed()) checkOpen(connection, state);
        } catch (SQLException _) {
            // it has failed, and so has its statement
        }
    }

    private void checkOpen(Connection connection, State state) throws SQLException {
        var transaction = connection.unwrap(PgConnection.class).getTransactionState();
        if (transaction != TransactionState.IDLE) changed.add("in a transaction: " + transaction);
        var found = State.of(connection);
        if (!found.equals(state)) changed.add(found + " instead of " + state);
        found.change(connection, PLAIN);
    }

    /// Requires that each connection came back as it was.
    void assertGivenBackAsTheyCame() {
        assertEquals(List.of(), changed.stream().distinct().limit(10).toList(), () -> changed.size() + " of " + handedOut);
    }
}
