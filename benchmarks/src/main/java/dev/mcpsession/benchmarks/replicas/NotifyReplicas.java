package dev.mcpsession.benchmarks.replicas;

import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.postgresql.PGConnection;

/// Sends each event as a notification: one `NOTIFY` with the whole event for each publish, and one listening connection for each replica.
///
/// It is as cheap as possible, which favours this design: statements are prepared, and the listening thread of the second replica is the
/// reader. Nothing is stored, so events are lost while a connection is being reopened.
final class NotifyReplicas implements Replicas {

    private static final int CONNECTIONS = 10; // as many as McpSessionReplicas has for statements
    private static final String CHANNEL = "events";
    private static final String BEFORE =
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":\"";
    private static final String AFTER = "\"}}";

    private final BlockingQueue<PreparedStatement> free = new ArrayBlockingQueue<>(CONNECTIONS);
    private final List<Connection> connections = new ArrayList<>();
    private volatile boolean closed;

    NotifyReplicas(PgDatabase database, Reader reader) {
        try {
            for (var i = 0; i < CONNECTIONS; i++) free.add(connect(database).prepareStatement("select pg_notify('" + CHANNEL + "', ?)"));
            listen(database, _ -> {});
            listen(database, payload -> reader.arrived(payload.substring(BEFORE.length(), payload.length() - AFTER.length())));
        } catch (SQLException e) {
            throw new IllegalStateException("replicas cannot be opened", e);
        }
    }

    private interface Listener {

        void heard(String payload);
    }

    private Connection connect(PgDatabase database) throws SQLException {
        var connection = database.connect();
        connections.add(connection);
        return connection;
    }

    private void listen(PgDatabase database, Listener listener) throws SQLException {
        var connection = connect(database);
        try (var statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
        }
        Thread.startVirtualThread(() -> hear(connection, listener));
    }

    private void hear(Connection connection, Listener listener) {
        try {
            var postgres = connection.unwrap(PGConnection.class);
            while (!closed) {
                for (var notification : postgres.getNotifications(0)) listener.heard(notification.getParameter());
            }
        } catch (SQLException e) {
            if (!closed) throw new IllegalStateException("listening failed", e);
        }
    }

    @Override
    public void publish(String text) {
        try {
            var statement = free.take();
            try {
                statement.setString(1, BEFORE + text + AFTER);
                statement.execute();
            } finally {
                free.add(statement);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("publishing failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Aborts the connections, because one that listens is in use.
    @Override
    public void close() {
        closed = true;
        try {
            for (var connection : connections) connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("connections cannot be closed", e);
        }
    }
}
