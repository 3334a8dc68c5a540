package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.Await;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.postgres.server.PgServer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/// Everything at once on two replicas: sessions are created, touched, changed, expire and are deleted; streams open and close; events are
/// published and read; connections are cut, and the server is restarted, stopped in a crash and killed. Nothing is lost, and at the end
/// connections, threads, heap and tables are as large as they were after the first minutes.
///
/// That takes some seconds, which are too short to compare sizes of heap and tables; `-Dsoak.minutes=30` lets it go on for that long.
@Timeout(7_200)
@Isolated // counts threads and memory
class SoakTest {

    private static final int MINUTES = Integer.getInteger("soak.minutes", 0);
    private static final Duration WARM = MINUTES == 0 ? Duration.ofSeconds(1) : Duration.ofMinutes(Math.min(5, Math.max(1, MINUTES / 4)));
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int SESSIONS = 50; // of each thread
    private static final SessionPolicy POLICY = SessionPolicy.builder().ttl(Duration.ofSeconds(20)).revivalWindow(Duration.ofSeconds(20)).build();
    private static final BroadcasterOptions BOUNDS = BroadcasterOptions.builder().ringEntries(4_096).build();
    private static final Client CLIENT = new Client("2025-11-25", "a client", Json.obj());
    private static final double GROWTH = 1.5;
    private static final long SLACK = 8 << 20; // bytes

    private final AtomicLong sessions = new AtomicLong();
    private final AtomicLong streams = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean over;

    /// What must not grow.
    private record Sizes(long connections, long platformThreads, long virtualThreads, long heap, long tables, long indexes, long rows) {}

    @Test
    void everything_forALongTime_losesNothingAndLeavesNothing() throws Exception {
        try (var server = PgServer.start("autovacuum_naptime=10s")) {
            var database = PgDatabase.on(server);
            try (var here = open(database); var there = open(database); var threads = new Threads();
                    var traffic = new Traffic(List.of(here.broadcaster(), there.broadcaster()), PAUSE, new Account(true))) {
                var users = Stream.of(here, there).<Callable<Void>>mapMulti((backend, add) -> {
                    add.accept(() -> useSessions(backend));
                    add.accept(() -> useStreams(backend));
                    add.accept(() -> sweep(backend));
                }).map(threads::start).toList();
                disturb(server, traffic, WARM);
                var early = measured(server, database);
                disturb(server, traffic, MINUTES == 0 ? SHORT : Duration.ofMinutes(MINUTES).minus(WARM));
                var late = measured(server, database);
                over = true;
                for (var user : users) user.get();
                System.out.println("soak of " + (MINUTES == 0 ? "some seconds" : MINUTES + " min") + ": sessions " + sessions
                        + ", streams " + streams + ", calls that failed while the database was away " + failed + "; first " + early
                        + ", last " + late);
                assertNoGrowth(early, late);
            }
            Await.await("the last connection closes", () -> connections(server) == 0);
        }
    }

    private static Backend open(PgDatabase database) {
        return Backend.open(database.url(), POLICY, BOUNDS).orElseThrow();
    }

    // --- use

    private Void useSessions(Backend backend) throws InterruptedException {
        var random = ThreadLocalRandom.current();
        var mine = new ArrayDeque<SessionId>();
        for (var owners = 0; !over; Thread.sleep(random.nextInt(10))) {
            try {
                var id = SessionId.random();
                var owner = Owner.principal("owner " + owners++ % 100);
                if (backend.store().create(id, owner, CLIENT) instanceof CreateResult.Created) mine.add(id);
                sessions.incrementAndGet();
                for (var each : mine.stream().skip(mine.size() / 2).toList()) backend.store().touch(each);
                if (backend.store().find(mine.getFirst()).isPresent()) backend.store().updateState(mine.getFirst(), Json.obj().with("n", owners));
                if (mine.size() > SESSIONS && random.nextBoolean()) backend.store().delete(mine.removeFirst());
                while (mine.size() > SESSIONS) mine.removeFirst(); // it expires
            } catch (SessionStoreException _) {
                failed.incrementAndGet();
            }
        }
        return null;
    }

    private Void useStreams(Backend backend) throws InterruptedException {
        var random = ThreadLocalRandom.current();
        while (!over) {
            try (var stream = backend.broadcaster().subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now())) {
                streams.incrementAndGet();
                Thread.sleep(random.nextInt(50));
                while (stream.poll().isPresent()) Thread.onSpinWait();
            } catch (BroadcasterException _) {
                failed.incrementAndGet();
            }
        }
        return null;
    }

    private Void sweep(Backend backend) throws InterruptedException {
        for (; !over; Thread.sleep(500)) {
            try {
                backend.broadcaster().endSessions(backend.store().deleteExpired());
            } catch (SessionStoreException _) {
                failed.incrementAndGet();
            }
        }
        return null;
    }

    // --- disturbances

    private interface Fault {
        void in(PgServer server);
    }

    private static final List<Fault> FAULTS = List.of(SoakTest::cut, SoakTest::cut, SoakTest::restart, SoakTest::cut, SoakTest::crash,
            SoakTest::cut, SoakTest::kill);

    /// Lets each fault happen at least once, none of which loses an event.
    private static void disturb(PgServer server, Traffic traffic, Duration time) throws InterruptedException {
        var until = System.nanoTime() + time.toNanos();
        for (var n = 0; n < FAULTS.size() || System.nanoTime() - until < 0; n++) {
            if (MINUTES == 0 && n > 0 && System.nanoTime() - until > 0) break;
            FAULTS.get(n % FAULTS.size()).in(server);
            traffic.back(System.nanoTime());
            Thread.sleep(MINUTES == 0 ? 300 : 10_000);
            var settled = traffic.settle();
            assertEquals(0, settled.lost() + settled.told(), settled::toString);
        }
    }

    private static void cut(PgServer server) {
        server.ask("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'mcp-session'");
    }

    private static void restart(PgServer server) {
        server.stop();
        server.restart();
    }

    private static void crash(PgServer server) {
        server.crash();
        server.restart();
    }

    private static void kill(PgServer server) {
        server.kill();
        server.restart();
    }

    // --- sizes

    private static Sizes measured(PgServer server, PgDatabase database) throws Exception {
        var heap = ManagementFactory.getMemoryMXBean();
        for (var n = 0; n < 3; n++) heap.gc();
        try (var connection = database.connect(); var statement = connection.createStatement(); var answer = statement.executeQuery("""
                select sum(pg_table_size(c.oid)), sum(pg_indexes_size(c.oid)),
                    (select count(*) from mcp_session) + (select count(*) from mcp_event)
                from pg_class c where relkind = 'r' and relname ~ '^mcp_'
                """)) {
            answer.next();
            return new Sizes(connections(server), ManagementFactory.getThreadMXBean().getThreadCount(), virtualThreads(),
                    heap.getHeapMemoryUsage().getUsed(), answer.getLong(1), answer.getLong(2), answer.getLong(3));
        }
    }

    private static long connections(PgServer server) {
        return Long.parseLong(server.ask("select count(*) from pg_stat_activity where application_name = 'mcp-session'"));
    }

    private static long virtualThreads() throws Exception {
        var file = Files.createTempFile("threads", ".json");
        Files.delete(file); // must not exist
        var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        bean.dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("#") && line.contains("virtual")).count();
        } finally {
            Files.delete(file);
        }
    }

    private static void assertNoGrowth(Sizes early, Sizes late) {
        assertTrue(late.connections <= early.connections + 20, "server connections"); // of two pools of ten
        assertTrue(late.platformThreads <= early.platformThreads + 10, "platform threads");
        assertTrue(late.virtualThreads <= early.virtualThreads + 30, "virtual threads");
        if (MINUTES == 0) return;
        assertTrue(late.heap <= early.heap * GROWTH + SLACK, "heap");
        // The log grows until it has what is kept, so these are compared by row.
        var growth = GROWTH * Math.max(1, (double) late.rows / early.rows);
        assertTrue(late.rows <= PostgresOptions.DEFAULT.keptEvents() * 1.1, "rows");
        assertTrue(late.tables <= early.tables * growth + SLACK, "tables");
        assertTrue(late.indexes <= early.indexes * growth + SLACK, "indexes");
    }
}
