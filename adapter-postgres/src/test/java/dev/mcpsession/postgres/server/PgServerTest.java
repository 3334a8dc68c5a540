package dev.mcpsession.postgres.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PgServerTest {

    private static PgServer server;
    private static PgDatabase database;

    @BeforeAll
    static void start() {
        server = PgServer.start();
        database = PgDatabase.on(server);
        database.execute("create table kept (value int); insert into kept values (7)");
    }

    @AfterAll
    static void close() {
        server.close();
        server.close(); // a second close has no effect
    }

    @Test
    void start_server_writesForReal() throws SQLException {
        try (var connection = database.connect()) {
            assertEquals("on", asked(connection, "show fsync"));
            assertEquals("on", asked(connection, "show synchronous_commit"));
        }
    }

    @Test
    void restart_afterStopOrCrash_keepsPortAndData() throws SQLException {
        var port = server.port();

        server.stop();
        assertThrows(SQLException.class, database::connect);
        server.restart();
        server.crash();
        server.restart();

        assertEquals(port, server.port());
        try (var connection = database.connect()) {
            assertEquals("7", asked(connection, "select value from kept"));
        }
    }

    @Test
    void pause_untilResume_answersNobody() throws SQLException {
        try (var connection = database.connect()) {
            server.pause();
            assertFalse(connection.isValid(1));
            server.resume();
        }
        try (var connection = database.connect()) {
            assertTrue(connection.isValid(10));
        }
    }

    private static String asked(Connection connection, String question) throws SQLException {
        try (var statement = connection.createStatement(); var answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        }
    }
}
