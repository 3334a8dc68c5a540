package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecentEventsTest {

    private static EventDatabase database;

    @BeforeAll
    static void create() {
        database = EventDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void clear() {
        database.clear();
    }

    private static void publish(Event... events) {
        try (var broadcaster = database.open(BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT)) {
            for (var event : events) broadcaster.publish(event);
        }
    }

    private static RecentEvents read(int maxSignals, long maxSize) throws SQLException {
        try (var connection = database.database().connect()) {
            return RecentEvents.read(EventDatabase.statements(connection), maxSignals, maxSize);
        }
    }

    /// The numbers, counted from the first event.
    private static List<Long> numbers(RecentEvents recent) {
        return recent.signals().stream().map(signal -> signal.id().sequence() - beforeFirst()).toList();
    }

    /// The number of the record with which the life of the server began.
    private static long beforeFirst() {
        return Long.parseLong(database.ask("select id from mcp_event where kind = 7"));
    }

    private static boolean isComplete(RecentEvents recent) {
        return recent.reach().compareTo(LogFeed.RECENT) >= 0;
    }

    private static Event updated(String uri) {
        return Event.of("notifications/resources/updated", Json.obj().with("uri", uri));
    }

    @Test
    void read_moreThanAreWanted_isTheNewestAndReachesNoFurther() throws Exception {
        publish(Event.of("test/message"), updated("a"), updated("b"), updated("a"), updated("c"), Event.of("test/message"));

        var all = read(3, 1_000);
        assertEquals(List.of(3L, 4L, 5L), numbers(all));
        assertTrue(isComplete(all));
        assertEquals(6, all.upTo().sequence() - beforeFirst());
        for (var some : List.of(read(2, 1_000), read(3, updated("a").params().toString().length() + 1))) {
            assertEquals(List.of(4L, 5L), numbers(some));
            assertEquals(some.signals().getFirst().age(), some.reach());
        }
    }

    @Test
    void read_entryIsMissing_isNotKnown() throws Exception {
        publish(updated("a"), updated("b"), updated("c"));
        assertTrue(isComplete(read(10, 1_000)));

        database.database().execute("delete from mcp_event where id = " + (beforeFirst() + 2));

        assertEquals(Duration.ZERO, read(10, 1_000).reach());
    }

    @Test
    void read_signalCannotBeRead_reachesNoFurther() throws Exception {
        publish(updated("a"), updated("b"));
        database.database().execute("update mcp_event set params = '[]', created_at = created_at - interval '1 minute' where id = "
                + (beforeFirst() + 1));

        var recent = read(10, 1_000);

        assertEquals(List.of(2L), numbers(recent));
        assertTrue(recent.reach().compareTo(Duration.ofMinutes(1)) >= 0 && !isComplete(recent));
    }

    @Test
    void read_takesTooLong_leavesTheConnectionAsItWas() throws Exception {
        publish(updated("a"));
        try (var connection = database.database().connect(); var other = database.database().connect()) {
            lock(other);
            var late = assertThrows(SQLException.class, () -> RecentEvents.read(new Statements(connection, Duration.ofMillis(20)), 10, 1_000));
            assertEquals(SqlFailure.TOO_LATE, late.getSQLState());
            other.rollback();

            assertTrue(connection.getAutoCommit());
            assertEquals(List.of(1L), numbers(RecentEvents.read(EventDatabase.statements(connection), 10, 1_000)));
        }
    }

    private static void lock(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("lock table mcp_event");
        }
    }
}
