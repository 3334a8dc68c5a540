package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLSession;

/// The exchange that a handler answers. Sending the head of the answer is watched.
///
/// Only this class wraps an exchange. [HttpExchange#setStreams] is enough to watch the body, but the head goes to the socket without
/// passing through any stream that can be set: a client that pipelines requests and never reads would block the answering thread
/// permanently, with or without a body.
///
/// Everything else is delegated, including the attributes. Used by one thread, like the exchange.
final class WatchedExchange extends HttpExchange {

    private final HttpExchange exchange;
    private final Head head;
    private final Watchdog.Watch watch;

    private WatchedExchange(HttpExchange exchange, Head head, Watchdog.Watch watch) {
        this.exchange = exchange;
        this.head = head;
        this.watch = watch;
    }

    /// Sends the head of the answer.
    @FunctionalInterface
    interface Head {

        void send(int status, long length) throws IOException;
    }

    /// Wraps an exchange. One over HTTPS remains an [HttpsExchange].
    static HttpExchange of(HttpExchange exchange, Head head, Watchdog.Watch watch) {
        var watched = new WatchedExchange(exchange, head, watch);
        return exchange instanceof HttpsExchange https ? new Https(watched, https) : watched;
    }

    @Override
    public Headers getRequestHeaders() {
        return exchange.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return exchange.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return exchange.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return exchange.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return exchange.getHttpContext();
    }

    @Override
    public void close() {
        try {
            watch.run(exchange::close); // reads the rest of the request
        } catch (IOException _) {
            // the watch records it, and fails the exchange when the handler returns
        }
    }

    @Override
    public InputStream getRequestBody() {
        return exchange.getRequestBody();
    }

    @Override
    public OutputStream getResponseBody() {
        return exchange.getResponseBody();
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        head.send(status, length);
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return exchange.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return exchange.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return exchange.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return exchange.getProtocol();
    }

    @Override
    public Object getAttribute(String name) {
        return exchange.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        exchange.setAttribute(name, value);
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
        exchange.setStreams(in, out);
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return exchange.getPrincipal();
    }

    /// A watched exchange over HTTPS. It has a class of its own because handlers test for [HttpsExchange].
    private static final class Https extends HttpsExchange {

        private final HttpExchange watched;
        private final HttpsExchange exchange;

        private Https(HttpExchange watched, HttpsExchange exchange) {
            this.watched = watched;
            this.exchange = exchange;
        }

        @Override
        public SSLSession getSSLSession() {
            return exchange.getSSLSession();
        }

        @Override
        public Headers getRequestHeaders() {
            return watched.getRequestHeaders();
        }

        @Override
        public Headers getResponseHeaders() {
            return watched.getResponseHeaders();
        }

        @Override
        public URI getRequestURI() {
            return watched.getRequestURI();
        }

        @Override
        public String getRequestMethod() {
            return watched.getRequestMethod();
        }

        @Override
        public HttpContext getHttpContext() {
            return watched.getHttpContext();
        }

        @Override
        public void close() {
            watched.close();
        }

        @Override
        public InputStream getRequestBody() {
            return watched.getRequestBody();
        }

        @Override
        public OutputStream getResponseBody() {
            return watched.getResponseBody();
        }

        @Override
        public void sendResponseHeaders(int status, long length) throws IOException {
            watched.sendResponseHeaders(status, length);
        }

        @Override
        public InetSocketAddress getRemoteAddress() {
            return watched.getRemoteAddress();
        }

        @Override
        public int getResponseCode() {
            return watched.getResponseCode();
        }

        @Override
        public InetSocketAddress getLocalAddress() {
            return watched.getLocalAddress();
        }

        @Override
        public String getProtocol() {
            return watched.getProtocol();
        }

        @Override
        public Object getAttribute(String name) {
            return watched.getAttribute(name);
        }

        @Override
        public void setAttribute(String name, Object value) {
            watched.setAttribute(name, value);
        }

        @Override
        public void setStreams(InputStream in, OutputStream out) {
            watched.setStreams(in, out);
        }

        @Override
        public HttpPrincipal getPrincipal() {
            return watched.getPrincipal();
        }
    }
}
