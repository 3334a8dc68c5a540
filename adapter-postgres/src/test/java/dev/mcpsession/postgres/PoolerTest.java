package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.Await;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.server.PgBouncer;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// Two replicas whose connections all go through a pooler: a real PgBouncer where one is installed, and always our own [TransactionPooler],
/// which must do what the real one does.
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class PoolerTest {

    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20); // 10 s, but this machine may be busy
    private static final String TRANSACTION_MODE = "pool_mode = transaction";
    private static final String UNPREPARED = "&prepareThreshold=0"; // needed before PgBouncer 1.21
    private static final int NOTIFICATIONS = 20;

    @Test
    @ResourceLock(Warnings.RESOURCE)
    void open_throughPoolersInTransactionMode_pollsAndSaysSo() throws Exception {
        try (var database = PgDatabase.create(); var own = new TransactionPooler(port(database)); var warnings = new Warnings();
                var one = open(own.through(database.url()) + UNPREPARED); var other = open(own.through(database.url()) + UNPREPARED)) {
            if (PgBouncer.program().isPresent()) {
                tryPgBouncer(database);
            } else {
                System.out.println("pgbouncer is not installed: only our own pooler was tried");
            }
            assertPolls(one, other);
            assertTrue(warnings.about("LISTEN") >= (PgBouncer.program().isPresent() ? 4 : 2)); // other tests may warn meanwhile
        }
    }

    private static void tryPgBouncer(PgDatabase database) throws Exception {
        try (var pooler = PgBouncer.start(PgBouncer.program().orElseThrow(), database.url(), TRANSACTION_MODE);
                var one = open(pooler.through(database.url()) + UNPREPARED);
                var other = open(pooler.through(database.url()) + UNPREPARED)) {
            assertPolls(one, other);
        }
    }

    private static void assertPolls(Backend one, Backend other) throws InterruptedException {
        for (var each : List.of(one, other)) Await.await(() -> "polling", NOTICED_WITHIN, ((PostgresBroadcaster) each.broadcaster())::isPolling);
        for (var n = 0; n < NOTIFICATIONS / 2; n++) assertReaches(one, other);
        assertServesSessions(one, other);
    }

    @Test
    void open_throughPgBouncerInSessionMode_hears() throws Exception {
        if (PgBouncer.program().isEmpty()) {
            System.out.println("pgbouncer is not installed: its session mode was not tried");
            return;
        }
        try (var database = PgDatabase.create();
                var pooler = PgBouncer.start(PgBouncer.program().get(), database.url(), "pool_mode = session");
                var one = open(pooler.through(database.url())); var other = open(pooler.through(database.url()))) {
            for (var n = 0; n < NOTIFICATIONS; n++) assertReaches(one, other); // a deaf listener would take its time, and poll
            assertServesSessions(one, other);
            assertFalse(((PostgresBroadcaster) one.broadcaster()).isPolling());
            assertFalse(((PostgresBroadcaster) other.broadcaster()).isPolling());
        }
    }

    private static void assertReaches(Backend one, Backend other) throws InterruptedException {
        try (var reader = other.broadcaster().subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now())) {
            var id = one.broadcaster().publish(Event.of("test/event"));
            var delivery = reader.next();
            while (delivery instanceof Delivery.Idle) delivery = reader.next();
            assertTrue(delivery instanceof Delivery.Next(var next, _) && next.equals(id), delivery::toString);
        }
    }

    private static void assertServesSessions(Backend one, Backend other) {
        var id = SessionId.random();
        assertTrue(one.store().create(id, Owner.principal("alice"), new Client("2025-11-25", "a client", Json.obj()))
                instanceof CreateResult.Created);
        assertTrue(other.store().touch(id));
        assertTrue(other.store().delete(id));
        assertTrue(one.store().find(id).isEmpty());
    }

    private static Backend open(String url) {
        return Backend.open(url, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow();
    }

    private static int port(PgDatabase database) {
        return Integer.parseInt(database.url().replaceFirst(".*:(\\d+)/.*", "$1"));
    }

    // --- what poolers do with notifications

    /// How many of the notifications a listener hears: while it waits, with its own statement, its own, and those that another client of
    /// the pooler hears instead.
    private record Heard(int waiting, int answered, int own, int inTransaction, int others) {}

    @Test
    void notifications_inTransactionMode_reachOnlyWhoeverHasTheServerConnection() throws Exception {
        var expected = new Heard(0, 0, NOTIFICATIONS, NOTIFICATIONS, NOTIFICATIONS);
        try (var database = PgDatabase.create(); var own = new TransactionPooler(port(database))) {
            assertEquals(expected, heard(database.url(), own.through(database.url()) + UNPREPARED));
            if (PgBouncer.program().isEmpty()) return;
            try (var real = PgBouncer.start(PgBouncer.program().get(), database.url(), TRANSACTION_MODE)) {
                assertEquals(expected, heard(database.url(), real.through(database.url()) + UNPREPARED));
            }
        }
    }

    private static Heard heard(String direct, String pooled) throws Exception {
        try (var publisher = DriverManager.getConnection(direct); var listener = DriverManager.getConnection(pooled);
                var other = DriverManager.getConnection(pooled)) {
            run(listener, "listen test");
            notifyAll(publisher);
            var waiting = of(listener, 200);
            notifyAll(publisher);
            Thread.sleep(50); // they reach the pooler
            run(listener, "select 1");
            var answered = of(listener, 1);
            for (var n = 0; n < NOTIFICATIONS; n++) run(listener, "select pg_notify('test', 'own " + n + "')");
            var own = of(listener, 1);
            begin(listener);
            notifyAll(publisher);
            listener.commit();
            var inTransaction = of(listener, 200);
            listener.setAutoCommit(true);
            begin(other); // with the same server connection, which was returned last
            notifyAll(publisher);
            other.commit();
            return new Heard(waiting, answered + of(listener, 200), own, inTransaction, of(other, 200));
        }
    }

    private static void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        run(connection, "select 1");
    }

    private static void notifyAll(Connection publisher) throws SQLException {
        for (var n = 0; n < NOTIFICATIONS; n++) run(publisher, "select pg_notify('test', '" + n + "')");
    }

    private static int of(Connection connection, int millis) throws SQLException {
        var notified = connection.unwrap(PGConnection.class);
        return (int) IntStream.range(0, 2).boxed().flatMap(_ -> Stream.of(taken(notified, millis))).count();
    }

    private static PGNotification[] taken(PGConnection connection, int millis) {
        try {
            return connection.getNotifications(millis);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
