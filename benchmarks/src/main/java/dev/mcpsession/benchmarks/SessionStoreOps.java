package dev.mcpsession.benchmarks;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.mcpsession.SessionId;
import dev.mcpsession.benchmarks.store.HandClock;
import dev.mcpsession.benchmarks.store.Store;
import dev.mcpsession.benchmarks.store.Stores;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.JmhQuestion;
import dev.mcpsession.benchmarks.suite.Size;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// How many operations per second can a session store do?
///
/// Data: a million live anonymous sessions with random ids, accessed uniformly at random, so that almost every access misses the
/// processor's caches. `get` finds a session and reads one of its fields, on which the next id depends. Without that, the processor would
/// overlap the cache misses of several calls, which no server's requests let it do, and the figure would show how many calls fit into its
/// window instead of how long one takes. `create` creates a session and deletes it again, with ids from a small pool per thread. Unit:
/// operations per second, over all threads.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="SessionStoreOps"`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(SECONDS)
public class SessionStoreOps {

    private static final String MILLION = "1000000";

    /// The number of live sessions.
    @Param({"1000", MILLION})
    public int sessions;

    /// The design that is measured.
    @Param({"mcp-session", "locked-map", "caffeine"})
    public String design;

    private Store store;
    private SessionId[] ids;

    /// The ids of one thread's new sessions.
    @State(Scope.Thread)
    public static class Pool {

        private final SessionId[] ids = new SessionId[4096];
        private int next;

        /// Creates the ids.
        @Setup
        public void fill() {
            Arrays.setAll(ids, _ -> SessionId.random());
        }

        SessionId next() {
            return ids[next++ & ids.length - 1];
        }
    }

    /// The last session that a thread has found.
    @State(Scope.Thread)
    public static class Walk {

        private long found;

        /// Zero, which only the processor cannot know before it has read the session.
        int nothing() {
            if (found < 0) throw new IllegalStateException("a live session was not found");
            return (int) (found >>> 62);
        }
    }

    static JmhQuestion question() {
        return new JmhQuestion(SessionStoreOps.class,
                "What can a session store do in a second?",
                List.of("operations_per_s", "allocated_bytes"),
                List.of("operations_per_s"),
                Stores.LOCKED_MAP.toString(),
                SessionStoreOps::cells);
    }

    private static List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> grid("1000", 1, "touch").cells();
            case QUICK -> Grid.union(grid(MILLION, 1, "get"), grid(MILLION, 2, "get", "touch", "create"));
            case FULL -> Grid.union(
                    grid(MILLION, 1, "get", "touch", "create"),
                    grid(MILLION, 2, "get", "touch", "create"),
                    grid(MILLION, 4, "touch"));
        };
    }

    private static Grid grid(String sessions, int threads, Object... operations) {
        return Grid.of(SessionStoreOps.class.getSimpleName()).each("sessions", sessions).each("threads", threads)
                .each("operation", operations).each("design", Stores.ALL.toArray());
    }

    /// The cell of a million sessions.
    static Cell cell(int threads, String operation, Design<?> design) {
        return Cell.of(SessionStoreOps.class.getSimpleName(),
                "sessions", MILLION, "threads", threads, "operation", operation, "design", design);
    }

    /// Fills the store.
    @Setup
    public void open() {
        store = Stores.open(design, new HandClock());
        ids = new SessionId[sessions];
        Arrays.setAll(ids, _ -> SessionId.random());
        for (var id : ids) {
            store.create(id);
            store.touch(id);
        }
        System.gc(); // or the sessions move to the old generation during the measurement
    }

    private SessionId any() {
        return ids[ThreadLocalRandom.current().nextInt(ids.length)];
    }

    /// Finds a session.
    ///
    /// @param walk the thread's position
    /// @return what the next id depends on
    @Benchmark
    public long get(Walk walk) {
        return walk.found = store.find(ids[ThreadLocalRandom.current().nextInt(ids.length) + walk.nothing()]);
    }

    /// Slides a session's expiry.
    ///
    /// @return true
    @Benchmark
    public boolean touch() {
        return store.touch(any());
    }

    /// Creates a session, and deletes it.
    ///
    /// @param pool the thread's ids
    /// @return true
    @Benchmark
    public boolean create(Pool pool) {
        var id = pool.next();
        store.create(id);
        return store.delete(id);
    }
}
