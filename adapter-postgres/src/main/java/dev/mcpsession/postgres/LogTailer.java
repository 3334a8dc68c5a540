package dev.mcpsession.postgres;

import static dev.mcpsession.postgres.Loop.LOG;
import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.EventId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// Reads the log for this replica, on a connection of its own: one virtual thread.
///
/// ```text
/// connect ─▶ LISTEN ─▶ read on from where we were ─▶ wait for a notification, or a heartbeat ─┐
///    ▲                          ▲                                                             │
///    │ after a back-off         └─────────────────────────────────────────────────────────────┘
///    └── any failure, or no answer in time
/// ```
///
/// LISTEN comes before the first read, so what is committed after that read wakes us. A notification is only a wake-up:
/// events are read from the table, and a lost one costs a heartbeat. The heartbeat's read also detects a network
/// that silently drops everything, since waiting for notifications never would.
///
/// The driver returns notifications only when none has come for a millisecond. So an event that comes alone is read a
/// millisecond late, and while more than a thousand commits a second notify, each of one event, all of them are
/// read tens of milliseconds late. Publishers that come together share commits, and stay below that.
///
/// After some silence, a connection of the statements' source sends a greeting. If it does not arrive while the listener waits, the
/// log is polled ([Hearing]).
final class LogTailer implements AutoCloseable {

    private static final String GREETING = "hello";
    private static final int PAGE_ROWS = 500;
    private static final long PAGE_SIZE = 4 << 20;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration GLANCE = Duration.ofSeconds(1);
    // A JVM that starts has classes to load, and may have a tenth of a processor for it.
    private static final Duration FIRST = Duration.ofSeconds(30);

    private final Database listening;
    private final Database greeters;
    private final Duration heartbeat;
    private final Hearing hearing = new Hearing();
    private final Loop loop = new Loop("mcp-postgres-listener", this::listen);
    private final Loop greeting = new Loop("mcp-postgres-greeter", this::greet);
    private volatile Statements on;
    private volatile String channel;
    private LogApplier feed;

    // the thread's own
    private final BackOff backOff = new BackOff(Duration.ofMillis(50), Duration.ofSeconds(5));
    private boolean connected = true;

    /// @param listening the connection that listens
    /// @param greeters  the connections that it must hear
    LogTailer(Database listening, Database greeters, PostgresOptions options) {
        this.listening = listening;
        this.greeters = greeters;
        heartbeat = options.heartbeat();
    }

    /// Connects for the first time.
    ///
    /// @param ringEntries how many of the newest entries the replica can hold
    /// @return where it should start reading
    /// @throws SQLException if this fails
    EventId open(int ringEntries) throws SQLException {
        connect(listening.connect().compareTo(FIRST) < 0 ? Database.within(FIRST, listening.source()) : listening);
        var head = LogTable.head(on);
        return new EventId(head.epoch(), Math.max(head.oldest(), head.last() - ringEntries));
    }

    /// Reads what there is, and continues in the background.
    ///
    /// @param bounds what the replica can hold
    void start(LogApplier into, BroadcasterOptions bounds) throws SQLException {
        feed = into;
        recall(bounds);
        readOn();
        on = listening.prepared(on.connection());
        loop.start();
        greeting.start();
    }

    /// Takes little time: without the recall, readers only see a loss for a while.
    private void recall(BroadcasterOptions bounds) throws SQLException {
        try {
            var brief = on.atMost(listening.silence().dividedBy(2));
            feed.recall(RecentEvents.read(brief, bounds.signalKeys(), bounds.ringBytes()));
        } catch (SQLException e) {
            if (!SqlFailure.TOO_LATE.equals(e.getSQLState())) throw e;
            LOG.log(WARNING, "the signals of the last minutes could not be read in time; new listens report a loss", e);
        }
    }

    /// Whether notifications do not arrive, so that the log is polled.
    boolean isPolling() {
        return hearing.isPolling();
    }

    private void connect(Database database) throws SQLException {
        var connection = database.open();
        try {
            on = database.prepared(connection); // commits by itself: in a transaction no notification would ever arrive
            LogTable.adopt(on, newNonce());
            channel = LogTable.head(on).channel();
            try (var statement = connection.createStatement()) {
                statement.execute("listen " + channel);
            }
            hearing.forgetGreeting();
        } catch (SQLException | RuntimeException | Error e) {
            abort(connection);
            throw e;
        }
    }

    private void disconnect() {
        if (on != null) abort(on.connection());
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run); // close() would wait for a network that does not answer
        } catch (SQLException e) {
            LOG.log(DEBUG, "the connection that listened could not be closed", e);
        }
    }

    /// Connects if necessary, and listens as long as the connection lasts.
    private boolean listen() throws InterruptedException {
        try {
            if (!connected) {
                connect(listening);
                readOn();
                LOG.log(INFO, "the log of events is read again");
            }
            connected = true;
            backOff.reset();
            follow();
            connected = false;
            disconnect();
        } catch (BroadcasterClosedException _) {
            disconnect();
            return false;
        } catch (SQLException | RuntimeException | Error e) {
            var isNew = connected && !loop.isClosed();
            connected = false;
            disconnect();
            if (isNew) warn(e);
            Thread.sleep(backOff.next());
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

    /// Reads on until this connection is of no more use.
    private void follow() throws SQLException {
        var heard = on.connection().unwrap(PGConnection.class);
        for (var due = System.nanoTime(); !loop.isClosed(); ) {
            var from = System.nanoTime();
            var notifications = heard.getNotifications(millisUntil(due));
            var isLate = notifications.length == 0 && hearing.waited(from, System.nanoTime());
            if (notifications.length > 0 && hearing.heard(System.nanoTime())) LOG.log(INFO, "notifications come again");
            if (!isLate && !areNews(notifications) && System.nanoTime() - due < 0) continue;
            if (!readAndDrain(heard)) return;
            if (isLate) startPolling(); // the connection lives
            due = System.nanoTime() + (hearing.isPolling() ? POLL : heartbeat).toNanos();
        }
    }

    /// Reads on. A notification that is there at the end of a read came with the answer to a statement.
    ///
    /// @return false if the log is no longer the one to which we listen
    private boolean readAndDrain(PGConnection heard) throws SQLException {
        while (readOn()) {
            var notifications = heard.getNotifications();
            if (Stream.of(notifications).anyMatch(each -> each.getParameter().equals(GREETING))) hearing.heardWithAnswer();
            if (!areNews(notifications)) return true;
        }
        return false;
    }

    /// At most a second at a time, so that a greeting that is not heard is noticed.
    private static int millisUntil(long due) {
        var nanos = Math.min(due - System.nanoTime(), GLANCE.toNanos());
        return (int) Math.max(1, (nanos + 999_999) / 1_000_000);
    }

    private boolean areNews(PGNotification[] notifications) {
        return Stream.of(notifications).anyMatch(each -> isNews(each.getParameter()));
    }

    private boolean isNews(String payload) {
        try {
            return !payload.equals(GREETING) && Long.parseLong(payload) > feed.fed().sequence();
        } catch (NumberFormatException _) {
            return false; // not one of ours
        }
    }

    /// Logs a failure at DEBUG only: those that need the database report that it is away.
    private boolean greet() throws InterruptedException {
        Thread.sleep(GLANCE);
        var since = System.nanoTime();
        if (!hearing.needsGreeting(since)) return true;
        try {
            greeters.call(other -> other.rows("select pg_notify(?, ?)", _ -> true, channel, GREETING));
            hearing.greeted(since);
        } catch (SQLException e) {
            var failure = SqlFailure.of(e);
            LOG.log(DEBUG, () -> "the connection that listens could not be greeted: " + failure.reason(), failure.cause());
        }
        return true;
    }

    private void startPolling() {
        LOG.log(WARNING, "LISTEN does not hear what other connections notify; most likely the listening connection goes through a"
                + " pooler that lends connections for one transaction (PgBouncer, pool_mode=transaction): give it a direct one. Until"
                + " then the log is read every " + POLL.toMillis() + " ms");
        hearing.startPolling();
    }

    /// Reads all that there is.
    ///
    /// @return false if it is no longer the log to which we listen
    private boolean readOn() throws SQLException {
        while (true) {
            var from = feed.fed();
            var page = LogTable.read(on, from.sequence(), PAGE_ROWS, PAGE_SIZE);
            if (page.epoch().equals(from.epoch()) && page.last() < from.sequence()) {
                LogTable.renew(on, newNonce(), from);
                continue;
            }
            feed.accept(page);
            if (!page.channel().equals(channel)) return false;
            if (feed.fed().sequence() >= page.last()) return true;
        }
    }

    private static String newNonce() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /// Ends the threads and the connection, within 4 s. Idempotent.
    @Override
    public void close() {
        greeting.close();
        loop.close(); // which closes the connection that it waits on
        disconnect();
    }
}
