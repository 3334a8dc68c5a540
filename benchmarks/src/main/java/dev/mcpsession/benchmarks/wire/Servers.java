package dev.mcpsession.benchmarks.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/// HTTP servers on loopback, with a virtual thread for each exchange.
///
/// Robaho's server offers itself to the whole class path in the place of the JDK's: here the JDK's stays the default, and
/// robaho's is asked for by name. All servers of this module have to be made here.
public final class Servers {

    private static final String PROVIDER = "com.sun.net.httpserver.HttpServerProvider";
    private static final int BACKLOG = 1024;
    private static final Logger ROBAHO = Logger.getLogger("robaho.net.httpserver"); // kept, or its level is forgotten

    static {
        ROBAHO.setLevel(Level.WARNING);
        System.setProperty(PROVIDER, "sun.net.httpserver.DefaultHttpServerProvider");
        System.setProperty("robaho.net.httpserver.nodelay", "true");
        System.setProperty("robaho.net.httpserver.maxIdleConnections", "10000"); // as the JDK's has it
    }

    private Servers() {}

    /// A server without anything of this library's around it.
    ///
    /// @param server listens
    public record Plain(HttpServer server) implements AutoCloseable {

        /// Where it listens on loopback.
        ///
        /// @return the port
        public int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    /// Starts this library's server, which sets the limits of the JDK's for the whole JVM.
    ///
    /// @param sessions    decides
    /// @param application answers
    /// @return a server that listens
    /// @throws IOException if it cannot
    public static McpHttpServer mcpSession(SessionHandler sessions, HttpHandler application) throws IOException {
        return McpHttpServer.builder(sessions).address(anywhere()).endpoint(application).start();
    }

    /// Starts the JDK's server. If [#mcpSession] comes first, it has the same limits.
    ///
    /// @param path    the path of its only context
    /// @param handler answers
    /// @return a server that listens
    /// @throws IOException if it cannot
    public static Plain jdk(String path, HttpHandler handler) throws IOException {
        return started(HttpServerProvider.provider(), path, handler);
    }

    /// Starts robaho's server.
    ///
    /// @param path    the path of its only context
    /// @param handler answers
    /// @return a server that listens
    /// @throws IOException if it cannot
    public static Plain robaho(String path, HttpHandler handler) throws IOException {
        return started(new robaho.net.httpserver.DefaultHttpServerProvider(), path, handler);
    }

    private static Plain started(HttpServerProvider provider, String path, HttpHandler handler) throws IOException {
        var server = provider.createHttpServer(anywhere(), BACKLOG);
        server.setExecutor(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory()));
        server.createContext(path, handler);
        server.start();
        return new Plain(server);
    }

    private static InetSocketAddress anywhere() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    }

    /// Answers with the request's body.
    ///
    /// @param exchange the exchange
    /// @throws IOException if the client went away
    public static void echo(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
