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
    }

    @Test
    void call_connectionWithOtherSettings_commitsAndGivesItBackAsItCame() throws SQLException {
        server.execute("create table made (n integer)");

        database.call(on -> on.rows("insert into made values (7) returning n", row -> row.getInt(1)));

        assertGivenBackAsItCame();
        assertEquals(List.of(7), Database.within(LIMIT, server::connect).run("look", "select n from made", row -> row.getInt(1)));
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
}
