package dev.mcpsession.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A new, empty database: on a server that all tests of this JVM share, on the one of `-Dpg.url=`, or on the caller's own server.
/// Thread-safe.
public final class PgDatabase implements AutoCloseable {

    private static final String GIVEN = System.getProperty("pg.url", "");

    private final UnaryOperator<String> urls;
    private final String name = "test_" + UUID.randomUUID().toString().replace("-", "");
    private final boolean dropped;

    private PgDatabase(UnaryOperator<String> urls, boolean dropped) {
        this.urls = urls;
        this.dropped = dropped;
        execute("postgres", "create database " + name);
    }

    // Starts at the first use, ends with the JVM.
    private static final class Shared {
        static final PgServer SERVER = PgServer.start();
    }

    /// Creates a database on the shared server.
    public static PgDatabase create() {
        return GIVEN.isEmpty() ? on(Shared.SERVER) : new PgDatabase(PgDatabase::given, true);
    }

    /// Creates a database on the caller's own server.
    public static PgDatabase on(PgServer server) {
        return new PgDatabase(server::url, false);
    }

    /// The address, with user and password.
    public String url() {
        return urls.apply(name);
    }

    /// A source of new connections, without a pool.
    public DataSource dataSource() {
        return dataSource(url());
    }

    /// A new connection.
    public Connection connect() throws SQLException {
        return dataSource().getConnection();
    }

    /// Runs statements, separated by semicolons.
    public void execute(String sql) {
        execute(name, sql);
    }

    private void execute(String database, String sql) {
        try (var connection = dataSource(urls.apply(database)).getConnection(); var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("failed: " + sql, e);
        }
    }

    /// Drops the database if its server outlives this JVM.
    @Override
    public void close() {
        if (dropped) execute("postgres", "drop database if exists " + name + " with (force)");
    }

    private static String given(String database) {
        return GIVEN.replaceFirst("(//[^/?]*)(/[^?]*)?", "$1/" + database);
    }

    private static DataSource dataSource(String url) {
        var source = new PGSimpleDataSource();
        source.setURL(url);
        return source;
    }
}
