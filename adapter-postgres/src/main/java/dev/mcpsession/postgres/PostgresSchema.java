package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.SessionStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/// The tables that sessions and events need, `schema.sql` in this package, in version [#VERSION].
///
/// They are made where unqualified names go: in the first schema of the connection's search path. A role that may not make
/// tables needs somebody who runs the file by hand.
public final class PostgresSchema {

    /// The version that this library works with.
    public static final int VERSION = 3;

    static final String RULE = "database must have the tables of schema.sql, version " + VERSION
            + ": run it, or PostgresSchema.create";

    // Longer than the next. A JVM that starts has classes to load, and may have a tenth of a processor for it.
    private static final Patience PATIENCE = new Patience(Duration.ofSeconds(40));
    private static final String IN_TIME = "set local statement_timeout = '30s'";
    // Any number that nobody else in the database uses.
    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(7163384629180127233)";
    private static final String EXISTS = "select to_regclass('mcp_session_schema') is not null";
    private static final String VERSION_FOUND = "select version from mcp_session_schema";
    private static final String MISSING_RIGHTS = """
            select string_agg(wanted || ' on ' || mine.relname, ', ' order by mine.relname, wanted)
            from pg_class version
                join pg_class mine on mine.relnamespace = version.relnamespace
                    and mine.relkind = 'r' and mine.relname ~ '^mcp_(session|event)'
                cross join unnest('{select,insert,update,delete}'::text[]) as wanted
            where version.oid = 'mcp_session_schema'::regclass and not has_table_privilege(mine.oid, wanted)
            """;

    private PostgresSchema() {}

    /// Makes the tables if they are missing, in one transaction. Replicas may do so at once.
    ///
    /// @param source leads to the database; its role must be allowed to make tables if they are missing
    /// @throws SessionStoreException if that is not possible, or there are tables of another version
    public static void create(DataSource source) {
        try {
            PATIENCE.call(source, PostgresSchema::createIn);
        } catch (SQLException e) {
            throw Failure.during("create the tables of schema.sql", e);
        }
        verify(source);
    }

    private static boolean createIn(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try {
            run(connection, IN_TIME);
            ask(connection, ONE_AT_A_TIME);
            var isMissing = version(connection).isEmpty();
            if (isMissing) run(connection, script());
            connection.commit();
            return isMissing;
        } catch (SQLException e) {
            if (!connection.isClosed()) connection.rollback();
            throw e;
        } finally {
            if (!connection.isClosed()) connection.setAutoCommit(true);
        }
    }

    /// Requires that the tables are there, in this version, and that the database can do what it has to.
    ///
    /// @param source leads to the database
    /// @throws SessionStoreException with the rule that is broken, or if the database cannot be asked
    public static void verify(DataSource source) {
        new Database(source, PATIENCE, PATIENCE).with("look at the database", connection -> {
            requireVersion(version(connection));
            require("server_encoding", "UTF8", connection);
            require("default_transaction_isolation", "read committed", connection);
            if (ask(connection, "show transaction_read_only").equals("on")) throw new SessionStoreException(Failure.WRITABLE);
            var missing = ask(connection, MISSING_RIGHTS);
            if (!missing.isEmpty()) throw new SessionStoreException(Failure.RIGHTS + ": it lacks " + missing);
            return null;
        });
    }

    /// The text of `schema.sql`.
    ///
    /// @return statements for `psql`
    public static String script() {
        try (var file = PostgresSchema.class.getResourceAsStream("schema.sql")) {
            return new String(Objects.requireNonNull(file, "schema.sql").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read schema.sql", e);
        }
    }

    private static Optional<String> version(Connection connection) throws SQLException {
        if (!ask(connection, EXISTS).equals("t")) return Optional.empty();
        return Optional.of(ask(connection, VERSION_FOUND));
    }

    private static void requireVersion(Optional<String> found) {
        if (found.isEmpty()) throw new SessionStoreException(RULE + ": there are none");
        if (!found.get().equals("" + VERSION)) throw new SessionStoreException(RULE + ": it has version " + found.get());
    }

    private static void require(String setting, String value, Connection connection) throws SQLException {
        var found = ask(connection, "show " + setting);
        if (!found.equals(value)) {
            throw new SessionStoreException(setting + " of the database must be '" + value + "': '" + found + "'");
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement(); var answer = statement.executeQuery(sql)) {
            return answer.next() ? Objects.requireNonNullElse(answer.getString(1), "") : "none";
        }
    }

    private static void run(Connection connection, String script) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(script);
        }
    }
}
