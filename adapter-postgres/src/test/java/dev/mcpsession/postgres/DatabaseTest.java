package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.postgres.server.PgDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private PgDatabase server;
    private Connection connection;
    private Database database;

    /// A connection as an application's pool may hand it out, which keeps it open.
    @BeforeEach
    void borrow() throws SQLException {
        server = PgDatabase.create();
        connection = server.connect();
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        connection.setNetworkTimeout(Runnable::run, 12_345);
        database = Database.within(LIMIT, () -> keptOpen(connection));
    }

    private static Connection keptOpen(Connection connection) {
        var loader = DatabaseTest.class.getClassLoader();
        return (Connection) Proxy.newProxyInstance(loader, new Class<?>[] {Connection.class}, (_, method, given) -> {
            if (method.getName().equals("close")) return null;
            try {
                return method.invoke(connection, given);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        server.close();
    }

    private void assertGivenBackAsItCame() throws SQLException {
        assertFalse(connection.getAutoCommit());
        assertTrue(connection.isReadOnly());
        assertEquals(12_345, connection.getNetworkTimeout());
        assertEquals(Connection.TRANSACTION_SERIALIZABLE, connection.getTransactionIsolation());
    }

    @Test
    void call_connectionWithOtherSettings_commitsAndGivesItBackAsItCame() throws SQLException {
        server.execute("create table made (n integer)");

        for (int i = 0; i < 2; i++) {
            var isolation = database.call(on -> on.rows("insert into made values (7) returning current_setting('transaction_isolation')",
                    row -> row.getString(1)));

            assertEquals(List.of("read committed"), isolation);
            assertGivenBackAsItCame();
        }

        assertEquals(List.of(7, 7), Database.within(LIMIT, server::connect).run("look", "select n from made", row -> row.getInt(1)));
    }

    @Test
    void call_workFails_givesTheConnectionBackAsItCame() throws SQLException {
        assertThrows(SQLException.class, () -> database.call(on -> on.rows("select 1 / 0", row -> row.getInt(1))));
        assertGivenBackAsItCame();

        assertThrows(IllegalStateException.class, () -> database.call(_ -> {
            throw new IllegalStateException("simulated");
        }));
        assertGivenBackAsItCame();
    }

    @Test
    void call_serverHasEndedTheConnection_breaksItOff() throws SQLException {
        server.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

        var error = assertThrows(SQLException.class, () -> database.call(on -> on.rows("select 1", row -> row.getInt(1))));

        assertTrue(SqlFailure.of(error).isDisconnect(), error::toString);
        assertTrue(connection.isClosed());
    }

    @Test
    void prepared_connectionThatIsKept_isReadCommittedAndCommitsByItself() throws SQLException {
        var on = database.prepared(connection);

        assertEquals(List.of("read committed"), on.rows("select current_setting('transaction_isolation')", row -> row.getString(1)));
        assertTrue(connection.getAutoCommit());
    }
}
