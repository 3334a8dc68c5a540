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
    void rollBack_afterAKill_restoresWhatWasSaved() throws SQLException {
        server.stop();
        server.save();
        server.restart();
        database.execute("insert into kept values (8)");

        server.kill();
        server.restart();
        try (var connection = database.connect()) {
            assertEquals("15", asked(connection, "select sum(value) from kept"));
        }
        server.kill();
        server.rollBack();
        server.restart();

        try (var connection = database.connect()) {
            assertEquals("7", asked(connection, "select sum(value) from kept"));
        }
    }

    @Test
    void standby_promotedBackAndForth_hasWhatWasCommitted() throws SQLException {
        try (var primary = PgServer.start(); var standby = primary.standby()) {
            var written = PgDatabase.on(primary);
            written.execute("create table kept (value int)");
            primary.set("synchronous_standby_names", "*");
            while (!primary.ask("select count(*) from pg_stat_replication where sync_state = 'sync'").equals("1")) Thread.onSpinWait();
            written.execute("insert into kept values (9)");

            primary.kill();
            standby.promote();
            primary.follow(standby);

            assertEquals("f", standby.ask("select pg_is_in_recovery()"));
            assertEquals("t", primary.ask("select pg_is_in_recovery()"));
            try (var connection = written.connect()) {
                assertEquals("9", asked(connection, "select value from kept"));
            }
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
