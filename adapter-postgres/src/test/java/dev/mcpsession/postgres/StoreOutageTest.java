package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.contract.SessionStoreFixture;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.postgres.server.PgServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/// Requests while the database is unavailable: 503 in time, and normal service when it is available again. Connections are pooled
/// as by a backend that was opened by URL. `-Dpg.backends.seconds=60` sets for how long the server's processes are counted in each state.
@Timeout(120)
class StoreOutageTest {

    private static final Duration PROMISED = Duration.ofSeconds(3);
    private static final Duration IN_TIME = PROMISED.multipliedBy(2); // the machine may be busy

    private static final Duration BACKENDS = Duration.ofSeconds(Integer.getInteger("pg.backends.seconds", 2));
    private static final int CONNECTIONS = 10;
    private static final int CLIENTS = 4 * CONNECTIONS;

    private static PgServer server;
    private static PgDatabase database;
    private static FaultyNetwork network;

    private final HttpClient http = HttpClient.newHttpClient();
    private ConnectionPool pool;
    private PostgresSessionStore store;
    private SessionHandler sessions;
    private McpHttpServer endpoint;
    private SessionId session;

    @BeforeAll
    static void startServer() {
        server = PgServer.start();
        database = PgDatabase.on(server);
        network = new FaultyNetwork(server.port());
        PostgresSchema.create(database.dataSource());
        database.execute("create role few login connection limit 0; "
                + "grant select, insert, update, delete on all tables in schema public to few");
    }

    @AfterAll
    static void closeServer() {
        network.close();
        server.close();
    }

    @BeforeEach
    void open() throws IOException {
        pool = new ConnectionPool(source(database.url())::getConnection, CONNECTIONS);
        store = new PostgresSessionStore(Database.forRequests(pool), SessionStoreFixture.POLICY, SessionStore.SESSIONS, pool::close);
        sessions = SessionHandler.builder(store).build();
        endpoint = McpHttpServer.builder(sessions).address(new InetSocketAddress("127.0.0.1", 0)).endpoint(exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        }).start();
        session = SessionId.random();
        assertTrue(store.create(session, SessionStoreFixture.ANYBODY, SessionStoreFixture.CLIENT) instanceof CreateResult.Created);
        assertEquals(200, ask().join().status);
        askAll().forEach(answer -> assertEquals(200, answer.status)); // all connections are open
    }

    @AfterEach
    void close() {
        endpoint.close();
        sessions.close();
        store.close();
        http.shutdownNow();
    }

    private static PGSimpleDataSource source(String url) {
        return new PostgresBackend(Map.of()).to(new PostgresUrl(network.through(url)));
    }

    /// @param took from the request to the whole answer
    private record Answer(int status, boolean hasRetryAfter, String body, Duration took) {}

    private CompletableFuture<Answer> ask() {
        return answer(request(Messages.LIST_TOOLS).uri(endpoint.uri("/mcp")).header("Mcp-Session-Id", session.value()));
    }

    private static HttpRequest.Builder request(String body) {
        return HttpRequest.newBuilder().header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private CompletableFuture<Answer> answer(HttpRequest.Builder request) {
        var asked = System.nanoTime();
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).thenApply(answer -> new Answer(
                answer.statusCode(), answer.headers().firstValue("Retry-After").isPresent(), answer.body(),
                Duration.ofNanos(System.nanoTime() - asked)));
    }

    private Stream<Answer> askAll() {
        var asked = Stream.generate(this::ask).limit(CLIENTS).toList();
        return asked.stream().map(CompletableFuture::join);
    }

    private void assertUnavailable(String what) {
        var slowest = askAll().peek(StoreOutageTest::assertUnavailable).map(Answer::took).max(Duration::compareTo).orElseThrow();
        System.out.println(what + ": slowest of " + CLIENTS + " answers with 503 after " + slowest);
        assertTrue(slowest.compareTo(IN_TIME) < 0, () -> what + ": " + slowest);
    }

    private static void assertUnavailable(Answer answer) {
        assertEquals(503, answer.status, answer.body);
        assertTrue(answer.hasRetryAfter);
        assertTrue(((Json.Obj) Json.parse(answer.body)).object("error").isPresent(), answer.body);
        assertTrue(answer.took.compareTo(IN_TIME) < 0, answer.took::toString);
    }

    private void assertServesAgain() {
        var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (ask().join().status != 200) {
            assertTrue(System.nanoTime() < deadline, "does not serve again");
            LockSupport.parkNanos(10_000_000);
        }
        askAll().forEach(answer -> assertEquals(200, answer.status));
    }

    @Test
    void request_databaseStopped_isUnavailableUntilItIsBack() {
        server.stop();
        assertUnavailable("stopped");
        server.restart();

        assertServesAgain();
    }

    @Test
    void request_databaseCrashed_isUnavailableUntilItIsBack() {
        server.crash();
        assertUnavailable("crashed");
        server.restart();

        assertServesAgain();
    }

    @Test
    void request_databasePaused_isUnavailableUntilItGoesOn() {
        server.pause();
        assertUnavailable("paused");
        assertUnavailable("paused for some time");
        server.resume();

        assertServesAgain();
    }

    @Test
    void request_networkSwallowsEverything_isUnavailableUntilItIsHealed() {
        network.swallow();
        assertUnavailable("swallowed");
        assertUnavailable("swallowed for some time");
        network.heal();

        assertServesAgain();
    }

    @Test
    void request_connectionsCut_isServedByNewOnes() {
        network.cut();

        assertServesAgain();
    }

    @Test
    void request_outOfConnections_saysSo() {
        var limited = new PostgresSessionStore(asFew(), SessionStoreFixture.POLICY);

        var error = assertThrows(SessionStoreException.class, () -> limited.find(session));

        assertEquals("find session " + session + " failed: database must have a connection to spare: too many are open (53300)",
                error.getMessage());
    }

    @Test
    void request_outOfConnections_isUnavailable() throws IOException {
        try (var few = new ConnectionPool(as("few")::getConnection, 2)) {
            assertUnavailable(few, request(Messages.LIST_TOOLS).header("Mcp-Session-Id", session.value()));
        }
    }

    @Test
    void initialize_onAReadOnlyDatabase_isUnavailable() throws IOException {
        var source = as("postgres");
        source.setOptions("-c default_transaction_read_only=on");
        try (var readOnly = new ConnectionPool(source::getConnection, 2)) {
            // the pool hands out no abandoned connection
            for (int i = 0; i < 3; i++) assertUnavailable(readOnly, request(Messages.INITIALIZE));
        }
    }

    private void assertUnavailable(ConnectionPool pool, HttpRequest.Builder request) throws IOException {
        try (var handler = SessionHandler.builder(new PostgresSessionStore(Database.forRequests(pool), SessionStoreFixture.POLICY, SessionStore.SESSIONS, pool::close)).build();
                var server = McpHttpServer.builder(handler).address(new InetSocketAddress("127.0.0.1", 0)).endpoint(exchange -> {
                    throw new AssertionError("the application must not be asked");
                }).start()) {
            assertUnavailable(answer(request.uri(server.uri("/mcp"))).join());
        }
    }

    private static PGSimpleDataSource as(String user) {
        var source = source(database.url());
        source.setUser(user);
        return source;
    }

    @Test
    void change_rowLockedByAnother_failsInTimeAndLeavesNobodyWaiting() throws SQLException {
        try (var other = database.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("select from mcp_session where id = '" + session.value() + "' for update");

            var asked = System.nanoTime();
            var error = assertThrows(SessionStoreException.class, () -> store.touch(session));
            var took = Duration.ofNanos(System.nanoTime() - asked);

            assertTrue(error.getMessage().contains("database must answer in time"), error.getMessage());
            assertTrue(took.compareTo(IN_TIME) < 0, () -> "took " + took);
            assertEquals("0", asked(other, "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"));
            other.rollback();
        }
        assertTrue(store.touch(session));
    }

    @Test
    @Timeout(600)
    void requests_rowLockedOrNetworkSilent_leaveFewBackends() throws SQLException {
        try (var other = locking(session)) {
            assertFewBackends("row locked", other);
            other.rollback();
        }
        try (var other = database.connect()) {
            network.swallow();
            assertFewBackends("network silent", other);
            network.heal();
            assertServesAgain();
            assertFewBackends("network healed", other);
        }
    }

    /// Looks all the time while clients that give up try again: there are never more than two besides the pool's own.
    private void assertFewBackends(String what, Connection other) throws SQLException {
        var deadline = System.nanoTime() + BACKENDS.toNanos();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) clients.submit(() -> touchUntil(deadline));
            int most = 0;
            while (System.nanoTime() < deadline) {
                most = Math.max(most, Integer.parseInt(asked(other,
                        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")));
                LockSupport.parkNanos(10_000_000);
            }
            System.out.println(what + ": at most " + most + " backends");
            assertTrue(most <= CONNECTIONS + 2, what + ": " + most);
        }
    }

    private void touchUntil(long deadline) {
        while (System.nanoTime() < deadline) {
            try {
                store.touch(session);
            } catch (SessionStoreException _) {
                // tries again
            }
        }
    }

    @Test
    void keepAlive_oneRowLockedByAnother_touchesTheOthers() throws SQLException {
        database.execute("delete from mcp_session where id <> '" + session.value() + "'");
        var others = Stream.generate(this::created).limit(20).toList();
        database.execute("update mcp_session set last_active_at = last_active_at - interval '10 minutes'");
        try (var other = locking(session)) {
            var all = Stream.concat(Stream.of(session), others.stream()).toList();

            assertEquals(Set.copyOf(all), store.keepAlive(all));

            assertEquals("1", asked(other, "select count(*) from mcp_session where last_active_at < now() - interval '5 minutes'"));
            other.rollback();
        }
    }

    @Test
    void deleteExpired_rowsLockedByAnother_sweepsTheOthers() throws SQLException {
        database.execute("""
                truncate mcp_session;
                insert into mcp_session (id, owner, protocol_version, client_name, capabilities, created_at, last_active_at,
                    expires_at, due_at, ended)
                select 'id-' || i, '', '', '', '{}', now(), now(), now() + i * interval '1 microsecond' - interval '1 minute',
                    now() + i * interval '1 microsecond' - interval '1 minute', i % 2 = 0
                from generate_series(1, 6000) i;
                """ + TestDatabase.RECOUNT);
        try (var other = database.connect()) {
            other.setAutoCommit(false);
            // the first of both lines, more than a batch
            other.createStatement().execute("select from mcp_session where split_part(id, '-', 2)::int <= 2500 for update");

            assertEquals(1_750, store.deleteExpired().size());

            assertEquals("2500", asked(other, "select count(*) from mcp_session"));
            other.rollback();
        }
        assertEquals(1_250, store.deleteExpired().size());
        assertEquals(0, store.heldCount());
    }

    @Test
    void create_storeFullAndTheOldestExpiredLocked_dropsAnother() throws SQLException {
        var full = new PostgresSessionStore(Database.forRequests(pool),
                SessionStoreFixture.POLICY.toBuilder().maxSessions(2).build(), SessionStore.SESSIONS, () -> {});
        database.execute("""
                truncate mcp_session;
                insert into mcp_session (id, owner, protocol_version, client_name, capabilities, created_at, last_active_at,
                    expires_at, due_at, ended)
                select 'id-' || i, 'x', '', '', '{}', now(), now(), now() - interval '1 minute', now() + i * interval '1 hour', true
                from generate_series(1, 2) i;
                """ + TestDatabase.RECOUNT);
        try (var other = locking(new SessionId("id-1"))) {
            assertTrue(full.create(SessionId.random(), SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT) instanceof CreateResult.Created);

            assertEquals("id-1", asked(other, "select id from mcp_session where ended"));
            other.rollback();
        }
    }

    @Test
    void deleteAll_oneRowLockedByAnother_failsInTimeAndLeavesNoneOut() throws SQLException {
        var ids = Stream.generate(() -> created(SessionStoreFixture.ALICE)).limit(3).toList();
        try (var other = locking(ids.get(1))) {
            var asked = System.nanoTime();
            var error = assertThrows(SessionStoreException.class, () -> store.deleteAll(SessionStoreFixture.ALICE));
            var took = Duration.ofNanos(System.nanoTime() - asked);

            assertTrue(error.getMessage().contains("database must answer in time"), error.getMessage());
            assertTrue(took.compareTo(IN_TIME) < 0, () -> "took " + took);
            for (var id : ids) assertTrue(store.find(id).isPresent());
            other.rollback();
        }
        assertEquals(Set.copyOf(ids), store.deleteAll(SessionStoreFixture.ALICE));
    }

    private SessionId created() {
        return created(SessionStoreFixture.ANYBODY);
    }

    private SessionId created(Owner owner) {
        var id = SessionId.random();
        assertTrue(store.create(id, owner, SessionStoreFixture.CLIENT) instanceof CreateResult.Created);
        return id;
    }

    /// A transaction that has locked a session's row.
    private static Connection locking(SessionId id) throws SQLException {
        var other = database.connect();
        other.setAutoCommit(false);
        other.createStatement().execute("select from mcp_session where id = '" + id.value() + "' for update");
        return other;
    }

    @Test
    void find_tableLockedByAnother_failsInTimeAndLeavesNobodyWaiting() throws SQLException {
        try (var other = database.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("lock table mcp_session in access exclusive mode");

            var error = assertThrows(SessionStoreException.class, () -> store.find(session));

            assertTrue(error.getMessage().contains("database must answer in time"), error.getMessage());
            assertEquals("0", asked(other, "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"));
            other.rollback();
        }
        assertTrue(store.find(session).isPresent());
    }

    @Test
    void waits_ofARequest_areTogetherShorterThanPromised() {
        var database = Database.forRequests(pool);
        var longest = database.connect().plus(database.silence());

        assertTrue(longest.compareTo(PROMISED) < 0, longest::toString);
        assertTrue(database.statement().compareTo(database.silence()) < 0, "the server gives up before its client does");
        assertTrue(PostgresOptions.DEFAULT.subscribeTimeout().compareTo(PROMISED) < 0);
    }

    @Test
    void message_ofAnyFailure_hasNeitherTheWholeIdNorACredential() {
        server.stop();
        try {
            var error = assertThrows(SessionStoreException.class, () -> store.touch(session));
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                assertFalse(cause.toString().contains(session.value()), cause.toString());
            }
            assertTrue(error.getMessage().startsWith("touch session " + session + " failed: "), error.getMessage());
        } finally {
            server.restart();
        }
    }

    @Test
    void change_onAReadOnlyDatabase_saysSo() {
        var source = new PGSimpleDataSource();
        source.setURL(database.url());
        source.setOptions("-c default_transaction_read_only=on");

        var error = assertThrows(SessionStoreException.class,
                () -> new PostgresSessionStore(source, SessionStoreFixture.POLICY).touch(session));

        assertTrue(error.getMessage().startsWith("touch session " + session + " failed: database must be writable"),
                error.getMessage());
    }

    private static String asked(Connection connection, String question) throws SQLException {
        try (var statement = connection.createStatement(); var answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        }
    }

    private static PGSimpleDataSource asFew() {
        var source = new PGSimpleDataSource();
        source.setURL(database.url());
        source.setUser("few");
        return source;
    }
}
