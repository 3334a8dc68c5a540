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
    private final PostgresOptions options;
    private final Patience patience;
    private final Loop loop = new Loop("mcp-postgres-retention", this::trimLater);
    private boolean failing;

    Retention(DataSource source, PostgresOptions options) {
        this.source = source;
        this.options = options;
        patience = new Patience(options.answerTimeout());
        loop.start();
    }

    private boolean trimLater() throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextLong(PERIOD.toMillis() / 2, PERIOD.toMillis() * 3 / 2));
        try {
            var deleted = patience.call(source, this::trimSome);
            for (var n = 1; deleted == BATCH && n < MAX_BATCHES; n++) deleted = patience.call(source, this::trimSome);
            if (deleted > 0) patience.call(source, connection -> PastEvents.foldMarks(patience.on(connection)));
            failing = false;
        } catch (SQLException e) {
            if (!failing) warn(SqlFailure.of(e));
            failing = true;
        }
        return true;
    }

    private static void warn(SqlFailure failure) {
        LOG.log(WARNING, () -> "old events could not be deleted: " + failure.reason() + "; trying again every " + PERIOD.toSeconds()
                + " s", failure.cause());
    }

    private int trimSome(Connection connection) throws SQLException {
        return LogTable.trim(patience.on(connection), options.keptEvents(), options.keptFor(), BATCH);
    }

    @Override
    public void close() {
        loop.close();
    }
}
