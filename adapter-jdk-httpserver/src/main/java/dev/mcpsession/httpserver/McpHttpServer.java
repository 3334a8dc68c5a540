package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.mcpsession.http.SessionHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The JDK's HTTP server, set up for MCP: on loopback unless told otherwise, with a virtual thread for each exchange, handlers
/// that match their path exactly, and bounds where the JDK has none.
///
/// The bounds that the JDK takes from system properties are set when the first server of the JVM starts, unless the
/// application has set them: [#properties()]. If it has made a server of its own before, they come too late.
///
/// The JVM's [com.sun.net.httpserver.spi.HttpServerProvider] makes the server. It has to be the JDK's, or one whose servers are
/// bound when they are created: Jetty's never listens if it is set up like this. If its jar is there for something else, name
/// `sun.net.httpserver.DefaultHttpServerProvider` in the system property `com.sun.net.httpserver.HttpServerProvider`.
///
/// The server keeps the JVM alive if it was started from a thread that does. Safe for use by many threads.
public final class McpHttpServer implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(2);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

    private final SessionHandler sessions;
    private final HttpServer server;
    private final ExecutorService executor;
    private final Watchdog watchdog;
    private final InetSocketAddress address;

    private McpHttpServer(Builder builder) throws IOException {
        sessions = builder.sessions;
        watchdog = new Watchdog(builder.writeTimeout);
        JdkProperties.settle();
        server = builder.https == null ? HttpServer.create(builder.address, BACKLOG) : HttpsServer.create(builder.address, BACKLOG);
        executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mcp-http-", 0).factory());
        address = server.getAddress();
        server.setExecutor(executor);
        try {
            if (server instanceof HttpsServer https) https.setHttpsConfigurator(builder.https);
            addHandlers(builder);
        } catch (RuntimeException | Error e) {
            executor.shutdownNow();
            server.start(); // otherwise the port is never released: only the server's own thread does that
            server.stop(0);
            throw e;
        }
        server.start();
    }

    private void addHandlers(Builder builder) {
        var endpoint = new SessionHttpHandler(builder.application, sessions, watchdog);
        var handlers = new LinkedHashMap<>(builder.handlers);
        if (!sessions.path().equals("/")) handlers.putIfAbsent("/", exchange -> exchange.sendResponseHeaders(404, -1));
        handlers.forEach((path, handler) -> {
            var context = server.createContext(path, new ExactPath(path, handler, watchdog));
            if (builder.crossOrigin.contains(path)) context.getFilters().add(endpoint.crossOriginFilter());
        });
        var context = server.createContext(sessions.path(), endpoint);
        if (builder.authenticator == null) return;
        context.getFilters().add(endpoint.filter());
        context.setAuthenticator(builder.authenticator);
    }

    /// Begins to describe a server.
    ///
    /// @param sessions decides on the requests to the MCP endpoint; is closed with the server
    /// @return a builder with the defaults
    public static Builder builder(SessionHandler sessions) {
        return new Builder(sessions);
    }

    /// Where the server listens.
    ///
    /// @return the address, with the port that was found if any was asked for
    public InetSocketAddress address() {
        return address;
    }

    /// How a client on this machine calls the server.
    ///
    /// @param path the path, which begins with a slash
    /// @return such as `http://127.0.0.1:8080/mcp`
    public URI uri(String path) {
        var scheme = server instanceof HttpsServer ? "https" : "http";
        return URI.create(scheme + "://" + hostName(address.getAddress()) + ":" + address.getPort() + path);
    }

    private static String hostName(InetAddress host) {
        if (host.isAnyLocalAddress()) return "localhost";
        var literal = host.isLoopbackAddress() && host.getAddress().length > 4 ? "::1" : host.getHostAddress();
        return literal.contains(":") ? "[" + literal + "]" : literal;
    }

    /// The limits of the JDK's own server by the names of their system properties, as the first server found or set them.
    ///
    /// @return the properties; empty before the first server of the JVM was started
    public static Map<String, String> properties() {
        return JdkProperties.inForce();
    }

    /// Drains and closes: first the sessions' streams and the calls in flight, for as long as the grace lasts, then the server,
    /// within seconds. What is still running then is interrupted. Idempotent.
    ///
    /// @param grace how long to wait for streams and calls at the most
    /// @return whether all of them have ended in time
    public synchronized boolean close(Duration grace) {
        var drained = sessions.close(grace);
        executor.shutdown();
        var interrupted = !awaitLastAnswers();
        executor.shutdownNow();
        interrupted |= !stop();
        if (interrupted) Thread.currentThread().interrupt();
        return drained;
    }

    /// Drains for at most 2 s, and closes.
    @Override
    public void close() {
        close(DEFAULT_GRACE);
    }

    private boolean awaitLastAnswers() {
        try {
            executor.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    /// Without a delay: after an answer that was cut, the JDK counts one exchange for ever, and would wait for it. And in a
    /// thread of its own: with HTTPS it may have to write to a client that does not read.
    private boolean stop() {
        var stopping = Thread.ofVirtual().name("mcp-http-stop").start(() -> server.stop(0));
        try {
            stopping.join(LONGEST_STOP);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    Watchdog watchdog() {
        return watchdog;
    }

    /// Describes a server. Not safe for use by several threads.
    public static final class Builder {

        private final SessionHandler sessions;
        private final Map<String, HttpHandler> handlers = new LinkedHashMap<>();
        private final Set<String> crossOrigin = new HashSet<>();
        private InetSocketAddress address = new InetSocketAddress("127.0.0.1", 8080);
        private HttpHandler application;
        private Authenticator authenticator;
        private HttpsConfigurator https;
        private Duration writeTimeout = Watchdog.DEFAULT_WRITE_TIMEOUT;

        private Builder(SessionHandler sessions) {
            this.sessions = Objects.requireNonNull(sessions, "sessions");
        }

        /// Where to listen; `127.0.0.1:8080` if not set. Whoever listens elsewhere also needs a
        /// [host policy][dev.mcpsession.http.HostPolicy] that allows the server's name.
        ///
        /// @param value the address; port 0 takes any that is free
        /// @return this
        public Builder address(InetSocketAddress value) {
            address = Objects.requireNonNull(value, "address");
            return this;
        }

        /// The MCP endpoint, at the [path of its sessions][SessionHandler#path()]. Has to be there.
        ///
        /// @param value answers the requests that are passed on
        /// @return this
        public Builder endpoint(HttpHandler value) {
            application = Objects.requireNonNull(value, "application");
            return this;
        }

        /// Adds a handler of something else, such as a health check. Nothing guards it: no authenticator, no rule about hosts
        /// and origins. If it throws, the client gets 500.
        ///
        /// @param path  the path, matched exactly
        /// @param value the handler
        /// @return this
        /// @throws IllegalArgumentException if the path has a handler
        public Builder handler(String path, HttpHandler value) {
            if (handlers.putIfAbsent(requirePath(path), Objects.requireNonNull(value, "handler")) != null) {
                throw new IllegalArgumentException("path must have one handler: " + path);
            }
            return this;
        }

        /// Adds a handler as [#handler] does, whose answers can also be read by scripts of the origins that the MCP endpoint allows,
        /// such as OAuth metadata. Their preflight requests are answered as the endpoint answers them.
        ///
        /// @param path  the path, matched exactly
        /// @param value the handler
        /// @return this
        /// @throws IllegalArgumentException if the path has a handler
        public Builder crossOriginHandler(String path, HttpHandler value) {
            handler(path, value);
            crossOrigin.add(path);
            return this;
        }

        /// Who may call the MCP endpoint; anybody if not set. Nothing is minted, streamed or deleted for those whom it refuses.
        /// It is called after path, `Host` and `Origin` were checked, and interrupted after 30 s. A browser's preflight requests, which
        /// carry no credentials, are answered without it. A user owns what it creates as
        /// [Owner.principal(realm, user)][dev.mcpsession.Owner#principal(String, String)].
        ///
        /// @param value asks for credentials and says who the caller is
        /// @return this
        public Builder authenticator(Authenticator value) {
            authenticator = Objects.requireNonNull(value, "authenticator");
            return this;
        }

        /// Serves HTTPS instead of HTTP.
        ///
        /// @param value holds the server's key
        /// @return this
        public Builder https(HttpsConfigurator value) {
            https = Objects.requireNonNull(value, "https");
            return this;
        }

        /// How long a client may take to accept a piece of its answer; 10 s if not set.
        ///
        /// @param value the time
        /// @return this
        /// @throws IllegalArgumentException if it is not positive, or longer than a day
        public Builder writeTimeout(Duration value) {
            writeTimeout = Watchdog.requireWriteTimeout(value);
            return this;
        }

        /// Starts the server.
        ///
        /// @return a server that listens
        /// @throws IOException           if it cannot listen at the address
        /// @throws IllegalStateException if there is no endpoint, or another handler at its path
        public McpHttpServer start() throws IOException {
            if (application == null) throw new IllegalStateException("endpoint must be set");
            if (handlers.containsKey(sessions.path())) {
                throw new IllegalStateException("path must have one handler: " + sessions.path());
            }
            return new McpHttpServer(this);
        }

        private static String requirePath(String path) {
            if (!path.startsWith("/")) throw new IllegalArgumentException("path must begin with a slash: " + path);
            return path;
        }
    }
}
