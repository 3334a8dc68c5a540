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
import org.postgresql.PGConnection;

/// The content of the event log at one moment, and ways to restore it: as `pg_dump` and `pg_restore` do, which are not among the
/// binaries. Immutable.
final class Dump {

    private static final String DUPLICATE = "23505";
    private static final String IS_OF_THE_LOG = "relnamespace = current_schema()::regnamespace and relkind = 'r' and relname ~ '^mcp_event'";
    private static final String TABLES = """
            select relname || ' (' || string_agg(quote_ident(attname), ', ' order by attnum) || ')'
            from pg_class c join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
            where %s group by relname order by relname
            """.formatted(IS_OF_THE_LOG);
    private static final String CREATING = """
            select 'create table ' || relname || ' (' || string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
                || coalesce(' collate ' || quote_ident(collname), '') || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
                || case when attnotnull then ' not null' else '' end, ', ' order by attnum) || ')'
            from pg_class c join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
                left join pg_attrdef on adrelid = c.oid and adnum = attnum
                left join pg_collation n on n.oid = attcollation and collname = 'C'
            where %s group by relname
            """.formatted(IS_OF_THE_LOG);
    private static final String COMPLETING = """
            select 'alter table ' || relname || ' add constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(s.oid)
            from pg_class c join pg_constraint s on conrelid = c.oid and contype in ('p', 'u', 'c') where %1$s
            union all
            select pg_get_indexdef(indexrelid) from pg_class c join pg_index i on indrelid = c.oid
            where %1$s and not exists (select 1 from pg_constraint where conindid = indexrelid)
            """.formatted(IS_OF_THE_LOG);

    private final Map<String, byte[]> tables = new LinkedHashMap<>(); // by name and columns

    private final List<String> creating = new ArrayList<>();
    private final List<String> completing = new ArrayList<>();

    private Dump() {}

    /// Reads the log in one snapshot.
    static Dump of(Connection connection) throws SQLException, IOException {
        var dump = new Dump();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        dump.creating.addAll(texts(connection, CREATING));
        dump.completing.addAll(texts(connection, COMPLETING));
        for (var table : texts(connection, TABLES)) {
            var content = new ByteArrayOutputStream();
            connection.unwrap(PGConnection.class).getCopyAPI().copyOut("copy " + table + " to stdout", content);
            dump.tables.put(table, content.toByteArray());
        }
        connection.commit();
        return dump;
    }

    private static List<String> texts(Connection connection, String question) throws SQLException {
        try (var statement = connection.createStatement(); var answer = statement.executeQuery(question)) {
            var texts = new ArrayList<String>();
            while (answer.next()) texts.add(answer.getString(1));
            return texts;
        }
    }

    /// Drops the tables, creates them again, fills them, and adds keys and indexes; each statement is a transaction unless the caller has
    /// begun one.
    void recreate(Connection connection) throws SQLException, IOException {
        for (var table : tables.keySet()) run(connection, "drop table " + nameOf(table));
        for (var each : creating) run(connection, each);
        for (var table : tables.keySet()) fill(connection, table);
        for (var each : completing) run(connection, each);
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
