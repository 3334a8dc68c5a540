package dev.mcpsession.benchmarks;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.JmhQuestion;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.McpHeaders;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.PostgresBackend;
import dev.mcpsession.postgres.server.PgDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Sessions are in Postgres: how many operations per second can the store do, and what do coalesced touches gain?
///
/// Data: a Postgres server on this machine, with `fsync` on; anonymous sessions, accessed at random by platform threads over ten
/// connections. `request` is a call within a session, from its decision to its end: it finds its session and keeps it alive. In
/// `mcp-session` it marks the session, and one statement periodically touches all marked sessions; in `touch-each` each call also runs its
/// own statement. The period is half a second here and a minute by default, so the touches are part of the measurement, and 120 times as
/// frequent. `create` creates a session and deletes it again, and `merge` changes one member of a session's state. Unit: operations per
/// second, over all threads.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="ReplicatedStore"`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(SECONDS)
public class ReplicatedStore {

    static final String COALESCED = "mcp-session";
    static final String EACH = "touch-each";

    private static final int SESSIONS = 1_000;
    private static final Client CLIENT = new Client("2025-11-25", "benchmark", Json.obj());
    private static final SessionPolicy POLICY = SessionPolicy.builder().ttl(Duration.ofSeconds(10)).build(); // hence touches twice a second

    /// The number of live sessions.
    @Param({"10", "1000"})
    public int sessions;

    /// How used sessions are kept alive.
    @Param({COALESCED, EACH})
    public String design;

    private PgDatabase database;
    private Backend backend;
    private SessionStore store;
    private SessionHandler handler;
    private SessionId[] ids;

    static JmhQuestion question() {
        return new JmhQuestion(ReplicatedStore.class,
                "Sessions are in Postgres: what can the store do in a second, and what is it worth that requests do not touch one by one?",
                List.of("operations_per_s"),
                List.of("operations_per_s"),
                EACH,
                ReplicatedStore::cells);
    }

    private static List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> grid(10, "request", 1).each("design", COALESCED).cells();
            case QUICK -> grid(SESSIONS, "request", 8).each("design", COALESCED, EACH).cells();
            case FULL -> Grid.union(
                    grid(SESSIONS, "request", 1, 8, 32).each("design", COALESCED, EACH),
                    grid(SESSIONS, "find", 8).each("design", EACH),
                    grid(SESSIONS, "touch", 8).each("design", EACH),
                    grid(SESSIONS, "create", 8).each("design", EACH),
                    grid(SESSIONS, "merge", 8).each("design", EACH));
        };
    }

    private static Grid grid(int sessions, String operation, Object... threads) {
        return Grid.of(ReplicatedStore.class.getSimpleName())
                .each("sessions", sessions).each("operation", operation).each("threads", threads);
    }

    /// The cell of requests by 8 threads.
    static Cell cell(String design) {
        return grid(SESSIONS, "request", 8).each("design", design).cells().getFirst();
    }

    /// Fills the store.
    @Setup
    public void open() {
        database = PgDatabase.create();
        backend = new PostgresBackend().open(database.url(), POLICY, BroadcasterOptions.DEFAULT);
        store = backend.store();
        ids = new SessionId[sessions];
        Arrays.setAll(ids, _ -> SessionId.random());
        for (var id : ids) {
            store.create(id, Owner.anonymous(), CLIENT);
            store.touch(id);
        }
        handler = SessionHandler.builder(store).build();
    }

    /// Closes everything.
    @TearDown
    public void close() {
        handler.close();
        backend.close();
        database.close();
    }

    private SessionId any() {
        return ids[ThreadLocalRandom.current().nextInt(ids.length)];
    }

    /// Decides and completes a call within a live session.
    ///
    /// @return the decision
    /// @throws IOException never
    @Benchmark
    public Object request() throws IOException {
        var id = any();
        var call = new MemoryRequest("POST", Map.of("Host", List.of("localhost"), "Content-Type", List.of("application/json"),
                McpHeaders.SESSION_ID, List.of(id.value())), new byte[0]);
        var forward = (Decision.Forward) handler.decide(call);
        if (design.equals(EACH)) store.touch(id);
        forward.completed(200);
        return forward;
    }

    /// Finds a session.
    ///
    /// @return the session
    @Benchmark
    public Object find() {
        return store.find(any()).orElseThrow();
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
    /// @return true
    @Benchmark
    public boolean create() {
        var id = SessionId.random();
        store.create(id, Owner.anonymous(), CLIENT);
        return store.delete(id);
    }

    /// Changes one member of a session's state.
    ///
    /// @return the session
    @Benchmark
    public Object merge() {
        return store.updateState(any(), Json.obj().with("count", ThreadLocalRandom.current().nextInt())).orElseThrow();
    }
}
