package dev.mcpsession.postgres;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.contract.SessionStoreFixture;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The cost of operations in the database. `-Dpg.sessions=1000000` sets the number of sessions.
class SessionRowsTest {

    private static final int MANY = Integer.getInteger("pg.sessions", 100_000);
    private static final int EXPIRED = 1_000;
    private static final int OWNERS = 1_000;

    private PgDatabase server;
    private TestDatabase database;

    @BeforeEach
    void create() {
        server = PgDatabase.create();
        database = new TestDatabase(server);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void keepAlive_20000SessionsTwice_staysWithinTheirPages() throws SQLException {
        var sessions = 20_000;
        insert(sessions, "now() + interval '20 minutes'", "now() - interval '10 minutes'");
        var size = database.ask("select pg_indexes_size('mcp_session')");
        var often = database.store(SessionStoreFixture.POLICY.toBuilder().ttl(Duration.ofSeconds(1)).build());
        var ids = IntStream.rangeClosed(1, sessions).mapToObj(i -> new SessionId("id-" + i)).toList();

        for (int round = 0; round < 2; round++) {
            ids.stream().gather(Gatherers.windowFixed(1_000)).forEach(batch -> assertEquals(1_000, often.keepAlive(batch).size()));
        }

        assertEquals(size, database.ask("select pg_indexes_size('mcp_session')"), "no index grows");
        database.disconnect();
        var updates = counted("n_tup_upd", 2L * sessions);
        var within = counted("n_tup_hot_upd", 0);
        assertEquals(2L * sessions, updates);
        assertTrue(within >= 0.95 * updates, () -> within + " of " + updates + " updates stayed within their page");
        System.out.println("HOT: " + within + " of " + updates);
    }

    // A connection reports its statistics when it ends, at the latest.
    private long counted(String what, long atLeast) throws SQLException {
        var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            try (var connection = server.connect(); var statement = connection.createStatement();
                    var answer = statement.executeQuery("select " + what + " from pg_stat_user_tables where relname = 'mcp_session'")) {
                answer.next();
                if (answer.getLong(1) >= atLeast || System.nanoTime() > deadline) return answer.getLong(1);
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    @Test
    void deleteExpiredAndList_manySessions_takeShortStatements() throws SQLException {
        insert(MANY, "now() + interval '20 minutes'", "now()");
        insert(EXPIRED, "now() - interval '1 minute'", "now() - interval '31 minutes'");
        server.execute("vacuum analyze mcp_session");
        var sql = new PolicySql(SessionStoreFixture.POLICY, SessionStore.SESSIONS);

        var plan = explained(sql.of(SessionSweep.SWEEP));

        assertTrue(plan.contains("Index Scan using mcp_session_due on mcp_session"), plan);
        assertFalse(plan.contains("Seq Scan on mcp_session "), plan);
        var read = Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?").matcher(plan);
        assertTrue(read.find(), plan);
        var pages = Long.parseLong(read.group(1)) + (read.group(2) == null ? 0 : Long.parseLong(read.group(2)));
        assertTrue(pages < 60L * EXPIRED, () -> pages + " pages for " + EXPIRED + " sessions\n" + plan);
        System.out.println(plan);
        assertEquals(EXPIRED, database.store(SessionStoreFixture.POLICY.toBuilder().maxSessions(2_000_000).build()).deleteExpired().size());
        assertListsAll();
        assertDeletesAll();
    }

    /// As requests do: no statement takes longer than a second.
    private void assertListsAll() {
        var store = requests();
        var begun = System.nanoTime();

        var listed = store.list().stream().map(Session::id).collect(toSet());

        System.out.println("list: " + listed.size() + " sessions in " + Duration.ofNanos(System.nanoTime() - begun));
        assertEquals(MANY, listed.size());
        assertEquals(MANY / OWNERS, store.list(Owner.principal("1")).size());
    }

    private void assertDeletesAll() {
        var store = requests();
        server.execute("update mcp_session set owner = 'principal:many' where split_part(owner, ':', 2)::int between 1 and 99");
        var many = Owner.principal("many");
        var theirs = store.list(many).stream().map(Session::id).collect(toSet());
        var held = store.heldCount();

        assertEquals(theirs, store.deleteAll(many));

        assertEquals(99 * MANY / OWNERS, theirs.size());
        assertTrue(held - store.heldCount() >= theirs.size());
        assertEquals(List.of(), store.list(many));
    }

    private PostgresSessionStore requests() {
        return new PostgresSessionStore(Database.forRequests(database.pool()), SessionStoreFixture.POLICY, SessionStore.SESSIONS, () -> {});
    }

    @Test
    void operations_onOneSession_useAnIndex() throws SQLException {
        insert(10_000, "now() + interval '20 minutes'", "now()");
        server.execute("vacuum analyze mcp_session");
        var sql = new PolicySql(SessionStoreFixture.POLICY, SessionStore.SESSIONS);
        for (var statement : new String[] {
                PostgresSessionStore.FIND, PostgresSessionStore.TOUCH, PostgresSessionStore.REVIVE, PostgresSessionStore.DELETE,
                SessionAdmission.CREATE, SessionAdmission.MAKE_ROOM, PostgresSessionStore.LIST_OWNER, PostgresSessionStore.DELETE_ALL}) {
            var plan = explained(sql.of(statement).replace("?", "'id-1'"));

            assertFalse(plan.contains("Seq Scan on mcp_session "), plan);
        }
    }

    private String explained(String sql) throws SQLException {
        try (var connection = server.connect(); var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            var plan = new StringBuilder();
            try (var answer = statement.executeQuery("explain (analyze, buffers, costs off, timing off) " + sql)) {
                while (answer.next()) plan.append(answer.getString(1)).append('\n');
            }
            connection.rollback();
            return plan.toString();
        }
    }

    private void insert(int count, String expiresAt, String lastActiveAt) {
        server.execute("""
                insert into mcp_session (id, owner, protocol_version, client_name, capabilities, created_at, last_active_at,
                    expires_at, due_at, provisional)
                select 'id-' || (row_number() over () + (select count(*) from mcp_session)), 'principal:' || i % {owners},
                    '2025-11-25', 'test', '{}', now() - interval '2 hours', {last_active}, {expiry}, {expiry}, false
                from generate_series(1, {count}) i;
                """.concat(TestDatabase.RECOUNT).replace("{owners}", "" + OWNERS).replace("{count}", "" + count).replace("{expiry}", expiresAt).replace("{last_active}", lastActiveAt));
    }
}
