package dev.mcpsession.postgres;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;

/// The content of the event log at one moment, and ways to restore it: as `pg_dump` and `pg_restore` do, which are not among the
/// binaries. Immutable.
final class Dump {

    private static final Pattern STATEMENT = Pattern.compile("(?s)(create (?:table|index)|alter table) .*?;\\n");
    private static final String DUPLICATE = "23505";
    private static final String LOG = "(?s)^.*\\n-- events\\n";
    private static final String TABLES = """
            select c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname ~ '^mcp_event'
            group by c.relname order by c.relname
            """;

    private final Map<String, byte[]> tables = new LinkedHashMap<>(); // by name and columns

    private Dump() {}

    /// Reads the log in one snapshot.
    static Dump of(Connection connection) throws SQLException, IOException {
        var dump = new Dump();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        for (var table : tables(connection)) {
            var content = new ByteArrayOutputStream();
            connection.unwrap(PGConnection.class).getCopyAPI().copyOut("copy " + table + " to stdout", content);
            dump.tables.put(table, content.toByteArray());
        }
        connection.commit();
        return dump;
    }

    private static List<String> tables(Connection connection) throws SQLException {
        try (var statement = connection.createStatement(); var answer = statement.executeQuery(TABLES)) {
            var tables = new ArrayList<String>();
            while (answer.next()) tables.add(answer.getString(1) + " (" + answer.getString(2) + ")");
            return tables;
        }
    }

    /// Drops the tables, creates them again, and fills them; each statement is a transaction unless the caller has begun one.
    void recreate(Connection connection) throws SQLException, IOException {
        for (var table : tables.keySet()) run(connection, "drop table " + nameOf(table));
        var creating = STATEMENT.matcher(PostgresSchema.script().replaceFirst(LOG, ""));
        while (creating.find()) run(connection, creating.group());
        for (var table : tables.keySet()) fill(connection, table);
    }

    /// Empties the tables and fills them.
    void refill(Connection connection) throws SQLException, IOException {
        for (var table : tables.keySet()) run(connection, "truncate " + nameOf(table));
        for (var table : tables.keySet()) fill(connection, table);
    }

    /// Empties and fills one table alone.
    void refill(Connection connection, String name) throws SQLException, IOException {
        run(connection, "truncate " + name);
        for (var table : tables.keySet()) if (nameOf(table).equals(name)) fill(connection, table);
    }

    // A replica may have filled the empty table meanwhile. Outside of a transaction that does not stop psql.
    private void fill(Connection connection, String table) throws SQLException, IOException {
        try {
            connection.unwrap(PGConnection.class).getCopyAPI()
                    .copyIn("copy " + table + " from stdin", new ByteArrayInputStream(tables.get(table)));
        } catch (SQLException e) {
            if (!DUPLICATE.equals(e.getSQLState()) || !connection.getAutoCommit()) throw e;
        }
    }

    private static String nameOf(String table) {
        return table.replaceFirst(" .*", "");
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
