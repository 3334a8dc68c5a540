package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionStoreException;
import dev.mcpsession.contract.Race;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

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
        pool = new ConnectionPool(database::connect, SIZE);
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
        var before = new AtomicInteger();
        var error = assertThrows(SQLException.class, () -> Database.forRequests(pool).call(on -> {
            before.set(process(on.connection()));
            terminate(before.get());
            return process(on.connection());
        }));

        assertTrue(SqlFailure.of(error).isDisconnect(), error::toString);
        assertNotEquals(before.get(), lendOnce());
    }

    @Test
    void getConnection_closedBefore_isRefusedToItsFormerBorrower() throws SQLException {
        var connection = pool.getConnection();
        connection.close();

        assertEquals("08003", assertThrows(SQLException.class, connection::createStatement).getSQLState());
    }

    @Test
    void getConnection_serverDoesNotAnswer_opensTwoAtATimeAndKeepsThoseThatComeLate() throws Exception {
        var opening = new AtomicInteger();
        var most = new AtomicInteger();
        var answer = new CountDownLatch(1);
        try (var slow = new ConnectionPool(() -> {
            most.accumulateAndGet(opening.incrementAndGet(), Math::max);
            try {
                answer.await();
                return database.connect();
            } catch (InterruptedException e) {
                throw new SQLException("interrupted", e);
            } finally {
                opening.decrementAndGet();
            }
        }, 10)) {
            Race.by(20, () -> assertThrows(SessionStoreException.class, () -> Database.forRequests(slow).run("look", "select 1", _ -> 1)));
            assertEquals(2, most.get());

            answer.countDown();
            while (opening.get() > 0) Thread.onSpinWait();
            assertEquals(List.of(1), Database.forRequests(slow).run("look", "select 1", row -> row.getInt(1)));
            assertEquals(2, most.get());
        }
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
    void getConnection_brokenAfterATimeIdle_isReplacedUnnoticed() throws SQLException {
        try (var doubting = new ConnectionPool(database::connect, SIZE, Duration.ZERO)) {
            var before = lendOnce(doubting);
            assertEquals(before, lendOnce(doubting));
            terminate(before);

            assertNotEquals(before, lendOnce(doubting));
        }
    }

    @Test
    void getConnection_cannotConnect_givesThePlaceBack() {
        var nowhere = new PGSimpleDataSource();
        nowhere.setURL("jdbc:postgresql://127.0.0.1:1/none?user=none");
        try (var broken = new ConnectionPool(nowhere::getConnection, 1)) {
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
