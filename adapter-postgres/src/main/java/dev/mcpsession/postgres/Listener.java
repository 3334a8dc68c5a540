package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterOptions;
import dev.mcpsession.event.EventId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/// Reads the log for this replica, on a connection of its own: one virtual thread.
///
/// ```text
/// connect ─▶ LISTEN ─▶ read on from where we were ─▶ wait for a notification, or a heartbeat ─┐
///    ▲                          ▲                                                             │
///    │ after a back-off         └─────────────────────────────────────────────────────────────┘
///    └── whatever fails, or does not answer in time
/// ```
///
/// LISTEN comes before the first read, so what is committed after that read wakes us. A notification is a wake-up and no more:
/// events are read from the table, and one that is lost costs a heartbeat. The heartbeat's read is also what notices a network
/// that silently drops everything, since waiting for notifications never would.
///
/// The driver hands notifications over only when none has come for a millisecond. So an event that comes alone is read a
/// millisecond later than it could be, and while more than a thousand commits a second notify, each of one event, all of them are
/// read tens of milliseconds late. Publishers that come together share commits, and stay below that.
///
/// Behind a pooler that lends a connection for one transaction only, LISTEN hears nothing. So each connection begins with a
/// notification to itself; when that does not come, the log is read several times a second instead.
final class Listener implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PostgresBroadcaster.class.getName());
    private static final int PAGE_ROWS = 500;
    private static final long PAGE_SIZE = 4 << 20;
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    private final DataSource source;
    private final Patience patience;
    private final Duration heartbeat;
    private Connection connection;
    private String channel;
    private Feed feed;
    private Thread thread;
    private volatile boolean closed;
    private volatile boolean deaf;

    // the thread's own
    private String greeting = "";
    private long greetedAt;

    Listener(DataSource source, PostgresBroadcasterOptions options) {
        this.source = source;
        patience = new Patience(options.answerTimeout());
        heartbeat = options.heartbeat();
    }

    /// Connects for the first time.
    ///
    /// @param ringEntries how many of the newest entries the replica can hold
    /// @return from where on it should read them
    /// @throws SQLException if this cannot be done
    EventId open(int ringEntries) throws SQLException {
        connect();
        try {
            var head = EventTable.read(connection, Long.MAX_VALUE, 1, 0);
            var start = Math.max(EventTable.oldest(connection), head.last() - ringEntries);
            return new EventId(head.epoch(), start);
        } catch (SQLException | RuntimeException e) {
            disconnect();
            throw e;
        }
    }

    /// Reads what there is, and goes on in the background.
    ///
    /// @param bounds what the replica can hold
    void start(Feed into, BroadcasterOptions bounds) throws SQLException {
        feed = into;
        try {
            recall(bounds);
            readOn();
        } catch (SQLException | RuntimeException e) {
            disconnect();
            throw e;
        }
        thread = Thread.ofVirtual().name("mcp-postgres-listener").unstarted(this::run);
        thread.start();
    }

    /// Nobody has to wait long for it: without it readers are told a loss for a while.
    private void recall(BroadcasterOptions bounds) throws SQLException {
        try {
            feed.recall(RecentEvents.read(connection, bounds.signalKeys(), bounds.ringBytes(), patience.limit().dividedBy(2)));
        } catch (SQLException e) {
            if (!Failure.TOO_LATE.equals(e.getSQLState())) throw e;
            LOG.log(WARNING, "the signals of the last minutes could not be read in time; new listens are told a loss", e);
        }
    }

    /// Whether notifications do not come, so that the log is polled.
    boolean isDeaf() {
        return deaf;
    }

    private void connect() throws SQLException {
        connection = patience.open(source);
        try {
            patience.limit(connection);
            connection.setAutoCommit(true); // in a transaction no notification would ever come
            EventTable.adopt(connection, newNonce());
            EventTable.witness(connection);
            channel = EventTable.read(connection, Long.MAX_VALUE, 1, 0).channel();
            execute("listen " + channel);
        } catch (SQLException | RuntimeException e) {
            disconnect();
            throw e;
        }
    }

    private void disconnect() {
        try {
            connection.abort(Runnable::run); // close() would wait for a network that does not answer
        } catch (SQLException e) {
            LOG.log(DEBUG, "the connection that listened could not be closed", e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void run() {
        var backOff = new BackOff(Duration.ofMillis(50), Duration.ofSeconds(5));
        var connected = true;
        while (!closed) {
            try {
                if (!connected) {
                    connect();
                    readOn();
                    LOG.log(INFO, "the log of events is read again");
                }
                connected = true;
                backOff.reset();
                follow();
                connected = false;
                disconnect();
            } catch (BroadcasterClosedException _) {
                break;
            } catch (SQLException | RuntimeException | Error e) {
                if (closed) break;
                if (connected) tell(e);
                connected = false;
                disconnect();
                pause(backOff.next());
            }
        }
        disconnect();
    }

    /// Once per outage: it may be long.
    private static void tell(Throwable e) {
        if (e instanceof SQLException sql) {
            var failure = SqlFailure.of(sql);
            LOG.log(WARNING, () -> "the log of events cannot be read: " + failure.reason()
                    + "; streams stay open and go on when it can", failure.cause());
        } else {
            LOG.log(ERROR, "reading the log of events failed for a reason that is a bug; trying again", e);
        }
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException _) {
            // closed; nobody else has a reason to
        }
    }

    /// Reads on until this connection is of no use any more.
    private void follow() throws SQLException {
        greet();
        var heard = connection.unwrap(PGConnection.class);
        for (var due = nextRead(); !closed; ) {
            var news = false;
            for (var notification : heard.getNotifications(Math.max(1, millisUntil(due)))) news |= isNews(notification.getParameter());
            if (greetingIsLate()) {
                beDeaf();
                due = nextRead(); // not at the next heartbeat
            }
            if (!news && millisUntil(due) > 0) continue;
            if (!readOn()) return;
            due = nextRead();
        }
    }

    private long nextRead() {
        return System.nanoTime() + (deaf ? POLL : heartbeat).toNanos();
    }

    private int millisUntil(long due) {
        var next = greeting.isEmpty() || deaf ? due : Math.min(due, greetedAt + HEARD_WITHIN.toNanos());
        return (int) Math.max(0, (next - System.nanoTime() + 999_999) / 1_000_000);
    }

    private boolean isNews(String payload) {
        if (payload.equals(greeting)) {
            greeting = "";
            if (deaf) LOG.log(INFO, "notifications come again");
            deaf = false;
            return false;
        }
        try {
            return Long.parseLong(payload) > feed.fed().sequence();
        } catch (NumberFormatException _) {
            return false; // another replica's greeting
        }
    }

    private void greet() throws SQLException {
        greeting = "hello " + UUID.randomUUID();
        greetedAt = System.nanoTime();
        try {
            execute("select pg_notify('" + channel + "', '" + greeting + "')");
        } catch (SQLException e) {
            if (!Failure.QUEUE_FULL.equals(e.getSQLState())) throw e;
            greeting = ""; // nor can anybody publish, and a new connection would not help
        }
    }

    private boolean greetingIsLate() {
        return !deaf && !greeting.isEmpty() && System.nanoTime() - greetedAt >= HEARD_WITHIN.toNanos();
    }

    private void beDeaf() {
        LOG.log(WARNING, "LISTEN hears nothing, not even its own notification; most likely the listening connection goes through a"
                + " pooler that lends connections for one transaction (PgBouncer, pool_mode=transaction): give it a direct one. Until"
                + " then the log is read every " + POLL.toMillis() + " ms");
        deaf = true; // until the greeting comes after all
    }

    /// Reads all that there is.
    ///
    /// @return false if it is not the log any more to which we listen
    private boolean readOn() throws SQLException {
        while (true) {
            var from = feed.fed();
            var page = EventTable.read(connection, from.sequence(), PAGE_ROWS, PAGE_SIZE);
            if (page.epoch().equals(from.epoch()) && page.last() < from.sequence()) {
                EventTable.renew(connection, newNonce(), from);
                EventTable.witness(connection);
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

    /// Ends the thread and the connection, within 2 s. Idempotent.
    @Override
    public void close() {
        closed = true;
        if (thread == null) {
            if (connection != null) disconnect();
            return;
        }
        thread.interrupt(); // which closes the connection that it waits on
        try {
            thread.join(LONGEST_CLOSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
