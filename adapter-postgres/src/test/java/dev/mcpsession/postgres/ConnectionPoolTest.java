package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.Race;
import dev.mcpsession.postgres.server.PgDatabase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.PooledConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGConnectionPoolDataSource;

class ConnectionPoolTest {

    private static final int SIZE = 3;

    private static PgDatabase database;

    private ConnectionPool pool;

    @BeforeAll
    static void createDatabase() {
        database = PgDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void open() {
        pool = new ConnectionPool(source(), SIZE);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void getConnection_oneAfterTheOther_isTheSame() throws SQLException {
        var processes = new HashSet<Integer>();
        for (int i = 0; i < 5; i++) processes.add(lendOnce());

        assertEquals(1, processes.size());
    }

    @Test
    void getConnection_byMany_opensNoMoreThanItsSize() {
        var processes = ConcurrentHashMap.<Integer>newKeySet();

        Race.by(4 * SIZE, () -> {
            for (int i = 0; i < 50; i++) processes.add(lendOnce());
            return null;
        });

        assertTrue(processes.size() <= SIZE, processes::toString);
    }

    @Test
    void getConnection_allLent_failsInsteadOfWaitingForEver() throws SQLException {
        var lent = new Connection[SIZE];
        for (int i = 0; i < SIZE; i++) lent[i] = pool.getConnection();

        var error = assertThrows(SQLTransientConnectionException.class, pool::getConnection);
        assertEquals("one of 3 connections must come back within 1000 ms: all are in use", error.getMessage());

        lent[0].close();
        pool.getConnection().close();
        for (var each : lent) each.close(); // a second close of the first one has no effect
        getConnection_byMany_opensNoMoreThanItsSize();
    }

    @Test
    void getConnection_brokenWhileLent_isNotLentAgain() throws SQLException {
        int before;
        try (var connection = pool.getConnection()) {
            before = process(connection);
            terminate(before);
            assertThrows(SQLException.class, () -> process(connection));
        }

        assertNotEquals(before, lendOnce());
    }

    @Test
    void getConnection_abortedWhileLent_isNotLentAgain() throws SQLException {
        int before;
        try (var connection = pool.getConnection()) {
            before = process(connection);
            connection.abort(Runnable::run);
        }

        assertNotEquals(before, lendOnce());
    }

    @Test
    void getConnection_cannotBeLent_isClosedAndGivesThePlaceBack() {
        var closed = new AtomicInteger();
        try (var broken = new ConnectionPool(notLending(closed), 1)) {
            for (int i = 1; i <= 3; i++) {
                assertEquals("08003", assertThrows(SQLException.class, broken::getConnection).getSQLState());
                assertEquals(i, closed.get());
            }
        }
    }

    /// Opens connections that cannot be handed out.
    private static ConnectionPoolDataSource notLending(AtomicInteger closed) {
        var connection = proxy(PooledConnection.class, (_, method, _) -> switch (method.getName()) {
            case "getConnection" -> throw new SQLException("closed", "08003");
            case "close" -> {
                closed.incrementAndGet();
                yield null;
            }
            default -> null;
        });
        return proxy(ConnectionPoolDataSource.class, (_, _, _) -> connection);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Test
    void getConnection_brokenAfterATimeIdle_isReplacedUnnoticed() throws SQLException {
        try (var doubting = new ConnectionPool(source(), SIZE, Duration.ZERO)) {
            var before = lendOnce(doubting);
            assertEquals(before, lendOnce(doubting));
            terminate(before);

            assertNotEquals(before, lendOnce(doubting));
        }
    }

    @Test
    void getConnection_cannotConnect_givesThePlaceBack() {
        var nowhere = new PGConnectionPoolDataSource();
        nowhere.setURL("jdbc:postgresql://127.0.0.1:1/none?user=none");
        try (var broken = new ConnectionPool(nowhere, 1)) {
            for (int i = 0; i < 3; i++) {
                assertEquals("08001", assertThrows(SQLException.class, broken::getConnection).getSQLState());
            }
        }
    }

    @Test
    void close_whileLent_closesItWhenItComesBack() throws SQLException {
        int idle;
        int lent;
        try (var connection = pool.getConnection()) {
            try (var other = pool.getConnection()) {
                idle = process(other);
            }
            lent = process(connection);
            pool.close();
            pool.close(); // a second close has no effect
            assertFalse(connection.isClosed());
        }

        assertGone(idle);
        assertGone(lent);
    }

    private static void assertGone(int process) throws SQLException {
        try (var connection = database.connect(); var statement = connection.createStatement()) {
            for (int i = 0; i < 1_000; i++) {
                try (var answer = statement.executeQuery("select count(*) from pg_stat_activity where pid = " + process)) {
                    answer.next();
                    if (answer.getInt(1) == 0) return;
                }
            }
        }
        throw new AssertionError("connection is still open: " + process);
    }

    private static PGConnectionPoolDataSource source() {
        var source = new PGConnectionPoolDataSource();
        source.setURL(database.url());
        return source;
    }

    private int lendOnce() throws SQLException {
        return lendOnce(pool);
    }

    private static int lendOnce(ConnectionPool pool) throws SQLException {
        try (var connection = pool.getConnection()) {
            return process(connection);
        }
    }

    private static int process(Connection connection) throws SQLException {
        try (var statement = connection.createStatement(); var answer = statement.executeQuery("select pg_backend_pid()")) {
            answer.next();
            return answer.getInt(1);
        }
    }

    private static void terminate(int process) {
        database.execute("select pg_terminate_backend(" + process + ", 10000)");
    }
}
