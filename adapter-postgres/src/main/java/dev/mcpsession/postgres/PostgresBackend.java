package dev.mcpsession.postgres;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.BroadcasterException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/// Opens a backend by the URL of its database, such as `jdbc:postgresql://host/database`, and creates the tables if they are
/// missing.
///
/// User and password are the URL's parameters `user` and `password`, or `PGUSER` and `PGPASSWORD` in the environment. If
/// neither has a password, it is looked up in the file that `PGPASSFILE` names, or in `~/.pgpass`.
///
/// Statements share ten connections, and one more listens. An application that has a pool of its own creates a
/// [PostgresSessionStore] and a [PostgresBroadcaster] on that instead.
public final class PostgresBackend implements Backend.Provider {

    private static final String KIND = "jdbc:postgresql:";
    private static final int CONNECTIONS = 10;

    // In seconds. How long a request waits for a connection is bounded elsewhere; these end what it leaves behind. A host that did not
    // answer is tried last for a minute. The server's details may quote a row.
    private static final Map<PGProperty, String> UNLESS_GIVEN = Map.of(
            PGProperty.LOGIN_TIMEOUT, "30",
            PGProperty.CONNECT_TIMEOUT, "2",
            PGProperty.SOCKET_TIMEOUT, "5",
            PGProperty.HOST_RECHECK_SECONDS, "60",
            PGProperty.LOG_SERVER_ERROR_DETAIL, "false",
            PGProperty.APPLICATION_NAME, "mcp-session");

    // A server learns within 10 s that its client has gone without a word, and at once that it has hung up; by default after hours, and
    // after the statement.
    private static final String NOTICE_ENDS = """
            select set_config(name, value, false)
            from (values ('tcp_user_timeout', '10s'), ('tcp_keepalives_idle', '5s'), ('tcp_keepalives_interval', '1s'),
                ('tcp_keepalives_count', '5'), ('client_connection_check_interval', '500ms')) wanted (name, value)
            where version() ~ 'linux' and current_setting(name, true) is not null
            """;

    private final Map<String, String> environment;

    /// For [java.util.ServiceLoader].
    public PostgresBackend() {
        this(System.getenv());
    }

    PostgresBackend(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public boolean knows(String name) {
        return name.startsWith(KIND);
    }

    @Override
    public Backend open(String name, SessionPolicy policy, BroadcasterOptions options) {
        var source = to(new PostgresUrl(name));
        var pool = new ConnectionPool(() -> opened(source), CONNECTIONS);
        try {
            PostgresSchema.create(pool);
            var database = Database.forRequests(pool);
            var store = new PostgresSessionStore(database, policy, SessionStore.SESSIONS, pool::close);
            var events = new PostgresBroadcaster(pool, () -> opened(source), options, PostgresOptions.DEFAULT);
            return Backend.of(store, events, (kind, rules) -> new PostgresSessionStore(database, rules, kind, () -> {}));
        } catch (BroadcasterException e) {
            pool.close();
            throw new SessionStoreException(e.getMessage(), e.getCause());
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    static Connection opened(PGSimpleDataSource source) throws SQLException {
        var connection = source.getConnection();
        try (var statement = connection.createStatement()) {
            statement.execute(NOTICE_ENDS);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            connection.abort(Runnable::run);
            throw e;
        }
    }

    /// {@return a data source that leads to the database}
    ///
    /// @throws IllegalArgumentException if the driver cannot read the URL; the message does not repeat it
    PGSimpleDataSource to(PostgresUrl url) {
        var source = new PGSimpleDataSource();
        try {
            source.setURL(url.value());
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("driver must be able to read the URL, but cannot: " + url);
        }
        UNLESS_GIVEN.forEach((property, value) -> {
            if (!url.has(property.getName())) source.setProperty(property, value);
        });
        if (!url.has("user") && environment.get("PGUSER") instanceof String user) source.setUser(user);
        if (!url.has("password") && environment.get("PGPASSWORD") instanceof String password) source.setPassword(password);
        return source;
    }
}
