package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/// Hundreds of clients reconnect at once, and each needs a replay from the table.
@Timeout(240)
@Isolated // measures how long a find takes
class ReplayStormTest {

    private static final int CLIENTS = 500;
    private static final int MISSED = 400;
    private static final int FINDS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final BroadcasterOptions BOUNDS =
            BroadcasterOptions.builder().ringEntries(16).ringBytes(1 << 20).heartbeat(Duration.ofMillis(50)).build();
    private static final PostgresOptions OPTIONS =
            PostgresOptions.builder().publishTimeout(PATIENCE).subscribeTimeout(PATIENCE).answerTimeout(PATIENCE)
                    .build(); // this machine may be busy

    private final AtomicInteger idles = new AtomicInteger();

    @Test
    void subscribe_manyAtOnce_leavesTheDatabaseToRequests() throws Exception {
        try (var database = TestDatabase.create(); var threads = new Threads()) {
            var lent = new Lent(new ConnectionPool(database.database()::connect, 10));
            try (var warnings = new Warnings(); var here = new PostgresBroadcaster(
                    lent::getConnection, database.database().dataSource()::getConnection, BOUNDS, OPTIONS)) {
                var requests = Database.forRequests(lent.pool);
                var store = new PostgresSessionStore(requests, SessionPolicy.DEFAULT, SessionStore.SESSIONS, () -> {});
                var session = SessionId.random();
                store.create(session, Owner.anonymous(), new Client("2025-11-25", "test", Json.obj()));
                var first = here.publish(Event.of("test/first"));
                publishMany(database);
                var undisturbed = findTimes(store, session);
                lent.most.set(0);

                var readers = new ArrayList<Future<Integer>>();
                for (var n = 0; n < CLIENTS; n++) readers.add(threads.start(() -> replayed(here, first)));
                var disturbed = findTimes(store, session);
                for (var reader : readers) assertEquals(MISSED, reader.get());
                assertTrue(lent.most.get() <= 4, () -> lent.most + " connections at once"); // a replay, and publisher, greeter, retention
                assertTrue(idles.get() > 0, "waiting readers get heartbeats");
                assertEquals(0, warnings.about(""), "nothing is worth a warning");
                System.out.println("find: p99 " + p99(undisturbed) + " us undisturbed, " + p99(disturbed) + " us while " + CLIENTS + " clients resume");
                assertTrue(median(disturbed) <= 3 * median(undisturbed) + 20_000, "finds wait for replays"); // the machine may be busy
            }
        }
    }

    private static void publishMany(TestDatabase database) {
        database.database().execute("""
                insert into mcp_event (id, key, kind, method, params)
                    select last + n, gen_random_uuid(), 0, '"notifications/message"', '{"n":' || n || ',"text":"' || repeat('x', 500) || '"}'
                    from mcp_event_head, generate_series(1, %s) n;
                update mcp_event_head set last = last + %1$s, writer = pg_current_xact_id()::xid
                """.formatted(MISSED));
    }

    private int replayed(PostgresBroadcaster here, EventId first) throws InterruptedException {
        try (var reader = here.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.after(first))) {
            return events(reader);
        }
    }

    private int events(Subscription reader) throws InterruptedException {
        for (var seen = 0; ; ) {
            switch (reader.next()) {
                case Delivery.Next _ -> {
                    if (++seen == MISSED) return seen;
                }
                case Delivery.Idle() -> idles.incrementAndGet();
                case Delivery other -> throw new AssertionError("not expected: " + other);
            }
        }
    }

    private static List<Long> findTimes(PostgresSessionStore store, SessionId session) {
        var times = new ArrayList<Long>();
        for (var n = 0; n < FINDS; n++) {
            var begun = System.nanoTime();
            assertTrue(store.find(session).isPresent());
            times.add((System.nanoTime() - begun) / 1_000);
        }
        return times;
    }

    private static long median(List<Long> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }

    private static long p99(List<Long> times) {
        return times.stream().sorted().skip(times.size() * 99L / 100).findFirst().orElseThrow();
    }

    /// Counts the connections in use at once.
    private record Lent(ConnectionPool pool, AtomicInteger now, AtomicInteger most) {

        Lent(ConnectionPool pool) {
            this(pool, new AtomicInteger(), new AtomicInteger());
        }

        Connection getConnection() throws SQLException {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            return counted(pool.getConnection());
        }

        private Connection counted(Connection connection) {
            var open = new AtomicBoolean(true);
            return (Connection) Proxy.newProxyInstance(Lent.class.getClassLoader(), new Class<?>[] {Connection.class}, (_, method, given) -> {
                if (method.getName().equals("close") && open.getAndSet(false)) now.decrementAndGet();
                try {
                    return method.invoke(connection, given);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        }
    }
}
