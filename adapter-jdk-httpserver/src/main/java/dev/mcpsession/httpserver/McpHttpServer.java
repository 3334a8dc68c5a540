package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.EventPublisher;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.memory.MemoryBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The JDK's HTTP server, set up for MCP: on loopback by default, with a virtual thread for each exchange, handlers that match their
/// path exactly, and bounds where the JDK has none.
///
/// [#start(HttpHandler)] starts a server with everything it needs, to which events are published. [#builder] is for applications that
/// configure their session store and broadcaster, or share them between replicas, and that publish to their broadcaster.
///
/// The JDK reads its limits from system properties, once per JVM. The first server sets those that are not set; see [#properties()].
/// That is too late if the application has created an [HttpServer] before.
///
/// The JVM's [com.sun.net.httpserver.spi.HttpServerProvider] creates the server. It must be the JDK's, or one that binds a server when it
/// creates it. Jetty's does not, and would never listen. If Jetty's jar is present for another reason, set the system property
/// `com.sun.net.httpserver.HttpServerProvider` to `sun.net.httpserver.DefaultHttpServerProvider`.
///
/// The server keeps the JVM alive if a non-daemon thread started it. Thread-safe.
public final class McpHttpServer implements EventPublisher, AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int DEFAULT_PORT = 8080;
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(2);

    private final SessionHandler sessions;
    private final Backend own; // null if the application opened its own
    private final Watchdog watchdog;
    private final JdkServer server;

    private McpHttpServer(Builder builder, Backend own) throws IOException {
        sessions = builder.sessions;
        this.own = own;
        watchdog = new Watchdog(builder.writeTimeout);
        server = new JdkServer(builder.address, builder.https, jdk -> addHandlers(jdk, builder));
    }

    private void addHandlers(HttpServer jdk, Builder builder) {
        var endpoint = new SessionHttpHandler(builder.application, sessions, watchdog);
        var handlers = new LinkedHashMap<>(builder.handlers);
        if (!sessions.path().equals("/")) handlers.putIfAbsent("/", exchange -> exchange.sendResponseHeaders(404, -1));
        handlers.forEach((path, handler) -> {
            var context = jdk.createContext(ExactPath.context(path), new ExactPath(path, handler, watchdog));
            if (builder.crossOrigin.contains(path)) context.getFilters().add(endpoint.crossOriginFilter());
        });
        var context = jdk.createContext(sessions.path(), endpoint);
        if (builder.authenticator == null) return;
        context.getFilters().add(endpoint.filter());
        context.setAuthenticator(builder.authenticator);
    }

    /// {@return a new server at `http://127.0.0.1:8080/mcp`, which keeps sessions and events in memory until it is closed}
    ///
    /// @param application answers the requests that are forwarded; the caller and its session are in [dev.mcpsession.Caller]
    /// @throws IOException if the port is in use
    public static McpHttpServer start(HttpHandler application) throws IOException {
        return start(DEFAULT_PORT, application);
    }

    /// {@return a new server like that of [#start(HttpHandler)], on another port}
    ///
    /// @param port        the port; 0 takes any free one
    /// @param application answers the requests that are forwarded
    /// @throws IOException if the port is in use
    public static McpHttpServer start(int port, HttpHandler application) throws IOException {
        var memory = new MemoryBackend().open(Backend.MEMORY, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT);
        var sessions = SessionHandler.builder(memory.store()).broadcaster(memory.broadcaster()).build();
        try {
            return new McpHttpServer(builder(sessions).address(new InetSocketAddress(LOOPBACK, port)).endpoint(application), memory);
        } catch (IOException | RuntimeException e) {
            sessions.close();
            memory.close();
            throw e;
        }
    }

    /// {@return a builder with the defaults}
    /// @param sessions decides on the requests to the MCP endpoint; is closed with the server
    public static Builder builder(SessionHandler sessions) {
        return new Builder(sessions);
    }

    /// {@inheritDoc} Throws [IllegalStateException] if the server was created by a [builder][#builder].
    @Override
    public EventId publish(Event event) {
        return events().publish(event);
    }

    /// {@inheritDoc} Throws [IllegalStateException] if the server was created by a [builder][#builder].
    @Override
    public EventId publish(String key, Event event) {
        return events().publish(key, event);
    }

    private EventPublisher events() {
        if (own == null) throw new IllegalStateException("a server that was built must be published to by its broadcaster");
        return own.broadcaster();
    }

    /// {@return the address at which the server listens, with the actual port if port 0 was configured}
    public InetSocketAddress address() {
        return server.address();
    }

    /// {@return the port on which the server listens}
    public int port() {
        return address().getPort();
    }

    /// {@return the URI of the MCP endpoint for a client on this machine, such as `http://127.0.0.1:8080/mcp`}
    public URI uri() {
        return uri(sessions.path());
    }

    /// {@return the URI of a path for a client on this machine, such as `http://127.0.0.1:8080/health`}
    ///
    /// @param path the path, which begins with a slash
    public URI uri(String path) {
        return server.uri(path);
    }

    /// {@return the limits of the JDK's server by system property, as the first server found or set them; empty before it}
    public static Map<String, String> properties() {
        return JdkProperties.inForce();
    }

    /// Closes without a client noticing: is not ready, serves everything until a router must have noticed, then [closes][#close(Duration)].
    /// @param notice how long everything is served: longer than a router takes to find that `/ready` fails
    /// @param grace  the longest time to wait for streams and calls after that
    /// @return whether all of them ended in time
    public boolean close(Duration notice, Duration grace) {
        sessions.withdraw();
        try {
            Thread.sleep(notice);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return close(grace);
    }

    /// Drains and closes: refuses new connections, ends the streams, waits for calls in flight until the grace period is over, then stops
    /// the server within seconds and interrupts the calls that are still running. Idempotent.
    /// @param grace the longest time to wait for streams and calls
    /// @return whether all of them ended in time
    public synchronized boolean close(Duration grace) {
        server.refuse(grace);
        var drained = sessions.close(grace);
        server.stop();
        if (own != null) own.close();
        return drained;
    }

    /// Drains for at most 2 s, and closes.
    @Override
    public void close() {
        close(DEFAULT_GRACE);
    }

    Watchdog watchdog() {
        return watchdog;
    }

    @Override
    public String toString() {
        return "McpHttpServer[" + uri() + "]";
    }

    /// Configures a server. Every setter checks its value and returns this builder. Not thread-safe.
    public static final class Builder {

        private final SessionHandler sessions;
        private final Map<String, HttpHandler> handlers = new LinkedHashMap<>();
        private final Set<String> crossOrigin = new HashSet<>();
        private InetSocketAddress address = new InetSocketAddress(LOOPBACK, DEFAULT_PORT);
        private HttpHandler application;
        private Authenticator authenticator;
        private HttpsConfigurator https;
        private Duration writeTimeout = Watchdog.DEFAULT_WRITE_TIMEOUT;

        private Builder(SessionHandler sessions) {
            this.sessions = Objects.requireNonNull(sessions, "sessions");
        }

        /// {@return this builder} Sets the address to listen at; `127.0.0.1:8080` by default. An address other than loopback also needs a
        /// [host policy][dev.mcpsession.http.HostPolicy] that allows the server's name.
        /// @param value the address; port 0 takes any free one
        /// @throws IllegalArgumentException if the address is unresolved
        public Builder address(InetSocketAddress value) {
            if (value.isUnresolved()) throw new IllegalArgumentException("address must be resolved: " + value);
            address = value;
            return this;
        }

        /// {@return this builder} Sets the handler of the MCP endpoint, which is at the [path][SessionHandler#path()] of the session
        /// handler. Required.
        /// @param value answers the requests that are forwarded
        public Builder endpoint(HttpHandler value) {
            application = Objects.requireNonNull(value, "application");
            return this;
        }

        /// {@return this builder} Adds a handler for another path, such as a health check. No authenticator guards it, and no rule about
        /// hosts and origins. If it throws, the client gets 500.
        /// @param path  the path, matched exactly; `/x/*` matches each path that has one segment after `/x/`
        /// @param value the handler
        /// @throws IllegalArgumentException if the path has a handler, or does not begin with a slash
        public Builder handler(String path, HttpHandler value) {
            if (!path.startsWith("/")) throw new IllegalArgumentException("path must begin with a slash: " + path);
            Objects.requireNonNull(value, "handler");
            if (path.equals(sessions.path()) || handlers.putIfAbsent(path, value) != null) {
                throw new IllegalArgumentException("path must have one handler: " + path);
            }
            return this;
        }

        /// {@return this builder} Adds a [handler][#handler] whose answers are readable to scripts of the origins that the MCP endpoint
        /// allows, such as one for OAuth metadata. Their preflight requests are answered as the endpoint answers them.
        /// @param path  the path, matched exactly
        /// @param value the handler
        /// @throws IllegalArgumentException if the path has a handler, or does not begin with a slash
        public Builder crossOriginHandler(String path, HttpHandler value) {
            handler(path, value);
            crossOrigin.add(path);
            return this;
        }

        /// {@return this builder} Sets the authenticator of the MCP endpoint; none by default. A caller that it refuses creates no
        /// session, opens no stream and deletes nothing. It runs after the checks of path, `Host` and `Origin`, and is interrupted after
        /// 30 s. Browsers' preflight requests, which carry no credentials, bypass it. The owner of a user's sessions is
        /// [Owner.principal(realm, user)][dev.mcpsession.Owner#principal(String, String)].
        /// @param value checks credentials
        public Builder authenticator(Authenticator value) {
            authenticator = Objects.requireNonNull(value, "authenticator");
            return this;
        }

        /// {@return this builder} Serves HTTPS instead of HTTP.
        /// @param value holds the server's key
        public Builder https(HttpsConfigurator value) {
            https = Objects.requireNonNull(value, "https");
            return this;
        }

        /// {@return this builder} Sets how long a client may take to accept a piece of its answer; 10 s by default.
        /// @param value the time
        /// @throws IllegalArgumentException if it is not positive, or longer than a day
        public Builder writeTimeout(Duration value) {
            writeTimeout = Watchdog.requireWriteTimeout(value);
            return this;
        }

        /// {@return a new server, already listening}
        ///
        /// @throws IOException           if the address is in use, or is not one of this machine
        /// @throws IllegalStateException if the endpoint is not set
        public McpHttpServer start() throws IOException {
            if (application == null) throw new IllegalStateException("endpoint must be set");
            return new McpHttpServer(this, null);
        }
    }
}
