package dev.mcpsession.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/// The common alternative: the notification is the event. It loses some in the same run.
final class PlainNotify {

    private static final String CHANNEL = "plain_notify";
    private static final int WAIT_MILLIS = 200;

    private volatile boolean over;
    private volatile int published;

    int published() {
        return published;
    }

    void end() {
        over = true;
    }

    /// Publishes consecutive numbers, each until it is committed.
    Void publish(DataSource source) throws InterruptedException {
        while (!over) {
            try (var connection = source.getConnection(); var statement = connection.createStatement()) {
                connection.setNetworkTimeout(Runnable::run, 2_000);
                while (!over) {
                    statement.execute("select pg_notify('" + CHANNEL + "', '" + published + "')");
                    published++;
                    Thread.sleep(5);
                }
            } catch (SQLException _) {
                Thread.sleep(20);
            }
        }
        return null;
    }

    /// Listens, reconnects when the connection is lost, and returns the numbers heard.
    BitSet listen(DataSource source) throws InterruptedException {
        var heard = new BitSet();
        while (!over) {
            try (var connection = source.getConnection(); var statement = connection.createStatement()) {
                statement.execute("listen " + CHANNEL);
                hear(connection, heard);
            } catch (SQLException _) {
                Thread.sleep(20);
            }
        }
        return heard;
    }

    private void hear(Connection connection, BitSet heard) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 2_000);
        for (var waits = 0; !over; waits++) {
            for (var notification : connection.unwrap(PGConnection.class).getNotifications(WAIT_MILLIS)) {
                heard.set(Integer.parseInt(notification.getParameter()));
            }
            if (waits % 10 == 0 && !connection.isValid(1)) return;
        }
    }

    int lost(List<BitSet> all) {
        return all.stream().mapToInt(heard -> published - heard.cardinality()).sum();
    }
}
