package dev.mcpsession.postgres;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A database with an empty event log, and broadcasters on it.
final class EventDatabase implements AutoCloseable {

    private static final int CONNECTIONS = 20;

    private final PgDatabase database;
    private final ConnectionPool pool;

    private EventDatabase(PgDatabase database) {
        this.database = database;
        clear();
        pool = new ConnectionPool(database::connect, CONNECTIONS);
    }

    static EventDatabase create() {
        return new EventDatabase(PgDatabase.create());
    }

    static EventDatabase in(PgDatabase database) {
        return new EventDatabase(database);
    }

    PgDatabase database() {
        return database;
    }

    Database.Source pool() {
        return pool;
    }

    PostgresBroadcaster open(BroadcasterOptions bounds, PostgresOptions options) {
        return open(database.dataSource(), bounds, options);
    }

    PostgresBroadcaster open(DataSource listening, BroadcasterOptions bounds, PostgresOptions options) {
        return new PostgresBroadcaster(pool, listening::getConnection, bounds, options);
    }

    /// A broadcaster that may lag.
    PostgresBroadcaster open(Lag lag, BroadcasterOptions bounds, PostgresOptions options) {
        return new PostgresBroadcaster(lag.of(pool), database.dataSource()::getConnection, bounds, options);
    }

    /// A broadcaster that listens over a faulty network.
    PostgresBroadcaster open(FaultyNetwork listening, BroadcasterOptions bounds, PostgresOptions options) {
        var source = new PGSimpleDataSource();
        source.setURL(listening.through(database.url()));
        return open(source, bounds, options);
    }

    /// A broadcaster whose statements go over a faulty network.
    PostgresBroadcaster openBy(FaultyNetwork statements, BroadcasterOptions bounds, PostgresOptions options) {
        var source = new PGSimpleDataSource();
        source.setURL(statements.through(database.url()));
        return new PostgresBroadcaster(new ConnectionPool(source::getConnection, 3), database.dataSource()::getConnection, bounds, options);
    }

    /// Makes all keys usable again.
    void clearKeys() {
        database.execute("update mcp_event set key = gen_random_uuid()");
    }

    int port() {
        return Integer.parseInt(database.url().replaceFirst(".*:(\\d+)/.*", "$1"));
    }

    int trim(long keep, Duration age) {
        try (var connection = database.connect()) {
            return Retention.trim(statements(connection), keep, age, 1_000);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Statements with patience for a slow machine.
    static Statements statements(Connection connection) {
        return new Statements(connection, Duration.ofSeconds(30));
    }

    /// The single value that a query returns.
    String ask(String question) {
        try (var connection = database.connect(); var statement = connection.createStatement();
                var answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(question, e);
        }
    }

    /// Starts a new log.
    void clear() {
        database.execute("drop table if exists mcp_event, mcp_event_head, mcp_event_gone, mcp_event_outbox; drop function if exists mcp_publish");
        database.execute(PostgresSchema.script().replaceFirst("(?s)^.*\\n-- events\\n", ""));
    }

    @Override
    public void close() {
        pool.close();
        database.close();
    }
}
