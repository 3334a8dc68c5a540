package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.postgres.server.PgServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The log of events is set back to an earlier state while two replicas publish and read, in each way in which an operator may do that or
/// by mistake does half of it.
///
/// Each happens once; `-Drestore.rounds=20` repeats it.
@Timeout(580)
@Execution(ExecutionMode.CONCURRENT) // each way has a database of its own
@Order(1) // takes longest, so it begins first
class RestoreTest {

    private static final int ROUNDS = Integer.getInteger("restore.rounds", 1);
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration PUBLISHED = Duration.ofMillis(200); // before and after the dump
    private static final String DEADLOCK = "40P01";
    private static final BroadcasterOptions BOUNDS = BroadcasterOptions.builder().ringEntries(1 << 16).build();

    private interface Step {
        void with(Connection connection, Dump dump) throws Exception;
    }

    private enum Way {
        CLEAN((connection, dump) -> dump.recreate(connection)),
        CLEAN_IN_ONE_TRANSACTION((connection, dump) -> inTransaction(connection, () -> dump.recreate(connection))),
        DATA_ONLY((connection, dump) -> dump.refill(connection)),
        DATA_ONLY_IN_ONE_TRANSACTION((connection, dump) -> inTransaction(connection, () -> dump.refill(connection))),
        HEAD_ALONE((connection, dump) -> inTransaction(connection, () -> dump.refill(connection, "mcp_event_head"))),
        EVENTS_ALONE((connection, dump) -> inTransaction(connection, () -> dump.refill(connection, "mcp_event"))),
        HEAD_TRUNCATED((connection, _) -> run(connection, "truncate mcp_event_head")),
        HEAD_DELETED((connection, _) -> run(connection, "delete from mcp_event_head"));

        private final Step restore;

        Way(Step restore) {
            this.restore = restore;
        }

        boolean beginsAnotherLog() {
            return this == HEAD_TRUNCATED || this == HEAD_DELETED;
        }
    }

    @ParameterizedTest
    @EnumSource
    void restore_underTraffic_losesNothingSilently(Way way) throws Exception {
        try (var database = PgDatabase.create()) {
            PostgresSchema.create(database.dataSource());
            try (var here = open(database); var there = open(database); var traffic = new Traffic(List.of(here, there), PAUSE)) {
                for (var round = 0; round < ROUNDS; round++) {
                    traffic.settle();
                    var dump = dump(database);
                    letPublish(traffic);
                    try (var connection = database.connect()) {
                        way.restore.with(connection, dump);
                    }
                    letPublish(traffic);
                    if (way.beginsAnotherLog()) traffic.awaitTold(); // before that, the next event may be among those that a reader lost
                    say(way.name(), round, traffic.settle());
                }
            }
        }
    }

    /// The whole server goes back, which is the same timeline for Postgres.
    @Test
    void restore_ofTheDataDirectory_losesNothingSilently() throws Exception {
        try (var server = PgServer.start()) {
            var database = PgDatabase.on(server);
            PostgresSchema.create(database.dataSource());
            try (var here = open(database); var there = open(database); var traffic = new Traffic(List.of(here, there), PAUSE)) {
                for (var round = 0; round < ROUNDS; round++) {
                    server.stop();
                    server.save();
                    server.restart();
                    traffic.back(System.nanoTime());
                    assertTrue(traffic.settle().told() == 0, "nothing was lost");
                    letPublish(traffic);
                    server.kill();
                    server.rollBack();
                    server.restart();
                    letPublish(traffic);
                    traffic.awaitTold(); // also where a reader has what was rolled back
                    say("data directory", round, traffic.settle());
                }
            }
        }
    }

    private static void letPublish(Traffic traffic) throws InterruptedException {
        traffic.back(System.nanoTime());
        Thread.sleep(PUBLISHED);
    }

    private static void say(String way, int round, Account.Settlement settled) {
        System.out.println("restored " + way + ", round " + round + ": " + settled);
    }

    private static PostgresBroadcaster open(PgDatabase database) {
        return new PostgresBroadcaster(database.dataSource(), database.dataSource(), BOUNDS, PostgresOptions.DEFAULT);
    }

    private static Dump dump(PgDatabase database) throws Exception {
        try (var connection = database.connect()) {
            return Dump.of(connection);
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    /// Repeats the transaction if the replicas locked the tables in another order.
    private static void inTransaction(Connection connection, Task task) throws Exception {
        connection.setAutoCommit(false);
        while (true) {
            try {
                task.run();
                connection.commit();
                return;
            } catch (SQLException e) {
                connection.rollback();
                if (!DEADLOCK.equals(e.getSQLState())) throw e;
            }
        }
    }

    private static void run(Connection connection, String sql) throws Exception {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
