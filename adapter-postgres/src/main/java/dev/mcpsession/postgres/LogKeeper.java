package dev.mcpsession.postgres;

import static dev.mcpsession.postgres.Loop.LOG;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.event.BroadcasterException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;

/// Does what the log needs once a second: one virtual thread.
///
/// It greets the connection that listens, moves the outbox into the log, reports records that the log has lost, and deletes what is too
/// old or too much.
final class LogKeeper implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TRIMS = Duration.ofSeconds(10);
    private static final int BATCH = 1_000;
    private static final int MAX_BATCHES = 20;

    private final Database database;
    private final PostgresOptions options;
    private final Hearing hearing;
    private final LogTailer tailer;
    private final LogApplier applier;
    private final LogWriter writer;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Loop loop = new Loop("mcp-postgres-keeper", this::keep);
    private long trimAt = System.nanoTime();
    private boolean failing;

    LogKeeper(Database database, PostgresOptions options, Hearing hearing, LogTailer tailer, LogApplier applier, LogWriter writer) {
        this.database = database;
        this.options = options;
        this.hearing = hearing;
        this.tailer = tailer;
        this.applier = applier;
        this.writer = writer;
    }

    void start() {
        trimLater();
        loop.start();
    }

    /// Wakes the thread because there may be events in the outbox.
    void wake() {
        wakeUps.release();
    }

    private boolean keep() throws InterruptedException {
        wakeUps.tryAcquire(PERIOD.toNanos(), NANOSECONDS);
        wakeUps.drainPermits();
        greet();
        try {
            applier.lossToReport().ifPresent(writer::reportLoss);
            if (database.call(LogKeeper::moveOutbox) > 0) tailer.wake();
            if (System.nanoTime() - trimAt >= 0) trim();
            failing = false;
        } catch (SQLException | BroadcasterException e) {
            if (!failing) warn(e);
            failing = true;
        }
        return true;
    }

    private void greet() {
        var since = System.nanoTime();
        if (hearing.needsGreeting(since)) {
            try {
                database.call(on -> {
                    LogTable.greet(on);
                    return null;
                });
                hearing.greeted(since);
            } catch (SQLException e) {
                if (SqlFailure.of(e).isQueueFull()) hearing.greeted(since); // nobody hears anything
            }
        }
        if (!hearing.isDeaf(System.nanoTime())) return;
        LOG.log(WARNING, "LISTEN does not hear what other connections notify: the listening connection goes through a pooler that lends"
                + " connections for one transaction (PgBouncer, pool_mode=transaction) and needs a direct one, or it leads to another"
                + " server than the statements, or the server's notification queue is full; the log is polled until it hears again");
        tailer.wake();
    }

    private static int moveOutbox(Statements on) throws SQLException {
        var moved = 0;
        for (int some; moved < BATCH && (some = LogTable.appendOutbox(on)) > 0; ) moved += some;
        return moved;
    }

    private void trim() throws SQLException {
        trimLater();
        database.call(on -> {
            var deleted = 0;
            for (var n = 0; n < MAX_BATCHES; n++) {
                deleted = Retention.trim(on, options.keptEvents(), options.keptFor(), BATCH);
                if (deleted < BATCH) break;
            }
            if (deleted > 0) Retention.foldMarks(on);
            if (deleted == BATCH) trimAt = System.nanoTime(); // there may be more
            return deleted;
        });
    }

    // At another moment than other replicas.
    private void trimLater() {
        trimAt = System.nanoTime() + ThreadLocalRandom.current().nextLong(BETWEEN_TRIMS.toNanos() / 2, BETWEEN_TRIMS.toNanos() * 3 / 2);
    }

    private static void warn(Exception e) {
        var reason = e instanceof SQLException failure ? SqlFailure.of(failure).reason() : e.getMessage();
        LOG.log(WARNING, () -> "old events and the outbox wait: " + reason + "; trying again every second", e);
    }

    @Override
    public void close() {
        loop.close();
    }
}
