package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.event.BroadcasterOptions;
import dev.mcpsession.postgres.server.PgDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.sql.DataSource;
import org.postgresql.ds.PGConnectionPoolDataSource;

/// A database with an empty log of events, and broadcasters on it.
final class EventDatabase implements AutoCloseable {

    private static final int CONNECTIONS = 20;

    private final PgDatabase database;
    private final ConnectionPool pool;

    private EventDatabase(PgDatabase database) {
        this.database = database;
        clear();
        var source = new PGConnectionPoolDataSource();
        source.setURL(database.url());
        pool = new ConnectionPool(source, CONNECTIONS);
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

    DataSource pool() {
        return pool;
    }

    PostgresBroadcaster open(BroadcasterOptions bounds, PostgresBroadcasterOptions options) {
        return new PostgresBroadcaster(pool, database.dataSource(), bounds, options);
    }

    /// Begins a new log.
    void clear() {
        database.execute("drop table if exists mcp_event, mcp_event_head");
        try (var file = PostgresBroadcaster.class.getResourceAsStream("events.sql")) {
            database.execute(new String(file.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        pool.close();
        database.close();
    }
}
