package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.WARNING;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/// Keeps the log from growing: a virtual thread that deletes what is too old or too much, a batch at a time.
final class Retention implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PostgresBroadcaster.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int BATCH = 1_000;
    private static final int MAX_BATCHES = 100;

    private final DataSource source;
    private final PostgresBroadcasterOptions options;
    private final Patience patience;
    private final Thread thread;
    private boolean failing;

    Retention(DataSource source, PostgresBroadcasterOptions options) {
        this.source = source;
        this.options = options;
        patience = new Patience(options.answerTimeout());
        thread = Thread.ofVirtual().name("mcp-postgres-retention").unstarted(this::run);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(ThreadLocalRandom.current().nextLong(PERIOD.toMillis() / 2, PERIOD.toMillis() * 3 / 2));
                trim();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void trim() {
        try {
            var batches = 0;
            while (patience.call(source, this::trimSome) == BATCH && ++batches < MAX_BATCHES) Thread.yield();
            failing = false;
        } catch (SQLException | RuntimeException | Error e) {
            if (!failing) LOG.log(WARNING, "old events could not be deleted; trying again every " + PERIOD.toSeconds() + " s", e);
            failing = true;
        }
    }

    private int trimSome(Connection connection) throws SQLException {
        return EventTable.trim(connection, options.keptEvents(), options.keptFor(), BATCH);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
