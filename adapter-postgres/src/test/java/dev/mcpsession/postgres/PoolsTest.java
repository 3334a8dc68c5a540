package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The library and an application share a pool. The contracts run on each of them with `-Dpg.pool=hikari`, `tomcat` or `dbcp`.
@Timeout(60)
class PoolsTest {

    private static final int CONNECTIONS = 6;

    @ParameterizedTest
    @EnumSource
    void everything_onAPoolWithOtherDefaults_worksAndLeavesThem(Pools kind) throws Exception {
        try (var database = PgDatabase.create(); var opened = kind.open(database.url(), CONNECTIONS)) {
            var pool = opened.source();
            PostgresSchema.create(pool);
            PostgresSchema.verify(pool);
            useSessions(new PostgresSessionStore(pool, SessionPolicy.DEFAULT));
            useEvents(pool, database);
            assertLeft(pool);
        }
    }

    private static void useSessions(SessionStore store) {
        var id = SessionId.random();
        var alice = Owner.principal("alice");
        assertInstanceOf(CreateResult.Created.class, store.create(id, alice, new Client("2025-11-25", "a client", Json.obj())));
        assertTrue(store.touch(id));
        assertEquals(1, store.keepAlive(List.of(id)).size());
        store.updateState(id, Json.obj().with("n", 1));
        assertThrows(StateTooLargeException.class, () -> store.updateState(id, Json.obj().with("large", "x".repeat(100_000))));
        assertEquals(1, store.list(alice).size());
        store.deleteExpired();
        assertTrue(store.delete(id));
        store.close();
    }

    private static void useEvents(DataSource pool, PgDatabase database) throws InterruptedException {
        try (var broadcaster = new PostgresBroadcaster(pool, database.dataSource());
                var reader = broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now())) {
            var id = broadcaster.publish(Event.of("test/event"));
            var delivery = reader.next();
            while (delivery instanceof Delivery.Idle) delivery = reader.next();
            assertEquals(id, assertInstanceOf(Delivery.Next.class, delivery).id());
        }
    }

    /// Each connection is as the pool's settings say, and the application's rollback works.
    private static void assertLeft(DataSource pool) throws SQLException {
        var connections = new Connection[CONNECTIONS];
        for (var n = 0; n < CONNECTIONS; n++) {
            var connection = connections[n] = pool.getConnection();
            assertFalse(connection.getAutoCommit());
            assertTrue(connection.isReadOnly());
            assertEquals(Connection.TRANSACTION_SERIALIZABLE, connection.getTransactionIsolation());
            assertEquals(0, connection.getNetworkTimeout());
            try (var statement = connection.createStatement()) {
                statement.execute("select 1");
            }
            connection.rollback();
        }
        for (var connection : connections) connection.close();
    }
}
