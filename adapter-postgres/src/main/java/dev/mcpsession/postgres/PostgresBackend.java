package dev.mcpsession.postgres;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.BroadcasterException;
import java.util.Map;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGConnectionPoolDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;

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
    private static final int LOGIN = 1; // seconds
    private static final int LOGIN_AT_START = 30; // a JVM that starts has classes to load, perhaps on a tenth of a processor

    // In seconds. Together with a statement's limit they stay below the 3 s within which a client gets its answer. connectTimeout
    // does not bound all that the driver waits for while connecting; socketTimeout ends what loginTimeout leaves behind.
    private static final Map<PGProperty, String> UNLESS_GIVEN = Map.of(
            PGProperty.LOGIN_TIMEOUT, Integer.toString(LOGIN),
            PGProperty.CONNECT_TIMEOUT, "2",
            PGProperty.SOCKET_TIMEOUT, "5",
            PGProperty.LOG_SERVER_ERROR_DETAIL, "false", // it may quote a row
            PGProperty.APPLICATION_NAME, "mcp-session");

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
        var url = new PostgresUrl(name);
        var statements = to(url, new PGConnectionPoolDataSource());
        var listening = to(url, new PGSimpleDataSource());
        var pool = new ConnectionPool(statements, CONNECTIONS);
        try {
            bePatient(url, LOGIN_AT_START, statements, listening);
            PostgresSchema.create(pool);
            var database = Database.forRequests(pool);
            var store = new PostgresSessionStore(database, policy, SessionStore.SESSIONS, pool::close);
            var events = new PostgresBroadcaster(pool, listening::getConnection, options, PostgresOptions.DEFAULT);
            bePatient(url, LOGIN, statements, listening);
            return Backend.of(store, events, (kind, rules) -> new PostgresSessionStore(database, rules, kind, () -> {}));
        } catch (BroadcasterException e) {
            pool.close();
            throw new SessionStoreException(e.getMessage(), e.getCause());
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    private static void bePatient(PostgresUrl url, int seconds, BaseDataSource... sources) {
        if (url.has(PGProperty.LOGIN_TIMEOUT.getName())) return;
        for (var source : sources) source.setLoginTimeout(seconds);
    }

    /// Points a data source at the database.
    ///
    /// @throws IllegalArgumentException if the driver cannot read the URL; the message does not repeat it
    <S extends BaseDataSource> S to(PostgresUrl url, S source) {
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
