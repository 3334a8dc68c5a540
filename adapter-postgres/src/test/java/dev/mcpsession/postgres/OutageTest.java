package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.BroadcasterOptions;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.PublishOutcomeUnknownException;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.postgres.server.PgServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/// A database that is away, slow, or refuses: what callers are told, and what is there when it is back.
@Timeout(60)
class OutageTest {

    private static final BroadcasterOptions BOUNDS = BroadcasterOptions.DEFAULT;
    private static final PostgresBroadcasterOptions OPTIONS = PostgresBroadcasterOptions.DEFAULT;
    private static final PostgresBroadcasterOptions HASTY = OPTIONS
            .withTimeouts(Duration.ofMillis(800), Duration.ofMillis(400), Duration.ofMillis(300));

    @AutoClose
    private static final EventDatabase DATABASE = EventDatabase.create();

    @BeforeEach
    void clear() {
        DATABASE.clear();
    }

    // --- answers that are lost

    @Test
    void publish_answersLost_isPublishedOnceAndToldItsPlace() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port()); var threads = new Threads();
                var broadcaster = DATABASE.openBy(network, BOUNDS, OPTIONS); var reader = broadcaster.subscribe(EventFilter.all())) {
            var ids = new ArrayList<EventId>();
            for (var round = 0; round < 10; round++) {
                network.loseAnswers(2);
                var published = IntStream.range(0, 20).mapToObj(n -> threads.start(() -> broadcaster.publish("key " + n % 15, message(n))));
                for (var id : published.toList()) ids.add(id.get());
                while (network.answersToLose() > 0) ids.add(broadcaster.publish(message(0)));
                DATABASE.clearKeys();
            }
            var marker = broadcaster.publish(marker());

            var seen = idsUpTo(reader, marker);
            assertEquals(seen.size(), new HashSet<>(seen).size());
            ids.add(marker);
            assertEquals(new HashSet<>(seen), new HashSet<>(ids));
            assertEquals(DATABASE.ask("select count(*) from mcp_event"), "" + seen.size());
        }
    }

    @Test
    void publish_nobodyAnswers_isUnknownAndRepeatedByKey() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port()); var broadcaster = DATABASE.openBy(network, BOUNDS, HASTY);
                var reader = broadcaster.subscribe(EventFilter.all())) {
            var first = insist(broadcaster, "first", message(1));
            network.swallow();

            var unknown = assertThrows(PublishOutcomeUnknownException.class, () -> broadcaster.publish(message(2)));
            assertTrue(unknown.getMessage().contains(unknown.key()));

            network.heal();
            var second = insist(broadcaster, unknown.key(), message(2));
            assertEquals(second, insist(broadcaster, unknown.key(), message(3)));
            assertEquals(List.of(first, second), idsUpTo(reader, second));
        }
    }

    @Test
    void publish_nobodyCanBeReached_isNotPublished() {
        var network = new FaultyNetwork(DATABASE.port());
        try (var broadcaster = DATABASE.openBy(network, BOUNDS, HASTY)) {
            network.close();

            var failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(1)));

            assertFalse(failure instanceof PublishOutcomeUnknownException, failure::toString);
            assertTrue(failure.getMessage().startsWith("not published: "), failure::getMessage);
            assertThrows(BroadcasterException.class, () -> broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous())));
        }
    }

    @Test
    void publish_tooManyWait_isRefusedAtOnce() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port());
                var broadcaster = DATABASE.openBy(network, BOUNDS, OPTIONS.withMaxWaiting(3))) {
            insist(broadcaster, "first", message(0));
            network.swallow();

            var refusal = assertThrows(BroadcasterException.class, () -> {
                for (var n = 0; n < 100; n++) broadcaster.endSession(SessionId.random()); // does not wait
            });

            assertEquals("not published: at most 3 may wait to be published", refusal.getMessage());
            network.heal();
            insist(broadcaster, "second", message(1));
        }
    }

    @Test
    void close_whileNobodyAnswers_ends() {
        try (var network = new FaultyNetwork(DATABASE.port())) {
            var broadcaster = DATABASE.openBy(network, BOUNDS, OPTIONS);
            broadcaster.publish(message(0));
            network.swallow();
            broadcaster.endSession(SessionId.random());

            broadcaster.close();
        }
    }

    @Test
    void close_thenServer_hasNoConnectionThatListens() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port())) {
            DATABASE.open(network, BOUNDS, OPTIONS).close();

            while (network.connections() > 0) Thread.onSpinWait();
        }
    }

    // --- the reader's connection

    @Test
    void next_listenerKilledAgainAndAgain_losesNothing() throws Exception {
        try (var broadcaster = DATABASE.open(BOUNDS.withRing(8192, 16 << 20), OPTIONS); var threads = new Threads();
                var reader = broadcaster.subscribe(EventFilter.all())) {
            var published = threads.start(() -> {
                var ids = new ArrayList<EventId>();
                for (var n = 0; n < 1500; n++) ids.add(broadcaster.publish(message(n)));
                ids.add(broadcaster.publish(marker()));
                return ids;
            });
            while (!published.isDone()) {
                DATABASE.ask("select count(pg_terminate_backend(pid)) from pg_stat_activity where query like 'listen %'"
                        + " or query like 'select nonce%' and pid <> pg_backend_pid()");
                Thread.sleep(20);
            }

            assertEquals(published.get(), idsUpTo(reader, published.get().getLast()));
        }
    }

    @Test
    void next_networkOfListenerSilent_goesOnWhenItIsBack() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port());
                var broadcaster = DATABASE.open(network, BOUNDS, HASTY.withHeartbeat(Duration.ofMillis(200)));
                var reader = broadcaster.subscribe(EventFilter.all())) {
            network.swallow();
            var id = insist(broadcaster, "first", message(1));
            while (network.connections() > 0) Thread.onSpinWait(); // noticed, and given up

            network.heal();

            assertEquals(List.of(id), idsUpTo(reader, id));
        }
    }

    @Test
    void subscribe_givenUp_doesNotEndTheOlderOne() throws Exception {
        var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
        var options = OPTIONS.withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(20));
        try (var network = new FaultyNetwork(DATABASE.port()); var broadcaster = DATABASE.open(network, BOUNDS, options);
                var older = subscribed(broadcaster, filter)) {
            network.swallow();
            assertThrows(BroadcasterException.class, () -> broadcaster.subscribe(filter)); // its record stands in the log
            network.heal();

            var id = broadcaster.publish(marker());
            assertEquals(List.of(id), idsUpTo(older, id));
            try (var newer = subscribed(broadcaster, filter)) {
                var next = broadcaster.publish(marker());
                assertEquals(List.of(next), idsUpTo(newer, next));
                assertEquals(new Delivery.Closed(Delivery.Cause.TAKEN_OVER), older.next());
            }
        }
    }

    @Test
    void next_nothingIsHeard_isPolledAndSaid() throws Exception {
        var options = OPTIONS.withHeartbeat(Duration.ofHours(1));
        try (var broadcaster = new PostgresBroadcaster(
                DATABASE.pool(), DeafConnections.of(DATABASE.database().dataSource()), BOUNDS, options);
                var reader = broadcaster.subscribe(EventFilter.all())) {
            while (!broadcaster.isPolling()) Thread.sleep(10);

            for (var n = 0; n < 3; n++) {
                var id = broadcaster.publish(message(n));
                assertEquals(List.of(id), idsUpTo(reader, id));
            }
        }
    }

    // --- refusals, by their names

    @Test
    void open_noTables_saysSo() {
        DATABASE.database().execute("drop table mcp_event, mcp_event_head");

        assertRefused("schema.sql");
    }

    @Test
    void open_nobodyThere_saysSo() {
        var source = new PGSimpleDataSource();
        source.setURL("jdbc:postgresql://127.0.0.1:1/none");

        assertThrows(BroadcasterException.class, () -> new PostgresBroadcaster(source, source));
    }

    @Test
    void publish_readOnly_saysSo() throws Exception {
        try (var readOnly = EventDatabase.create();
                var broadcaster = new PostgresBroadcaster( // no pool: a connection that is killed in use leaves its outcome unknown
                        readOnly.database().dataSource(), readOnly.database().dataSource(), BOUNDS, HASTY)) {
            insist(broadcaster, "first", message(1));
            readOnly.database().execute("alter database " + name(readOnly) + " set default_transaction_read_only = on");

            var failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(2)));
            while (!failure.getMessage().contains("read-only")) { // it may have been too slow to say anything
                failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(2)));
            }

            assertFalse(failure instanceof PublishOutcomeUnknownException, failure::toString);
        }
    }

    @Test
    void publish_noRights_saysSo() throws Exception {
        DATABASE.database().execute("drop role if exists mcp_reader; create role mcp_reader login;"
                + " grant select, update on mcp_event_head to mcp_reader; grant select on mcp_event to mcp_reader");
        var source = new PGSimpleDataSource();
        source.setURL(DATABASE.database().url());
        source.setUser("mcp_reader");
        try (var broadcaster = new PostgresBroadcaster(source, source)) {
            var failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(1)));

            assertTrue(failure.getMessage().contains("rights"), failure::getMessage);
            assertFalse(failure instanceof PublishOutcomeUnknownException);
        } finally {
            DATABASE.database().execute("drop owned by mcp_reader; drop role mcp_reader");
        }
    }

    @Test
    void publish_notificationQueueFull_saysSoAndGoesOnLater() throws Exception {
        try (var server = PgServer.start("max_notify_queue_pages=64"); var full = EventDatabase.in(PgDatabase.on(server));
                var broadcaster = full.open(BOUNDS, OPTIONS)) {
            try (var stuck = full.database().connect(); var statement = stuck.createStatement()) {
                statement.execute("listen anything");
                stuck.setAutoCommit(false);
                statement.execute("select 1"); // in a transaction nobody reads
                fill(full);

                var failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(1)));

                assertTrue(failure.getMessage().contains("notification queue"), failure::getMessage);
                assertFalse(failure instanceof PublishOutcomeUnknownException);
            }
            while (!full.ask("select pg_notification_queue_usage() < 0.5").equals("t")) full.ask("select pg_notify('anything', '')");
            try (var reader = broadcaster.subscribe(EventFilter.all())) {
                var id = broadcaster.publish(message(2));
                assertEquals(List.of(id), idsUpTo(reader, id));
            }
        }
    }

    private static void fill(EventDatabase database) throws SQLException {
        try (var connection = database.database().connect(); var statement = connection.createStatement()) {
            for (var n = 0; n < 10_000; n++) statement.execute("select pg_notify('anything', '" + n + "x".repeat(7_000) + "')");
        } catch (SQLException e) {
            if (!"54000".equals(e.getSQLState())) throw e;
        }
    }

    private static void assertRefused(String why) {
        var failure = assertThrows(BroadcasterException.class, () -> DATABASE.open(BOUNDS, OPTIONS));
        assertTrue(failure.getMessage().contains(why), failure::getMessage);
    }

    private static String name(EventDatabase database) {
        return database.ask("select current_database()");
    }

    // --- words

    /// Publishes, however slow this machine is at the moment.
    private static EventId insist(PostgresBroadcaster broadcaster, String key, Event event) {
        while (true) {
            try {
                return broadcaster.publish(key, event);
            } catch (BroadcasterException _) {
                // once more, by the same key
            }
        }
    }

    /// Subscribes, however slow this machine is at the moment.
    private static Subscription subscribed(PostgresBroadcaster broadcaster, EventFilter filter) {
        while (true) {
            try {
                return broadcaster.subscribe(filter);
            } catch (BroadcasterException _) {
                // once more
            }
        }
    }

    private static Event message(int n) {
        return Event.of("notifications/message", Json.obj().with("n", n));
    }

    private static Event marker() {
        return Event.of("test/marker");
    }

    private static List<EventId> idsUpTo(Subscription reader, EventId last) throws InterruptedException {
        for (var ids = new ArrayList<EventId>(); ; ) {
            var delivery = reader.next();
            if (delivery instanceof Delivery.Idle) continue;
            ids.add(assertInstanceOf(Delivery.Next.class, delivery).id());
            if (ids.getLast().equals(last)) return ids;
        }
    }
}
