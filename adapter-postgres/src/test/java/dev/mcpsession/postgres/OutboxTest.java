package dev.mcpsession.postgres;

import static dev.mcpsession.contract.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Events that an application publishes inside its own transactions.
@Timeout(120)
class OutboxTest {

    private static final int TRANSACTIONS = Integer.getInteger("outbox.transactions", 400);
    private static final int WRITERS = 4;
    private static final Owner ANN = Owner.principal("ann");

    @AutoClose
    private final EventDatabase database = EventDatabase.create();
    @AutoClose
    private final PostgresBroadcaster here = database.open(BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT);
    @AutoClose
    private final PostgresBroadcaster there = database.open(BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT);

    @Test
    void publish_ofEachKind_arrivesAsIfPublishedByAReplica() throws Exception {
        var uri = "file:///a b/\"ü\\\u0001\ud83d\ude00\u007f";
        var key = Topic.RESOURCES.of(uri);
        var session = SessionId.random();
        try (var reader = there.subscribe(EventFilter.of(session, ANN).withTopics(Set.of(key)), Start.now());
                var connection = database.database().connect()) {
            publish(connection, "notifications/message", "{\"data\": [1.0, null]}", null, null, null);
            publish(connection, "notifications/resources/updated", Json.obj().with("uri", uri).toString(), null, null, null);
            publish(connection, "notifications/tasks", "{\"taskId\":\"7\"}", null, null, "7");
            publish(connection, "test/session", "{}", session.value(), null, null);
            publish(connection, "test/owner", "{}", null, ANN.value(), null);
            publish(connection, "notifications/tools/list_changed", "{}", null, null, null);

            var first = event(reader);
            assertEquals(Event.of("notifications/message", (Json.Obj) Json.parse("{\"data\":[1.0,null]}")), first.event());
            assertEquals(Event.resourceUpdated(uri), event(reader).event());
            for (var method : List.of("test/session", "test/owner", "notifications/tools/list_changed")) {
                assertEquals(method, event(reader).event().method());
            }
            try (var late = here.subscribe(EventFilter.selecting(ANN, Set.of(), Set.of(uri)), Start.recent())) {
                assertEquals(Event.resourceUpdated(uri), event(late).event());
            }
        }
    }

    @Test
    void publish_inTransactions_areEventsInOrderIfAndOnlyIfTheyCommit() throws Exception {
        try (var threads = new Threads(); var one = here.subscribe(EventFilter.all(), Start.now());
                var other = there.subscribe(EventFilter.all(), Start.now()); var open = database.database().connect()) {
            open.setAutoCommit(false);
            publish(open, "test/open", "{}", null, null, null); // an open transaction holds nobody up
            var writers = new ArrayList<Future<List<String>>>();
            for (var n = 0; n < WRITERS; n++) {
                var writer = n;
                writers.add(threads.start(() -> write(writer)));
            }
            var committed = new ArrayList<List<String>>();
            for (var writer : writers) committed.add(writer.get());
            open.commit();
            var total = committed.stream().mapToInt(List::size).sum();

            for (var reader : List.of(one, other)) {
                var seen = new ArrayList<String>();
                while (seen.size() <= total) seen.add(event(reader).event().params().string("key").orElse("open"));
                assertTrue(seen.remove("open"));
                assertEquals(total, seen.size());
                for (var writer = 0; writer < WRITERS; writer++) {
                    var own = writer + "-";
                    assertEquals(committed.get(writer), seen.stream().filter(key -> key.startsWith(own)).toList());
                }
            }
            assertEquals("0", database.ask("select count(*) from mcp_event_outbox"));
            here.publish(Event.of("test/last"));
            assertEquals("test/last", event(one).event().method()); // and no more than those
        }
    }

    /// @return what was committed, in that order
    private List<String> write(int writer) throws SQLException {
        var committed = new ArrayList<String>();
        try (var connection = database.database().connect()) {
            connection.setAutoCommit(false);
            for (var n = 0; n < TRANSACTIONS / WRITERS; n++) {
                var key = writer + "-" + n;
                publish(connection, "test/event", "{\"key\":\"" + key + "\"}", null, null, null);
                if (ThreadLocalRandom.current().nextInt(3) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    committed.add(key);
                }
            }
        }
        return committed;
    }

    @Test
    void publish_whileAnOlderEventIsBeingMoved_doesNotOvertakeIt() throws Exception {
        here.close();
        there.close();
        try (var connection = database.database().connect(); var mover = database.database().connect()) {
            publish(connection, "test/first", "{}", null, null, null);
            mover.setAutoCommit(false);
            mover.createStatement().execute("select id from mcp_event_outbox for update"); // as a replica begins
            publish(connection, "test/second", "{}", null, null, null);
            try (var replica = database.open(BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT);
                    var reader = replica.subscribe(EventFilter.all(), Start.now())) {
                await("a replica that waits for the first event", () -> !"0".equals(database.ask("""
                        select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()""")));
                mover.rollback();
                for (var method : List.of("test/first", "test/second")) assertEquals(method, event(reader).event().method());
            }
        }
    }

    @Test
    void publish_invalid_failsTheStatement() throws Exception {
        try (var connection = database.database().connect()) {
            assertRefused("method must have 1 to 256 characters", connection, "", "{}", null, null);
            assertRefused("params must be an object", connection, "m", "[]", null, null);
            assertRefused("params must be at most 1000000 bytes", connection, "m", "{\"a\":\"" + "x".repeat(1_000_000) + "\"}", null, null);
            assertRefused("event must be to a session or to an owner, not both", connection, "m", "{}", "s", "o");
        }
    }

    private static void assertRefused(String why, Connection connection, String method, String params, String session, String owner) {
        var failure = assertThrows(SQLException.class, () -> publish(connection, method, params, session, owner, null));
        assertEquals("22023", failure.getSQLState());
        assertTrue(failure.getMessage().contains(why), failure::getMessage);
    }

    private static void publish(Connection connection, String method, String params, String session, String owner, String thing)
            throws SQLException {
        try (var statement = connection.prepareStatement("select mcp_publish(?, ?::json, ?, ?, ?)")) {
            var given = new String[] {method, params, session, owner, thing};
            for (var n = 0; n < given.length; n++) statement.setString(n + 1, given[n]);
            statement.execute();
        }
    }

    private static Delivery.Next event(Subscription reader) throws InterruptedException {
        var delivery = reader.next();
        while (delivery instanceof Delivery.Idle) delivery = reader.next();
        return assertInstanceOf(Delivery.Next.class, delivery);
    }
}
