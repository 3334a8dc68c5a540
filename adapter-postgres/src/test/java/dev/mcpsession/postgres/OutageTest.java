package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.PublishOutcomeUnknownException;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.postgresql.ds.PGSimpleDataSource;

/// A database that is unavailable, slow, or refuses: which errors callers see, and what holds when it is available again.
@Timeout(60)
@Order(1) // takes longest, so it begins first
class OutageTest {

    private static final BroadcasterOptions BOUNDS = BroadcasterOptions.DEFAULT;
    private static final PostgresOptions OPTIONS = PostgresOptions.DEFAULT;
    private static final PostgresOptions HASTY = OPTIONS.toBuilder()
            .publishTimeout(Duration.ofMillis(800)).subscribeTimeout(Duration.ofMillis(400)).answerTimeout(Duration.ofMillis(300)).build();

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
                var broadcaster = DATABASE.openBy(network, BOUNDS, OPTIONS);
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
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
            assertEquals(DATABASE.ask("select count(*) from mcp_event where kind = 0"), "" + seen.size());
        }
    }

    @Test
    void publish_nobodyAnswers_isUnknownAndRepeatedByKey() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port()); var broadcaster = DATABASE.openBy(network, BOUNDS, HASTY);
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var first = insist(broadcaster, "first", message(1));
            var unknown = unknown(broadcaster, network);
            assertTrue(unknown.getMessage().contains(unknown.key()));

            network.heal();
            var second = insist(broadcaster, unknown.key(), message(2));
            assertEquals(second, insist(broadcaster, unknown.key(), message(3)));
            assertEquals(List.of(first, second), idsUpTo(reader, second));
        }
    }

    /// Publishes while the network is silent, until a connection was there to send on.
    private static PublishOutcomeUnknownException unknown(PostgresBroadcaster broadcaster, FaultyNetwork network) {
        while (true) {
            network.swallow();
            var failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(2)));
            if (failure instanceof PublishOutcomeUnknownException unknown) return unknown;
            network.heal();
            broadcaster.subscribe(EventFilter.all(), Start.after(insist(broadcaster, "first", message(1)))).close();
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
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            assertThrows(BroadcasterException.class, () -> broadcaster.subscribe(filter, Start.now()));
        }
    }

    @Test
    void publish_tooManyWait_isRefusedAtOnce() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port());
                var broadcaster = DATABASE.openBy(network, BOUNDS, OPTIONS.toBuilder().maxWaiting(3).build())) {
            insist(broadcaster, "first", message(0));
            network.swallow();

            var refusals = new LinkedBlockingQueue<String>();
            for (var n = 0; n < 300; n++) {
                Thread.ofVirtual().start(() -> {
                    var refusal = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(1)));
                    refusals.add(refusal.getMessage());
                });
            }

            assertEquals("not published: at most 3 may wait to be published", refusals.take());
            network.heal();
            insist(broadcaster, "second", message(1));
        }
    }

    /// As many sessions end in one tick as a replica may have, while nothing can be written.
    @Test
    void endSessions_tooManyToWrite_refusesNoEventAndNoStream() throws Exception {
        try (var broadcaster = DATABASE.open(BOUNDS, OPTIONS.toBuilder().maxWaiting(100).build()); var threads = new Threads();
                var locking = DATABASE.database().connect()) {
            lockHead(locking);
            var ended = SessionId.random();
            for (var n = 0; n < 60; n++) {
                broadcaster.endSessions(IntStream.range(0, 1_000).mapToObj(_ -> SessionId.random()).toList());
            }
            var published = IntStream.range(0, 50).mapToObj(n -> threads.start(() -> broadcaster.publish(message(n)))).toList();
            var opened = threads.start(() -> broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now()));
            broadcaster.endSession(ended);
            var refusal = assertThrows(BroadcasterException.class, () -> broadcaster.endSessions(
                    IntStream.range(0, 100_000).mapToObj(_ -> SessionId.random()).toList()));
            assertEquals("not published: at most 100000 ends may wait to be published", refusal.getMessage());
            locking.rollback();

            for (var each : published) each.get();
            opened.get().close();
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
        try (var broadcaster = DATABASE.open(BOUNDS.toBuilder().ringEntries(8192).ringBytes(16 << 20).build(), OPTIONS);
                var threads = new Threads();
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var published = threads.start(() -> {
                var ids = new ArrayList<EventId>();
                for (var n = 0; n < 1500; n++) ids.add(broadcaster.publish(message(n)));
                ids.add(broadcaster.publish(marker()));
                return ids;
            });
            while (!published.isDone()) {
                DATABASE.ask("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
                        + " and (query like 'listen %' or query like 'select nonce%' and pid <> pg_backend_pid())");
                Thread.sleep(20);
            }

            assertEquals(published.get(), idsUpTo(reader, published.get().getLast()));
        }
    }

    @Test
    void next_networkOfListenerSilent_goesOnWhenItIsBack() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port());
                var broadcaster = DATABASE.open(network, BOUNDS, HASTY.toBuilder().heartbeat(Duration.ofMillis(200)).build());
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            network.swallow();
            var id = insist(broadcaster, "first", message(1));
            while (network.connections() > 0) Thread.onSpinWait(); // noticed and abandoned

            network.heal();

            assertEquals(List.of(id), idsUpTo(reader, id));
        }
    }

    @Test
    void subscribe_notReadBackInTime_takesOverAllTheSame() throws Exception {
        var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
        var options = OPTIONS.toBuilder().publishTimeout(Duration.ofSeconds(20)).subscribeTimeout(Duration.ofMillis(300))
                .answerTimeout(Duration.ofSeconds(20)).build();
        try (var network = new FaultyNetwork(DATABASE.port());
                var broadcaster = DATABASE.open(network, BOUNDS.toBuilder().heartbeat(Duration.ofMillis(50)).build(), options);
                var other = DATABASE.open(BOUNDS, OPTIONS); var older = subscribed(other, filter)) {
            network.swallow();
            var left = subscribed(broadcaster, EventFilter.of(SessionId.random(), Owner.anonymous()));
            try (var newer = subscribed(broadcaster, filter)) {
                assertEquals(new Delivery.Closed(Delivery.Cause.TAKEN_OVER), older.next());
                assertEquals(new Delivery.Idle(), newer.next());
                assertTrue(newer.poll().isEmpty());
                left.close();
                assertEquals(new Delivery.Closed(Delivery.Cause.CANCELLED), left.next());
                var id = other.publish(marker());

                network.heal();

                assertEquals(List.of(id), idsUpTo(newer, id));
            }
            other.publish(marker());
            while (broadcaster.stats().subscribers() > 0) Thread.sleep(5);
        }
    }

    @Test
    void subscribe_recordLostBeforeItWasRead_goesOnAndIsTold() throws Exception {
        var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
        var options = OPTIONS.toBuilder().publishTimeout(Duration.ofSeconds(20)).subscribeTimeout(Duration.ofMillis(300))
                .answerTimeout(Duration.ofSeconds(20)).build();
        try (var network = new FaultyNetwork(DATABASE.port()); var broadcaster = DATABASE.open(network, BOUNDS, options)) {
            network.swallow();
            try (var reader = subscribed(broadcaster, filter)) {
                DATABASE.database().execute("update mcp_event_head set nonce = '0123456789abcdef'"); // another log

                network.heal();

                var delivery = reader.next();
                while (delivery instanceof Delivery.Idle) delivery = reader.next();
                assertInstanceOf(Delivery.Lagged.class, delivery);
                var id = insist(broadcaster, "after", marker());
                assertEquals(List.of(id), idsUpTo(reader, id));
            }
        }
    }

    @Test
    void subscribe_headLocked_givesUpWithoutARecord() throws Exception {
        var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
        try (var here = DATABASE.open(BOUNDS, HASTY); var there = DATABASE.open(BOUNDS, OPTIONS);
                var older = subscribed(there, filter); var locking = DATABASE.database().connect()) {
            lockHead(locking);
            for (var n = 0; n < 3; n++) {
                var failure = assertThrows(BroadcasterException.class, () -> here.subscribe(filter, Start.now()));
                assertFalse(failure instanceof PublishOutcomeUnknownException, failure::toString);
            }
            locking.rollback();

            var id = insist(there, "after", marker());
            assertEquals(List.of(id), idsUpTo(older, id));
        }
    }

    // --- what is left behind

    @Test
    void publish_headLocked_leavesNoBackendsBehind() throws Exception {
        try (var broadcaster = DATABASE.open(BOUNDS, HASTY.toBuilder().heartbeat(Duration.ofMillis(100)).build());
                var locking = DATABASE.database().connect(); var threads = new Threads()) {
            lockHead(locking);
            var insisting = new ArrayList<Future<EventId>>();
            for (var n = 0; n < 12; n++) {
                var key = "key " + n;
                insisting.add(threads.start(() -> insist(broadcaster, key, marker())));
                Thread.sleep(200);
                assertTrue(waitingBackends() <= 2, "backends wait for a lock");
            }
            locking.rollback();
            for (var each : insisting) each.get();
        }
    }

    @Test
    void next_logLocked_leavesNoBackendsBehind() throws Exception {
        try (var broadcaster = DATABASE.open(BOUNDS, HASTY.toBuilder().heartbeat(Duration.ofMillis(50)).build());
                var locking = DATABASE.database().connect(); var statement = locking.createStatement()) {
            locking.setAutoCommit(false);
            statement.execute("lock table mcp_event, mcp_event_head");
            for (var n = 0; n < 20; n++) {
                Thread.sleep(100);
                assertTrue(waitingBackends() <= 3, "backends wait for a lock"); // of the reader, of the keeper, and one given up
            }
            locking.rollback();
            insist(broadcaster, "after", marker());
        }
    }

    private static void lockHead(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("select 1 from mcp_event_head for update");
        }
    }

    private static int waitingBackends() {
        return Integer.parseInt(DATABASE.ask("select count(*) from pg_stat_activity where datname = current_database()"
                + " and wait_event_type = 'Lock'"));
    }

    // --- errors

    @Test
    void publish_errorInABatch_failsThatOneAlone() throws Exception {
        var failing = new AtomicBoolean();
        try (var broadcaster = new PostgresBroadcaster(Failing.source(DATABASE.pool(), failing),
                DATABASE.database().dataSource()::getConnection, BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT);
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now()); var threads = new Threads()) {
            for (var round = 0; round < 3; round++) {
                failing.set(true);
                var lost = IntStream.range(0, 20).mapToObj(_ -> threads.start(() ->
                        assertThrows(BroadcasterException.class, () -> broadcaster.publish(marker())))).toList();
                for (var each : lost) each.get();
                failing.set(false);

                var id = insist(broadcaster, "round " + round, message(round));
                assertEquals(id, idsUpTo(reader, id).getLast());
            }
        }
    }

    @Test
    void next_errorInTheListener_goesOn() throws Exception {
        var failing = new AtomicBoolean();
        try (var broadcaster = new PostgresBroadcaster(
                DATABASE.pool(), Failing.source(DATABASE.database().dataSource()::getConnection, failing), BOUNDS,
                OPTIONS.toBuilder().heartbeat(Duration.ofMillis(20)).build());
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            for (var round = 0; round < 3; round++) {
                failing.set(true);
                Thread.sleep(100);
                failing.set(false);

                var id = insist(broadcaster, "round " + round, message(round));
                assertEquals(id, idsUpTo(reader, id).getLast());
            }
        }
    }

    /// Connections whose statements fail as if out of memory.
    private static final class Failing {

        static Database.Source source(Database.Source source, AtomicBoolean failing) {
            return () -> (Connection) proxy(source.getConnection(), Connection.class, failing);
        }

        private static Object proxy(Object target, Class<?> type, AtomicBoolean failing) {
            return Proxy.newProxyInstance(Failing.class.getClassLoader(), new Class<?>[] {type}, (_, method, given) -> {
                if (failing.get() && method.getName().equals("prepareStatement")) throw new OutOfMemoryError("simulated");
                try {
                    return method.invoke(target, given);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        }
    }

    // --- notifications that do not arrive

    @Test
    @ResourceLock(Warnings.RESOURCE)
    void next_noNotificationArrives_pollsAndWarns() throws Exception {
        var heartbeats = List.of(Duration.ofHours(1), OPTIONS.heartbeat(), Duration.ofMillis(100));
        try (var warnings = new Warnings(); var threads = new Threads()) {
            var trials = heartbeats.stream().map(heartbeat -> threads.start(() -> pollsTwice(heartbeat))).toList();
            for (var trial : trials) trial.get(); // at the same time, because each waits for seconds

            assertTrue(warnings.about("LISTEN does not hear") >= 2 * heartbeats.size()); // other tests may warn meanwhile
        }
    }

    private static Void pollsTwice(Duration heartbeat) throws InterruptedException {
        try (var own = EventDatabase.create(); var pooler = new TransactionPooler(own.port()); var broadcaster = own.open(
                pooler.source(own.database().url()), BOUNDS, OPTIONS.toBuilder().heartbeat(heartbeat).build());
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            while (!broadcaster.isPolling()) Thread.sleep(10);

            for (var n = 0; n < 3; n++) {
                var id = broadcaster.publish(message(n));
                assertEquals(List.of(id), idsUpTo(reader, id));
            }
            pooler.handOutPerTransaction(false);
            while (broadcaster.isPolling()) Thread.sleep(10);
            pooler.handOutPerTransaction(true); // a pooler came between
            own.ask("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query like 'listen %'");
            while (!broadcaster.isPolling()) Thread.sleep(10);
        }
        return null;
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
                var broadcaster = new PostgresBroadcaster( // no pool: a connection killed in use leaves the outcome unknown
                        readOnly.database().dataSource(), readOnly.database().dataSource(), BOUNDS, HASTY)) {
            insist(broadcaster, "first", message(1));
            readOnly.database().execute("alter database " + name(readOnly) + " set default_transaction_read_only = on");

            var failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(2)));
            while (!failure.getMessage().contains("read-only")) { // the first answer may be a timeout
                failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(2)));
            }

            assertFalse(failure instanceof PublishOutcomeUnknownException, failure::toString);
        }
    }

    @Test
    void publish_noRights_saysSo() throws Exception {
        DATABASE.database().execute("drop role if exists mcp_reader; create role mcp_reader login;"
                + " grant select, update on mcp_event_head to mcp_reader; grant select on mcp_event, mcp_event_gone, mcp_event_outbox to mcp_reader");
        var source = new PGSimpleDataSource();
        source.setURL(DATABASE.database().url());
        source.setUser("mcp_reader");
        try (var _ = DATABASE.open(BOUNDS, OPTIONS); var broadcaster = new PostgresBroadcaster(source, source)) {
            var failure = assertThrows(BroadcasterException.class, () -> broadcaster.publish(message(1)));

            assertTrue(failure.getMessage().contains("rights"), failure::getMessage);
            assertFalse(failure instanceof PublishOutcomeUnknownException);
        } finally {
            DATABASE.database().execute("drop owned by mcp_reader; drop role mcp_reader");
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
                // again, by the same key
            }
        }
    }

    /// Subscribes, however slow this machine is at the moment.
    private static Subscription subscribed(PostgresBroadcaster broadcaster, EventFilter filter) {
        while (true) {
            try {
                return broadcaster.subscribe(filter, Start.now());
            } catch (BroadcasterException _) {
                // again
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
