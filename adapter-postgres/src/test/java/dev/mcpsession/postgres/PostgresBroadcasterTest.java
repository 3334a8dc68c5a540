package dev.mcpsession.postgres;

import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.BroadcasterContract;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.Execution;

/// On connections as odd as pools of applications hand them out.
@Execution(SAME_THREAD) // its threads race for the processors
@Order(1) // takes longest, so it begins first
class PostgresBroadcasterTest implements BroadcasterContract {

    /// The contract takes events evicted from memory for lost, so they must not be replayed from the table.
    private static final PostgresOptions OPTIONS = PostgresOptions.builder().maxReplayed(0).build();

    @AutoClose
    private static final EventDatabase DATABASE = EventDatabase.create();

    private static final Database.Source POOL = Pools.ofContract(DATABASE.database(), DATABASE.pool());

    private Broadcaster opened;

    @AfterAll
    static void assertGivenBackAsTheyCame() {
        if (POOL instanceof OddSource odd) odd.assertGivenBackAsTheyCame();
    }

    @Override
    public Broadcaster open(BroadcasterOptions options) {
        DATABASE.clear();
        opened = new PostgresBroadcaster(POOL, DATABASE.database()::connect, options, OPTIONS);
        return opened;
    }

    /// Deletes old events, once they have been read.
    @Override
    public boolean elapse(Duration time) {
        opened.publish(Event.of("test/read").to(SessionId.random())); // comes after everything that waits to be published
        opened.subscribe(EventFilter.all(), Start.now()).close();
        DATABASE.database().execute("update mcp_event set created_at = created_at - interval '" + time.toSeconds() + " seconds'");
        DATABASE.trim(100_000, Duration.ofHours(1));
        return false;
    }

    @Override
    public int flood() {
        return 2_000;
    }
}
