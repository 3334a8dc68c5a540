package dev.mcpsession.postgres;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.postgres.server.PgDatabase;
import java.time.Duration;

/// A database with the library's tables, and operations for tests.
final class TestDatabase implements AutoCloseable {

    /// What is to be done after sessions were inserted by hand, as `schema.sql` says.
    static final String RECOUNT = """
            delete from mcp_session_total;
            insert into mcp_session_total select kind, 0, count(*) from mcp_session group by kind;
            """;

    private static final int CONNECTIONS = 20;
    // A busy machine must not fail a test that is not about timeouts.
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final PgDatabase database;
    private final ConnectionPool pool;
    private final Database patient;

    TestDatabase(PgDatabase database) {
        this.database = database;
        PostgresSchema.create(database.dataSource());
        pool = new ConnectionPool(database::connect, CONNECTIONS);
        patient = new Database(pool, LIMIT, LIMIT, LIMIT);
    }

    static TestDatabase create() {
        return new TestDatabase(PgDatabase.create());
    }

    /// A database with patience for a slow machine.
    Database patient() {
        return patient;
    }

    Database.Source pool() {
        return pool;
    }

    PgDatabase database() {
        return database;
    }

    /// A replica's store, except that it is patient.
    PostgresSessionStore store(SessionPolicy policy) {
        return store(SessionStore.SESSIONS, policy);
    }

    PostgresSessionStore store(String kind, SessionPolicy policy) {
        return new PostgresSessionStore(patient, policy, kind, () -> {});
    }

    void clear() {
        database.execute("truncate mcp_session");
    }

    /// Lets time pass, as if everything so far had happened that much earlier.
    void elapse(Duration time) {
        change("""
                update mcp_session set created_at = created_at - {time}, last_active_at = last_active_at - {time},
                    expires_at = expires_at - {time}, due_at = due_at - {time} returning id
                """.replace("{time}", "make_interval(secs => " + time.toNanos() / 1_000 + "e-6)"));
    }

    /// Runs a statement that changes and returns rows.
    void change(String sql) {
        patient.run("change", sql, _ -> null);
    }

    /// The single value that a query returns.
    String ask(String question) {
        return patient.run("ask", question, row -> row.getString(1)).getFirst();
    }

    void disconnect() {
        pool.close();
    }

    @Override
    public void close() {
        disconnect();
        database.close();
    }
}
