package dev.mcpsession.postgres;

import static dev.mcpsession.postgres.Loop.LOG;
import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;

/// Listens for notifications on a connection of its own, and wakes the reader of the log: one virtual thread.
///
/// A notification is only a wake-up, and nothing else is read here. So a connection that leads to another server, or that hears nothing,
/// costs time but no event. Waiting for notifications never notices a dead network; an unheard greeting does ([Hearing]), and then this
/// connection is opened again from time to time.
final class LogListener implements AutoCloseable {

    private static final int GLANCE_MILLIS = 1_000;
    private static final long SETTLED = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_DEAF = Duration.ofSeconds(10).toNanos();

    private final Database database;
    private final Hearing hearing;
    private final LogTailer tailer;
    private final LogKeeper keeper;
    private final Loop loop = new Loop("mcp-postgres-listener", this::listen);
    private final BackOff backOff = new BackOff(Duration.ofMillis(50), Duration.ofSeconds(5));
    private volatile Connection connection;
    private boolean failing;

    LogListener(Database database, Hearing hearing, LogTailer tailer, LogKeeper keeper) {
        this.database = database;
        this.hearing = hearing;
        this.tailer = tailer;
        this.keeper = keeper;
    }

    /// Connects for the first time, and continues in the background.
    ///
    /// @throws SQLException if this fails
    void start() throws SQLException {
        connect(database.patient());
        loop.start();
    }

    private String connect(Database within) throws SQLException {
        connection = within.open();
        var channel = tailer.channel();
        within.prepared(connection); // in a transaction no notification would ever arrive
        try (var statement = connection.createStatement()) {
            statement.execute("listen " + channel);
        }
        tailer.wake(); // what was committed before
        return channel;
    }

    private boolean listen() throws InterruptedException {
        try {
            var channel = connection == null ? connect(database) : tailer.channel();
            var since = System.nanoTime();
            var wasPolling = hearing.isPolling();
            if (failing) LOG.log(INFO, "notifications are listened for again");
            failing = false;
            backOff.reset();
            var driver = connection.unwrap(PGConnection.class);
            while (!loop.isClosed() && channel.equals(tailer.channel())
                    && !(hearing.isPolling() && (!wasPolling || System.nanoTime() - since > LONGEST_DEAF))) {
                for (var notification : driver.getNotifications(GLANCE_MILLIS)) hear(notification.getParameter(), since);
            }
            disconnect();
        } catch (SQLException | RuntimeException e) {
            disconnect();
            if (!failing && !loop.isClosed()) LOG.log(INFO, () -> "the connection that listens is lost: " + reason(e));
            failing = true;
            Thread.sleep(backOff.next());
        }
        return !loop.isClosed();
    }

    private static String reason(Exception e) {
        return e instanceof SQLException failure ? SqlFailure.of(failure).reason() : e.toString();
    }

    // What comes with the answer to LISTEN proves nothing: that much a pooler delivers, too.
    private void hear(String payload, long since) {
        var now = System.nanoTime();
        if (now - since <= SETTLED) hearing.forgetGreeting();
        else if (hearing.heard(now)) LOG.log(INFO, "notifications come again");
        switch (payload) {
            case LogTable.GREETING -> {}
            case LogTable.OUTBOX -> keeper.wake();
            default -> tailer.wakeFor(payload);
        }
    }

    private void disconnect() {
        var old = connection;
        connection = null;
        try {
            if (old != null) old.abort(Runnable::run); // close() would wait for a network that does not answer
        } catch (SQLException e) {
            LOG.log(DEBUG, "the connection that listened could not be closed", e);
        }
    }

    /// Ends the thread and the connection, within 2 s. Idempotent.
    @Override
    public void close() {
        loop.close(); // interrupts the wait, which closes the connection
        disconnect();
    }
}
