package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.Await;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.postgres.server.PgServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// Another application's listener does not read, so that the server's queue of notifications is full. Before version 17 its size is
/// fixed at 8 GB.
@Timeout(120)
@DisabledIfSystemProperty(named = "pg.version", matches = "14|15|16")
class NotifyQueueTest {

    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20); // 10 s, but this machine may be busy
    private static final BroadcasterOptions BOUNDS = BroadcasterOptions.DEFAULT;

    @Test
    void publish_notificationQueueFull_goesOnAndIsReadByPolling() throws Exception {
        try (var server = PgServer.start("max_notify_queue_pages=64"); var log = EventDatabase.in(PgDatabase.on(server));
                var here = log.open(BOUNDS, PostgresOptions.DEFAULT); var there = log.open(BOUNDS, PostgresOptions.DEFAULT);
                var reader = there.subscribe(EventFilter.all(), Start.now())) {
            try (var culprit = log.database().connect()) {
                sleepInTransaction(culprit);
                fill(log);

                for (var n = 0; n < 3; n++) awaitNext(reader, here.publish(Event.of("test/event")));
                Await.await(() -> "polling", NOTICED_WITHIN, () -> here.isPolling() && there.isPolling());
                for (var n = 0; n < 3; n++) awaitNext(reader, here.publish(Event.of("test/event")));
            }

            Await.await(() -> "notifications", NOTICED_WITHIN, () -> !here.isPolling() && !there.isPolling());
            for (var n = 0; n < 3; n++) awaitNext(reader, here.publish(Event.of("test/event")));
            assertFalse(there.isPolling());
        }
    }

    private static void sleepInTransaction(Connection listener) throws SQLException {
        try (var statement = listener.createStatement()) {
            statement.execute("listen anything");
            listener.setAutoCommit(false);
            statement.execute("select 1"); // a transaction does not read notifications
        }
    }

    private static void fill(EventDatabase log) throws SQLException {
        try (var connection = log.database().connect(); var statement = connection.createStatement()) {
            for (var n = 0; n < 10_000; n++) statement.execute("select pg_notify('anything', '" + n + "x".repeat(7_000) + "')");
        } catch (SQLException e) {
            if (!"54000".equals(e.getSQLState())) throw e;
        }
    }

    private static void awaitNext(Subscription reader, EventId id) throws InterruptedException {
        var delivery = reader.next();
        while (!(delivery instanceof Delivery.Next(var next, _) && next.equals(id))) {
            assertFalse(delivery instanceof Delivery.Lagged, "nothing is lost");
            delivery = reader.next();
        }
    }
}
