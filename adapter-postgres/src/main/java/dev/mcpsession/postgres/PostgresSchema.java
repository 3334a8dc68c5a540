package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.SessionStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/// The tables that sessions and events need, `schema.sql` in this package, in version [#VERSION].
///
/// They are created where unqualified names go: in the first schema of the connection's search path. If the server's role may not
/// create tables, have a privileged role run the file.
public final class PostgresSchema {

    /// The version that this library works with.
    public static final int VERSION = SqlFailure.TABLES_VERSION;

    // Longer than the next. A JVM that starts has classes to load, and may have a tenth of a processor for it.
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String IN_TIME = "set local statement_timeout = '30s'";
    // Any number that no other application on the database uses.
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

    /// Creates the tables if they are missing, in one transaction. Several replicas may do so at once.
    ///
    /// @param source leads to the database; its role must be allowed to create tables if they are missing
    /// @throws SessionStoreException if that fails, or there are tables of another version
    public static void create(DataSource source) {
        create(source::getConnection);
    }

    static void create(Database.Source source) {
        try {
            Database.within(LIMIT, source).call(PostgresSchema::createIn);
        } catch (SQLException e) {
            throw SqlFailure.during("create the tables of schema.sql", e);
        }
        verify(source);
    }

    private static boolean createIn(Statements on) throws SQLException {
        var connection = on.connection();
        connection.setAutoCommit(false);
        try {
            run(on, IN_TIME);
            ask(on, ONE_AT_A_TIME);
            var isMissing = version(on).isEmpty();
            if (isMissing) run(on, script());
            connection.commit();
            return isMissing;
        } catch (SQLException | RuntimeException | Error e) {
            if (!connection.isClosed()) connection.rollback();
            throw e;
        }
    }

    /// Requires that the tables exist in this version, and that the database can do what is needed.
    ///
    /// @param source leads to the database
    /// @throws SessionStoreException with the rule that is broken, or if the database cannot be queried
    public static void verify(DataSource source) {
        verify(source::getConnection);
    }

    private static void verify(Database.Source source) {
        try {
            Database.within(LIMIT, source).call(PostgresSchema::verifyIn);
        } catch (SQLException e) {
            throw SqlFailure.during("look at the database", e);
        }
    }

    private static boolean verifyIn(Statements on) throws SQLException {
        requireVersion(version(on));
        require("server_encoding", "UTF8", on);
        require("default_transaction_isolation", "read committed", on);
        if (ask(on, "show transaction_read_only").equals("on")) throw new SessionStoreException(SqlFailure.WRITABLE);
        var missing = ask(on, MISSING_RIGHTS);
        if (!missing.isEmpty()) throw new SessionStoreException(SqlFailure.RIGHTS + ": it lacks " + missing);
        return true;
    }

    /// {@return the text of `schema.sql`: statements for `psql`}
    public static String script() {
        try (var file = PostgresSchema.class.getResourceAsStream("schema.sql")) {
            return new String(Objects.requireNonNull(file, "schema.sql").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read schema.sql", e);
        }
    }

    private static Optional<String> version(Statements on) throws SQLException {
        return ask(on, EXISTS).equals("t") ? Optional.of(ask(on, VERSION_FOUND)) : Optional.empty();
    }

    private static void requireVersion(Optional<String> found) {
        if (found.isEmpty()) throw new SessionStoreException(SqlFailure.TABLES + ": there are none");
        if (!found.get().equals("" + VERSION)) throw new SessionStoreException(SqlFailure.TABLES + ": it has version " + found.get());
    }

    private static void require(String setting, String value, Statements on) throws SQLException {
        var found = ask(on, "show " + setting);
        if (!found.equals(value)) {
            throw new SessionStoreException(setting + " of the database must be '" + value + "': '" + found + "'");
        }
    }

    private static String ask(Statements on, String sql) throws SQLException {
        try (var statement = on.connection().createStatement(); var answer = statement.executeQuery(sql)) {
            return answer.next() ? Objects.requireNonNullElse(answer.getString(1), "") : "none";
        }
    }

    private static void run(Statements on, String script) throws SQLException {
        try (var statement = on.connection().createStatement()) {
            statement.execute(script);
        }
    }
}
