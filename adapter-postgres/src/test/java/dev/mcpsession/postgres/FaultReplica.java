package dev.mcpsession.postgres;

import dev.mcpsession.SessionStore;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/// A replica in a fault run: an HTTP server, and two faulty networks to the database.
final class FaultReplica implements AutoCloseable {

    private static final int CONNECTIONS = 4;
    private static final int LOGIN_SECONDS = 2;

    final FaultyNetwork statements;
    final FaultyNetwork listening;
    final FaultyNetwork plain; // fails like listening, for comparison
    final PostgresBroadcaster broadcaster;
    private final ConnectionPool pool;
    private final McpHttpServer server;

    FaultReplica(EventDatabase database, SessionStore sessions) throws IOException, SQLException {
        statements = new FaultyNetwork(database.port());
        listening = new FaultyNetwork(database.port());
        plain = new FaultyNetwork(database.port());
        pool = new ConnectionPool(source(statements, database, "publisher")::getConnection, CONNECTIONS);
        broadcaster = new PostgresBroadcaster(pool, source(listening, database, "listener")::getConnection,
                BroadcasterOptions.builder().ringEntries(1 << 16).ringBytes(64 << 20).heartbeat(Duration.ofSeconds(1)).build(),
                PostgresOptions.DEFAULT);
        server = McpHttpServer.builder(SessionHandler.builder(sessions).broadcaster(broadcaster).build())
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).endpoint(exchange -> {
            exchange.getRequestBody().readAllBytes();
            var answer = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        }).start();
    }

    PGSimpleDataSource plain(EventDatabase database) throws SQLException {
        return source(plain, database, "plain");
    }

    private static PGSimpleDataSource source(FaultyNetwork network, EventDatabase database, String name) throws SQLException {
        var source = new PGSimpleDataSource();
        source.setURL(network.through(database.database().url()));
        source.setApplicationName(name);
        source.setLoginTimeout(LOGIN_SECONDS);
        return source;
    }

    URI uri() {
        return server.uri("/mcp");
    }

    @Override
    public void close() {
        server.close(Duration.ZERO);
        broadcaster.close();
        pool.close();
        statements.close();
        listening.close();
        plain.close();
    }
}
