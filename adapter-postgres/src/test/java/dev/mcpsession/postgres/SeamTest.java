package dev.mcpsession.postgres;

import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.contract.SeamContract;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.http.SessionHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.Isolated;

/// Two replicas whose memory holds only what is published while clients read: so each client first gets a replay from the table,
/// then continues in memory, and none is too slow for that.
///
/// Each publisher publishes 20 events then, and 100 before; `-Dseam.events=200` makes them 200 and 1,000. There are 50 clients;
/// `-Dseam.clients=200` makes them as many as in memory.
@Timeout(590)
@Execution(SAME_THREAD) // its threads race for the processors
@Isolated // its clients compete for one page of the log at a time, within a time limit
class SeamTest implements SeamContract {

    private static final int EVENTS = Integer.getInteger("seam.events", 20);
    private static final int IN_MEMORY = 2 * Integer.highestOneBit(4 * EVENTS);
    // A busy machine must not cause a 503.
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PostgresOptions OPTIONS =
            PostgresOptions.builder().publishTimeout(PATIENCE).subscribeTimeout(PATIENCE).answerTimeout(PATIENCE)
                    .maxReplayed(1 << 20).build();

    private final TestDatabase database = TestDatabase.create();
    private final EventDatabase log = EventDatabase.in(database.database());
    private final List<Replica> replicas = new ArrayList<>();
    private final Threads threads = new Threads();
    private Future<Void> trimming;
    private volatile boolean isOver;

    @Override
    public int before() {
        return 5 * EVENTS;
    }

    @Override
    public int clients() {
        return Integer.getInteger("seam.clients", 50);
    }

    @Override
    public int events() {
        return EVENTS;
    }

    @Override
    public int ends() {
        return 5;
    }

    @Override
    public void elapse(Duration time) {
        database.elapse(time);
    }

    @Override
    public List<Replica> open(int kept) {
        for (var n = 0; n < 2; n++) replicas.add(newReplica(Math.min(kept, IN_MEMORY)));
        trimming = threads.start(() -> {
            for (; !isOver; Thread.sleep(5)) trim(kept);
            return null;
        });
        return replicas;
    }

    private Replica newReplica(int inMemory) {
        var store = database.store(SessionPolicy.DEFAULT);
        var broadcaster = log.open(BroadcasterOptions.builder().ringEntries(inMemory).ringBytes(16 << 20).build(), OPTIONS);
        return new Replica(store, broadcaster, SessionHandler.builder(store).broadcaster(broadcaster).build());
    }

    /// Deletes old entries, after each replica has read them. The newest events stay, however many records of take-overs follow them:
    /// a client that has lost the last one would wait for it indefinitely.
    private void trim(int kept) {
        var read = replicas.stream().mapToLong(SeamTest::read).min().orElseThrow();
        database.database().execute("delete from mcp_event where id <= " + read
                + " and id < (select id from mcp_event where kind = 0 order by id desc offset " + (kept - 1) + " limit 1)");
    }

    private static long read(Replica replica) {
        var begun = replica.broadcaster().subscribe(EventFilter.all(), Start.now());
        begun.close();
        return begun.start().sequence();
    }

    @AfterEach
    void close() throws Exception {
        isOver = true;
        trimming.get();
        threads.close();
        for (var replica : replicas) {
            replica.handler().close(Duration.ZERO);
            replica.broadcaster().close();
        }
        log.close();
        database.close();
    }
}
