package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.spi.JettyHttpServerProvider;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// Who makes a server, which has nothing but a context, as somebody's has who does not use [McpHttpServer].
enum Provider {

    JDK {
        @Override
        Listening listen(HttpHandler handler, Authenticator authenticator) throws IOException {
            return withThreads(HttpServerProvider.provider(), handler, authenticator);
        }
    },
    ROBAHO {
        @Override
        Listening listen(HttpHandler handler, Authenticator authenticator) throws IOException {
            return withThreads(new robaho.net.httpserver.DefaultHttpServerProvider(), handler, authenticator);
        }
    },
    /// Jetty binds late, and not at all if its server is given an executor, for this starts it before it has a port. So a
    /// server that has both already is lent to it.
    JETTY {
        @Override
        Listening listen(HttpHandler handler, Authenticator authenticator) throws IOException {
            var jetty = new Server(new VirtualThreadPool(JETTY_TASKS));
            var configuration = new HttpConfiguration();
            configuration.setHeaderCacheSize(0); // it would take 100 kB of heap for each connection
            var connector = new ServerConnector(jetty, new HttpConnectionFactory(configuration));
            connector.setHost("127.0.0.1");
            jetty.addConnector(connector);
            jetty.setHandler(new ContextHandlerCollection(true));
            run(jetty::start);
            var server = createWithin(jetty, connector.getLocalPort());
            serve(server, handler, authenticator);
            return new Listening(server.getAddress(), () -> {
                server.stop(0);
                run(jetty::stop);
            });
        }
    };

    private static final int JETTY_TASKS = 10_000;

    /// A server that listens.
    ///
    /// @param address where
    /// @param stop    ends it and its threads
    record Listening(InetSocketAddress address, Runnable stop) implements AutoCloseable {

        @Override
        public void close() {
            stop.run();
        }
    }

    /// Starts a server on a free port.
    abstract Listening listen(HttpHandler handler, Authenticator authenticator) throws IOException;

    private static Listening withThreads(HttpServerProvider provider, HttpHandler handler, Authenticator authenticator)
            throws IOException {
        var server = provider.createHttpServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        serve(server, handler, authenticator);
        return new Listening(server.getAddress(), () -> {
            server.stop(0);
            threads.shutdownNow();
        });
    }

    private static void serve(HttpServer server, HttpHandler handler, Authenticator authenticator) {
        server.createContext("/mcp", handler).setAuthenticator(authenticator);
        server.start();
    }

    /// The provider keeps the server to lend in a static field.
    private static synchronized HttpServer createWithin(Server jetty, int port) throws IOException {
        JettyHttpServerProvider.setServer(jetty);
        try {
            return new JettyHttpServerProvider().createHttpServer(new InetSocketAddress("127.0.0.1", port), 0);
        } finally {
            JettyHttpServerProvider.setServer(null);
        }
    }

    private interface Step {

        void run() throws Exception;
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
