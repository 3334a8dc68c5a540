package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.SessionStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;

/// The tables that sessions and events need, `schema.sql` in this package, in version [#VERSION].
///
/// They are created where unqualified names go: in the first schema of the connection's search path. If the server's role may not
/// create tables, have a privileged role run the file. The server must be PostgreSQL 14 or later.
public final class PostgresSchema {

    /// The version that this library works with.
    public static final int VERSION = SqlFailure.TABLES_VERSION;

    // Longer than the next. A JVM that starts has classes to load, and may have a tenth of a processor for it.
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String IN_TIME = "set local statement_timeout = '30s'";
    // Any number that no other application on the database uses.
    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(7163384629180127233)";

    // The first rule that is broken, and what breaks it.
    private static final String SERVER = """
            select case
                when current_setting('server_version_num')::integer < 140000
                    then 'server must be PostgreSQL 14 or later: ' || current_setting('server_version')
                when current_setting('server_encoding') <> 'UTF8'
                    then 'server_encoding of the database must be ''UTF8'': ''' || current_setting('server_encoding') || ''''
                when current_setting('transaction_read_only') = 'on' then '{writable}'
            end""".replace("{writable}", SqlFailure.WRITABLE);
    private static final String EXISTS = "select to_regclass('mcp_session_schema') is not null";
    private static final String OTHER_VERSION =
            "select 'it has version ' || version from mcp_session_schema where version <> " + VERSION;
    private static final String MISSING_RIGHTS = """
            select 'it lacks ' || string_agg(wanted || ' on ' || mine.relname, ', ' order by mine.relname, wanted)
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
    /// @throws SessionStoreException if that fails, there are tables of another version, or the database does not meet a requirement
    public static void create(DataSource source) {
        create(source::getConnection);
    }

    static void create(Database.Source source) {
        call("create the tables of schema.sql", source, PostgresSchema::createIn);
        call("look at the database", source, PostgresSchema::verifyIn);
    }

    /// Requires that the tables exist in this version, and that the database can do what is needed.
    ///
    /// @param source leads to the database
    /// @throws SessionStoreException with the rule that is broken, or if the database cannot be queried
    public static void verify(DataSource source) {
        call("look at the database", source::getConnection, PostgresSchema::verifyIn);
    }

    /// {@return the text of `schema.sql`: statements for `psql`}
    public static String script() {
        try (var file = PostgresSchema.class.getResourceAsStream("schema.sql")) {
            return new String(Objects.requireNonNull(file, "schema.sql").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read schema.sql", e);
        }
    }

    private static void call(String what, Database.Source source, Database.Work<Void> work) {
        try {
            Database.within(LIMIT, source).call(work);
        } catch (SQLException e) {
            throw SqlFailure.during(what, e);
        }
    }

    private static Void createIn(Statements on) throws SQLException {
        requireNone("", SERVER, on);
        var connection = on.connection();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(IN_TIME);
            statement.execute(ONE_AT_A_TIME);
            if (!exist(statement.executeQuery(EXISTS))) statement.execute(script());
            connection.commit();
            return null;
        } catch (SQLException | RuntimeException | Error e) {
            if (!connection.isClosed()) connection.rollback();
            throw e;
        }
    }

    private static boolean exist(ResultSet answer) throws SQLException {
        answer.next();
        return answer.getBoolean(1);
    }

    private static Void verifyIn(Statements on) throws SQLException {
        requireNone("", SERVER, on);
        if (!on.rows(EXISTS, row -> row.getBoolean(1)).getFirst()) throw new SessionStoreException(SqlFailure.TABLES + ": there are none");
        requireNone(SqlFailure.TABLES + ": ", OTHER_VERSION, on);
        requireNone(SqlFailure.RIGHTS + ": ", MISSING_RIGHTS, on);
        return null;
    }

    private static void requireNone(String rule, String question, Statements on) throws SQLException {
        for (var found : on.rows(question, row -> row.getString(1))) {
            if (found != null) throw new SessionStoreException(rule + found);
        }
    }
}
