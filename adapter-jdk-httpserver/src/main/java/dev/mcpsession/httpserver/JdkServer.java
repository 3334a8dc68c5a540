package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// A server of the JDK that runs each exchange in a virtual thread, and stops in bounded time.
final class JdkServer {

    private static final int BACKLOG = 1024;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);
    private static final int DAY_SECONDS = 86_400;
    private static final int ROUNDING_SECONDS = 2; // up, and to be later than the last answers
    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

    private final HttpServer server;
    private final InetSocketAddress address; // with the actual port
    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mcp-http-", 0).factory());
    private Thread refusing; // null until new connections are refused; ends when there are no requests

    /// @param https null for HTTP
    JdkServer(InetSocketAddress requested, HttpsConfigurator https, Consumer<HttpServer> contexts) throws IOException {
        JdkProperties.settle();
        server = https == null ? HttpServer.create(requested, BACKLOG) : HttpsServer.create(requested, BACKLOG);
        address = server.getAddress();
        server.setExecutor(executor);
        try {
            if (server instanceof HttpsServer secure) secure.setHttpsConfigurator(https);
            contexts.accept(server);
        } catch (RuntimeException | Error e) {
            executor.shutdownNow();
            server.start(); // otherwise the port is never released: only the server's own thread does that
            server.stop(0);
            throw e;
        }
        server.start();
    }

    InetSocketAddress address() {
        return address;
    }

    URI uri(String path) {
        var scheme = server instanceof HttpsServer ? "https" : "http";
        return URI.create(scheme + "://" + hostName(address.getAddress()) + ":" + address.getPort() + path);
    }

    private static String hostName(InetAddress host) {
        if (host.isAnyLocalAddress()) return "localhost";
        var literal = host.isLoopbackAddress() && host.getAddress().length > 4 ? "::1" : host.getHostAddress();
        return literal.contains(":") ? "[" + literal + "]" : literal;
    }

    /// Refuses new connections. Requests on open ones are served until there are none; then these close.
    ///
    /// @param atMost how long they are served, if [#stop] does not come before
    synchronized void refuse(Duration atMost) {
        if (refusing == null) refusing = stopping(Math.clamp(atMost.toSeconds(), 0, DAY_SECONDS) + ROUNDING_SECONDS);
    }

    /// Waits for the last answers, interrupts what is still running, and stops. Idempotent.
    ///
    /// The last step waits for nothing: after an answer was cut, the JDK counts its exchange permanently.
    synchronized void stop() {
        refuse(Duration.ZERO);
        var interrupted = !ends(refusing, LAST_ANSWERS);
        executor.shutdownNow();
        interrupted |= !ends(stopping(0), LONGEST_STOP);
        if (interrupted) Thread.currentThread().interrupt();
    }

    /// Stops in a thread of its own: with HTTPS the server may have to write to a client that does not read.
    private Thread stopping(int seconds) {
        return Thread.ofVirtual().name("mcp-http-stop").start(() -> server.stop(seconds));
    }

    /// {@return false if this thread was interrupted}
    private static boolean ends(Thread thread, Duration within) {
        try {
            thread.join(within);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }
}
