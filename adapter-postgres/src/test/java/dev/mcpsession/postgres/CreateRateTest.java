package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.contract.Race;
import dev.mcpsession.contract.SessionStoreFixture;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

/// How many sessions are created in a second, beside plain inserts into an equal table: no create waits for another.
/// `-Dpg.create.millis=2000` sets how long each of the measurements takes, which follow each other in turns.
@Execution(SAME_THREAD)
class CreateRateTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration TIME = Duration.ofMillis(Integer.getInteger("pg.create.millis", 100));
    private static final int ROUNDS = 3;
    private static final int OWNERS = 10_000;

    private static final String PLAIN = """
            insert into plain (kind, id, owner, protocol_version, client_name, capabilities, created_at, last_active_at, expires_at, due_at)
            values ('session', ?, ?, '2025-11-25', 'a client', '{}', now(), now(), now(), now()) returning *
            """;

    @Test
    void create_byManyThreads_isNotFarFromPlainInserts() {
        try (var server = PgDatabase.create()) {
            PostgresSchema.create(server.dataSource());
            server.execute("create table plain (like mcp_session including all) with (fillfactor = 45)");
            for (var threads : new int[] {1, 32}) {
                try (var pool = new ConnectionPool(server::connect, threads)) {
                    var store = new PostgresSessionStore(new Database(pool, LIMIT, LIMIT, LIMIT),
                            SessionStoreFixture.POLICY.toBuilder().maxSessions(10_000_000).build(), SessionStore.SESSIONS, () -> {});
                    var plain = new double[ROUNDS];
                    var created = new double[ROUNDS];
                    for (int round = 0; round < ROUNDS; round++) {
                        plain[round] = perSecond(threads, () -> insertPlain(pool));
                        created[round] = perSecond(threads, () -> create(store));
                    }
                    Arrays.sort(plain);
                    Arrays.sort(created);
                    var share = created[ROUNDS / 2] / plain[ROUNDS / 2];
                    System.out.printf(Locale.ROOT, "%d threads: %.0f creates/s, %.0f plain inserts/s, share %.2f%n",
                            threads, created[ROUNDS / 2], plain[ROUNDS / 2], share);
                    assertTrue(share > 0.3, () -> "share " + share); // the machine may be busy
                }
            }
        }
    }

    private static double perSecond(int threads, Callable<?> step) {
        var counts = Race.by(threads, () -> {
            var end = System.nanoTime() + TIME.toNanos();
            long count = 0;
            for (; System.nanoTime() < end; count++) step.call();
            return count;
        });
        return counts.stream().mapToLong(Long::longValue).sum() * 1e9 / TIME.toNanos();
    }

    private static Object insertPlain(Database.Source source) throws SQLException {
        try (var connection = source.getConnection(); var statement = connection.prepareStatement(PLAIN)) {
            statement.setString(1, SessionId.random().value());
            statement.setString(2, owner().value());
            return statement.execute();
        }
    }

    private static Object create(PostgresSessionStore store) {
        return (CreateResult.Created) store.create(SessionId.random(), owner(), SessionStoreFixture.CLIENT);
    }

    private static Owner owner() {
        return Owner.principal("owner " + ThreadLocalRandom.current().nextInt(OWNERS));
    }
}
