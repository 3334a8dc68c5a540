package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.SessionStoreFixture;
import dev.mcpsession.event.Event;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresBackendTest {

    @Test
    void open_byServiceLoader_makesTheTablesAndServes() {
        try (var database = PgDatabase.create()) {
            var id = SessionId.random();
            try (var backend = Backend.open(database.url(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow()) {
                assertInstanceOf(CreateResult.Created.class,
                        backend.store().create(id, SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT));
                assertTrue(backend.broadcaster().publish(Event.of("notifications/tools/list_changed")).sequence() > 0);
            }
            try (var backend = Backend.open(database.url(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow()) {
                assertTrue(backend.store().find(id).isPresent());
            }
        }
    }

    @Test
    void store_ofAnotherKind_isSharedByReplicasAndApartFromTheSessions() {
        try (var database = PgDatabase.create();
                var one = Backend.open(database.url(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow();
                var other = Backend.open(database.url(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow()) {
            var id = SessionId.random();

            one.store("cart", SessionPolicy.DEFAULT).create(id, SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT);

            assertTrue(other.store("cart", SessionPolicy.DEFAULT).find(id).isPresent());
            assertTrue(other.store().find(id).isEmpty());
            assertEquals(0, one.store().heldCount());
        }
    }

    @Test
    void close_backend_endsItsConnections() {
        try (var database = PgDatabase.create()) {
            Backend.open(database.url(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow().close();

            var deadline = System.nanoTime() + 30_000_000_000L;
            while (!count(database).equals("0")) assertTrue(System.nanoTime() < deadline, "connections are open");
        }
    }

    private static String count(PgDatabase database) {
        return Database.forRequests(database.dataSource()::getConnection).run("count", """
                select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                """, row -> row.getString(1)).getFirst();
    }

    @Test
    void open_firstOfSeveralHostsHangs_startsAndServes() {
        try (var database = PgDatabase.create(); var hung = new FaultyNetwork(1)) {
            hung.swallow();
            var hosts = database.url().replaceFirst("//", hung.through("//127.0.0.1:1/").replaceFirst("/$", ",")) + "&socketTimeout=1";
            try (var backend = Backend.open(hosts, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow()) {
                assertInstanceOf(CreateResult.Created.class,
                        backend.store().create(SessionId.random(), SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT));
                assertTrue(backend.broadcaster().publish(Event.of("notifications/tools/list_changed")).sequence() > 0);
            }
        }
    }

    @Test
    void open_database_noticesClientsThatHaveGone() throws SQLException {
        try (var database = PgDatabase.create();
                var connection = PostgresBackend.opened(new PostgresBackend(Map.of()).to(new PostgresUrl(database.url())));
                var statement = connection.createStatement();
                var answer = statement.executeQuery("select current_setting('tcp_user_timeout') || ' ' "
                        + "|| current_setting('tcp_keepalives_idle') || ' ' || current_setting('client_connection_check_interval')")) {
            answer.next();
            assertEquals("10000 5 500ms", answer.getString(1));
        }
    }

    @Test
    void open_databaseMissing_saysSo() {
        try (var database = PgDatabase.create()) {
            var error = assertThrows(SessionStoreException.class, () -> Backend.open(
                    database.url().replace("/test_", "/other_"), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT));

            assertTrue(error.getMessage().contains("database must exist"), error.getMessage());
        }
    }

    @Test
    void knows_otherKinds_areLeftToOthers() {
        assertFalse(new PostgresBackend().knows("memory"));
        assertFalse(new PostgresBackend().knows("jdbc:mysql://host/app"));
        assertTrue(new PostgresBackend().knows("jdbc:postgresql://host/app"));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            jdbc:postgresql://db/app?user=a&password=b,         -,      -, a, b
            jdbc:postgresql://db/app?user=a&password=b, unwanted, unwanted, a, b
            jdbc:postgresql://db/app,                           c,      d, c, d
            jdbc:postgresql://db/app?user=a,                    c,      d, a, d
            jdbc:postgresql://db/app,                           -,      -, -, -
            """)
    void to_credentials_areTheUrlsBeforeTheEnvironments(
            String url, String envUser, String envPassword, String user, String password) {
        var environment = new HashMap<String, String>();
        if (envUser != null) environment.put("PGUSER", envUser);
        if (envPassword != null) environment.put("PGPASSWORD", envPassword);

        var source = new PostgresBackend(Map.copyOf(environment)).to(new PostgresUrl(url));

        assertEquals(user, source.getUser());
        assertEquals(password, source.getPassword());
    }

    @Test
    void to_timeouts_areTheUrlsIfGiven() {
        var backend = new PostgresBackend(Map.of());

        var plain = backend.to(new PostgresUrl("jdbc:postgresql://db/app"));
        var given = backend.to(new PostgresUrl("jdbc:postgresql://db/app?loginTimeout=7&ApplicationName=mine"));

        assertEquals(30, plain.getLoginTimeout());
        assertEquals("mcp-session", plain.getApplicationName());
        assertEquals(7, given.getLoginTimeout());
        assertEquals("mine", given.getApplicationName());
    }
}
