package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/// An application that writes its event streams itself, with one write and one flush for each event. It uses this library's server and
/// sessions, but no broadcaster, so that GET requests reach the application.
final class FeedStreams implements StreamServer {

    private final Feed feed;
    private final SessionHandler sessions = SessionHandler.builder(new InMemorySessionStore(SessionPolicy.DEFAULT)).build();
    private final AtomicInteger streams = new AtomicInteger();
    private final McpHttpServer server;

    FeedStreams(Feed feed) throws IOException {
        this.feed = feed;
        server = Servers.mcpSession(sessions, this::handle);
    }

    private void handle(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("GET")) {
            Servers.echo(exchange);
            return;
        }
        streams.incrementAndGet();
        try (var tap = feed.open()) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            write(tap, exchange.getResponseBody());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            streams.decrementAndGet();
        }
    }

    private static void write(Feed.Tap tap, OutputStream out) throws IOException, InterruptedException {
        out.write(CONNECTED.getBytes(US_ASCII));
        out.flush();
        while (true) writeNext(tap, out);
    }

    /// A separate method, so that it is compiled although the loop around it never returns.
    private static void writeNext(Feed.Tap tap, OutputStream out) throws IOException, InterruptedException {
        tap.writeNext(out);
        out.flush();
    }

    @Override
    public int port() {
        return server.address().getPort();
    }

    @Override
    public void publish(StreamEvent event) {
        feed.publish(event);
    }

    @Override
    public int streams() {
        return streams.get();
    }

    @Override
    public long lost() {
        return feed.lost();
    }

    @Override
    public void close() {
        feed.close();
        server.close();
    }
}
