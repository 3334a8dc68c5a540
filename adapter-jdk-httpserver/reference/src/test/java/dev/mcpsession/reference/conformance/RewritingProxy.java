package dev.mcpsession.reference.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/// A reverse proxy that rewrites event streams line by line, and nothing else. Thread-safe.
final class RewritingProxy implements Closeable {

    /// Headers that the JDK's client sets itself.
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection", "content-length", "expect", "host", "http2-settings", "transfer-encoding", "upgrade");

    private final URI server;
    private final UnaryOperator<String> rewriting;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer listener;

    /// @param server    the server behind the proxy
    /// @param rewriting maps a line without its line end to its replacement, which includes line ends and may be empty
    RewritingProxy(URI server, UnaryOperator<String> rewriting) throws IOException {
        this.server = server;
        this.rewriting = rewriting;
        listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        listener.setExecutor(threads);
        listener.createContext("/", this::forward);
        listener.start();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.getAddress().getPort() + path);
    }

    private void forward(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes());
            var request = HttpRequest.newBuilder(server.resolve(exchange.getRequestURI())).method(exchange.getRequestMethod(), body);
            copy(exchange.getRequestHeaders(), request::header);
            answer(client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()), exchange);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Copy {

        void add(String name, String value);
    }

    private static void copy(Map<String, List<String>> headers, Copy to) {
        headers.forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) values.forEach(value -> to.add(name, value));
        });
    }

    private void answer(HttpResponse<InputStream> response, HttpExchange exchange) throws IOException {
        copy(response.headers().map(), exchange.getResponseHeaders()::add);
        var isEventStream = response.headers().firstValue("Content-Type").filter("text/event-stream"::equals).isPresent();
        try (var in = response.body()) {
            if (isEventStream) {
                exchange.sendResponseHeaders(response.statusCode(), 0);
                rewrite(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)), exchange.getResponseBody());
            } else {
                var body = in.readAllBytes();
                exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private void rewrite(BufferedReader in, OutputStream out) throws IOException {
        out.flush(); // the headers
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            out.write(rewriting.apply(line).getBytes(StandardCharsets.UTF_8));
            if (!in.ready()) out.flush();
        }
    }

    @Override
    public void close() {
        listener.stop(0);
        client.shutdownNow();
        threads.shutdownNow();
    }
}
