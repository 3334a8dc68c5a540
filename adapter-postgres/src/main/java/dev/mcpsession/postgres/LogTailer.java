package dev.mcpsession.postgres;

import static dev.mcpsession.postgres.Loop.LOG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.EventId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Reads the log for this replica: one virtual thread.
///
/// ```text
/// read what follows ─▶ wait for a wake-up, or a heartbeat ─┐
///        ▲                                                 │
///        └─────────────────────────────────────────────────┘
/// ```
///
/// A wake-up is a notification, or an event that this replica has published. A lost one costs a heartbeat. While events come, the log
/// is read every few milliseconds, whether a wake-up comes or not, so publishers need not notify for each event.
final class LogTailer implements AutoCloseable {

    private static final int PAGE_ROWS = 500;
    private static final long PAGE_SIZE = 4 << 20;
    private static final Duration BUSY = Duration.ofMillis(4);
    private static final long POLL = Duration.ofMillis(200).toNanos();

    private final Database database;
    private final Hearing hearing;
    private final long heartbeat;
    private final Loop loop = new Loop("mcp-postgres-reader", this::read);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition awake = lock.newCondition();
    private boolean isAwake = true; // guarded by the lock
    private volatile LogApplier applier;
    private volatile String channel;

    // the thread's own
    private final BackOff backOff = new BackOff(Duration.ofMillis(50), Duration.ofSeconds(5));
    private boolean failing;

    LogTailer(Database database, Hearing hearing, PostgresOptions options) {
        this.database = database;
        this.hearing = hearing;
        heartbeat = options.heartbeat().toNanos();
    }

    /// Reads where the log stands.
    ///
    /// @param ringEntries how many of the newest entries the replica can hold
    /// @return where it should start reading
    /// @throws SQLException if this fails
    EventId open(int ringEntries) throws SQLException {
        return database.patient().call(on -> {
            channel = LogTable.head(on).channel();
            return LogTable.beforeNewest(on, ringEntries);
        });
    }

    /// Reads what there is, and continues in the background.
    ///
    /// @param bounds what the replica can hold
    void start(LogApplier into, BroadcasterOptions bounds) throws SQLException {
        applier = into;
        recall(bounds);
        database.call(on -> readOn(on, false));
        loop.start();
    }

    /// Takes little time: without the recall, readers only see a loss for a while.
    private void recall(BroadcasterOptions bounds) throws SQLException {
        try {
            applier.recall(database.call(on -> RecentEvents.read(
                    on.atMost(database.silence().dividedBy(2)), bounds.signalKeys(), bounds.ringBytes())));
        } catch (SQLException e) {
            if (!SqlFailure.TOO_LATE.equals(e.getSQLState())) throw e;
            LOG.log(WARNING, "the signals of the last minutes could not be read in time; new listens report a loss", e);
        }
    }

    /// {@return the channel on which events are announced}
    String channel() {
        return channel;
    }

    /// Wakes the thread because there may be something to read.
    void wake() {
        lock.lock();
        try {
            isAwake = true;
            awake.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Does so unless what is announced has been read.
    ///
    /// @param newest the newest number
    void wakeFor(String newest) {
        try {
            if (Long.parseLong(newest) > applier.fed().sequence()) wake();
        } catch (NumberFormatException _) {
            // not one of ours
        }
    }

    private boolean read() throws InterruptedException {
        try {
            await(hearing.isPolling() ? POLL : heartbeat);
            database.call(on -> readOn(on, true));
            if (failing) LOG.log(INFO, "the log of events is read again");
            failing = false;
            backOff.reset();
        } catch (BroadcasterClosedException _) {
            return false;
        } catch (SQLException | RuntimeException | Error e) {
            if (!failing && !loop.isClosed()) warn(e);
            failing = true;
            Thread.sleep(backOff.next());
            wake();
        }
        return true;
    }

    /// Once per outage: it may be long.
    private static void warn(Throwable e) {
        if (e instanceof SQLException sql) {
            var failure = SqlFailure.of(sql);
            LOG.log(WARNING, () -> "the log of events cannot be read: " + failure.reason()
                    + "; streams stay open and go on when it can", failure.cause());
        } else {
            LOG.log(ERROR, "reading the log of events failed for a reason that is a bug; trying again", e);
        }
    }

    private void await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (var left = nanos; !isAwake && left > 0; ) left = awake.awaitNanos(left);
            isAwake = false;
        } finally {
            lock.unlock();
        }
    }

    /// Reads all that there is.
    ///
    /// @param lingers whether to read on as long as something comes
    private Void readOn(Statements on, boolean lingers) throws SQLException {
        while (true) {
            var page = LogTable.read(on, applier.fed().sequence(), PAGE_ROWS, PAGE_SIZE);
            channel = page.channel();
            applier.accept(page);
            if (applier.fed().sequence() < page.last()) continue;
            if (!lingers || page.rows().isEmpty() || !paused()) return null;
        }
    }

    private boolean paused() {
        try {
            Thread.sleep(BUSY);
            return !loop.isClosed();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Ends the thread, within 2 s. Idempotent.
    @Override
    public void close() {
        loop.close();
    }
}
