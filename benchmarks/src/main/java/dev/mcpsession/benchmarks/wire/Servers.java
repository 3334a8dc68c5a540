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
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.spi.JettyHttpServerProvider;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// HTTP servers on loopback, with a virtual thread for each exchange.
///
/// Robaho's server registers itself on the class path in place of the JDK's. Here the JDK's stays the default, and robaho's is created by
/// its class. All servers of this module must be created here.
public final class Servers {

    private static final String PROVIDER = "com.sun.net.httpserver.HttpServerProvider";
    private static final int BACKLOG = 1024;
    private static final int MOST_STREAMS = 20_000;
    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final Logger ROBAHO = Logger.getLogger("robaho.net.httpserver"); // held, or its level is lost when it is collected

    static {
        ROBAHO.setLevel(Level.WARNING);
        System.setProperty(PROVIDER, "sun.net.httpserver.DefaultHttpServerProvider");
        System.setProperty("sun.net.httpserver.nodelay", "true"); // as this library sets it, for servers without it
        System.setProperty("sun.net.httpserver.maxIdleConnections", "10000");
        System.setProperty("robaho.net.httpserver.nodelay", "true");
        System.setProperty("robaho.net.httpserver.maxIdleConnections", "10000"); // as for the JDK's server
    }

    private Servers() {}

    /// A server without this library.
    ///
    /// @param server the server, already listening
    public record Plain(HttpServer server) implements AutoCloseable {

        /// Returns the port on loopback.
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

    /// Starts this library's server, which sets the limits of the JDK's server for the whole JVM.
    ///
    /// @param sessions    decides on requests
    /// @param application answers forwarded requests
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

    /// Starts Jetty, with virtual threads, behind the interface of the JDK's server.
    ///
    /// @param path    the path of its only context
    /// @param handler answers
    /// @return a server that listens
    /// @throws IOException if it cannot
    public static Plain jetty(String path, HttpHandler handler) throws IOException {
        var jetty = new Server(new VirtualThreadPool(MOST_STREAMS));
        var configuration = new HttpConfiguration();
        configuration.setHeaderCacheSize(0); // as this library's README recommends
        var connector = new ServerConnector(jetty, new HttpConnectionFactory(configuration));
        connector.setHost(anywhere().getHostString());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(IDLE.toMillis());
        jetty.addConnector(connector);
        jetty.setHandler(new ContextHandlerCollection());
        try {
            jetty.start();
        } catch (Exception e) { // what Jetty declares
            throw new IOException("Jetty cannot start", e);
        }
        JettyHttpServerProvider.setServer(jetty);
        try {
            var server = new JettyHttpServerProvider().createHttpServer(
                    new InetSocketAddress(connector.getHost(), connector.getLocalPort()), BACKLOG);
            server.createContext(path, handler);
            server.start();
            return new Plain(server);
        } finally {
            JettyHttpServerProvider.setServer(null);
        }
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
