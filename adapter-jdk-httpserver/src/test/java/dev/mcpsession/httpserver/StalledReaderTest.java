package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.StreamEnd;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that open a stream and never read it are ended, and nobody else notices.
class StalledReaderTest {

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SLACK = Duration.ofSeconds(10);
    private static final int EVENTS = 100;
    private static final String NOTIFICATION = """
            {"jsonrpc":"2.0","method":"notifications/initialized"}""";
    private static final int SMALL = 4 << 10;
    private static final int LARGE = 1 << 20;
    private static final Json.Str PADDING = new Json.Str("x".repeat(60_000)); // what a kernel takes is some 4 MB

    private final List<AutoCloseable> opened = new ArrayList<>();

    /// Makes the connection of a client.
    @FunctionalInterface
    private interface Connector {
        Socket over(Socket plain) throws IOException;
    }

    @Test
    void stream_stalledReaders_areFreedInTime() throws Exception {
        freesStalledReaders(b -> b, plain -> plain, 50, 10);
    }

    @Test
    void stream_stalledReadersOverHttps_areFreedInTime(@TempDir Path directory) throws Exception {
        var tls = SelfSigned.in(directory);
        freesStalledReaders(b -> b.https(new HttpsConfigurator(tls.server())),
                plain -> tls.client().getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true), 20, 3);
    }

    private static Socket connect(InetSocketAddress address, int receiveBuffer) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.connect(address);
        return socket;
    }

    private void freesStalledReaders(UnaryOperator<McpHttpServer.Builder> http, Connector connector, int stalled, int reading)
            throws Exception {
        var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        try (var endpoint = new Endpoint(store, Endpoint::answerSession, b -> b, b -> http.apply(b).writeTimeout(WRITE_TIMEOUT));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < stalled; i++) openStream(endpoint, connector, SMALL);
            var received = new CountDownLatch[EVENTS];
            for (var i = 0; i < EVENTS; i++) received[i] = new CountDownLatch(reading);
            for (var i = 0; i < reading; i++) {
                var stream = openStream(endpoint, connector, LARGE);
                threads.submit(() -> readAll(stream, received));
            }
            for (var i = 0; i < EVENTS; i++) {
                endpoint.broadcaster.publish(numbered(i));
                assertTrue(received[i].await(SLACK.toSeconds(), TimeUnit.SECONDS), "event " + i + " was held up");
            }
            var start = System.nanoTime();
            await("all stalled streams ended", () -> timedOut(endpoint) == stalled);

            var took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(WRITE_TIMEOUT.plusSeconds(1).plus(SLACK)) < 0, took::toString);
            await("places of stalled streams given back", () -> endpoint.sessions.stats().streams().open() == reading);
            assertEquals(stalled, endpoint.server.watchdog().freed());
            await("only readers are watched", () -> endpoint.server.watchdog().watched() == reading);
            assertTrue(endpoint.server.close(SLACK));
        } finally {
            for (var stream : opened) stream.close();
        }
    }

    private static Event numbered(int i) {
        return Event.of("notifications/test", Json.obj().with("number", i + ".").with("padding", PADDING));
    }

    private static long timedOut(Endpoint endpoint) {
        return endpoint.sessions.stats().streams().ended().get(StreamEnd.WRITE_TIMEOUT);
    }

    private RawHttp openStream(Endpoint endpoint, Connector connector, int receiveBuffer) throws IOException {
        var http = new RawHttp(connector.over(connect(endpoint.address, receiveBuffer)));
        opened.add(http);
        var initialized = http.exchange(RawHttp.request("POST", "/mcp", Messages.INITIALIZE, JSON));
        return Endpoint.stream(http, initialized.header("Mcp-Session-Id").orElseThrow());
    }

    private static Void readAll(RawHttp stream, CountDownLatch[] received) throws IOException {
        for (var i = 0; i < received.length; i++) {
            stream.readUntil("\"number\":\"" + i + ".\"");
            received[i].countDown();
        }
        while (stream.readChunk().isPresent()) Thread.onSpinWait();
        return null;
    }

    /// The same guard holds for what the application writes.
    @Test
    void forward_stalledReader_freesTheApplication() throws Exception {
        var freed = new CountDownLatch(1);
        var stalls = new AtomicBoolean();
        var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        try (var endpoint = new Endpoint(store, exchange -> {
            if (!stalls.get()) {
                Endpoint.answerSession(exchange);
                return;
            }
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                assertThrows(IOException.class, () -> {
                    while (true) out.write(new byte[1 << 20]);
                });
                freed.countDown();
            }
        }, b -> b, b -> b.writeTimeout(Duration.ofSeconds(1)))) {
            var session = endpoint.initialize();
            stalls.set(true);
            try (var http = new RawHttp(connect(endpoint.address, SMALL))) {
                http.send(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)));

                assertTrue(freed.await(SLACK.toSeconds(), TimeUnit.SECONDS));
                await("nothing under way", () -> endpoint.sessions.stats().underWay() == 0);
                await("no watch left", () -> endpoint.server.watchdog().watched() == 0);
            }
        }
    }

    @Test
    void forward_stalledReaderOfHeads_freesTheApplication() throws Exception {
        freesStalledReaderOfHeads(b -> b, plain -> plain);
    }

    @Test
    void forward_stalledReaderOfHeadsOverHttps_freesTheApplication(@TempDir Path directory) throws Exception {
        var tls = SelfSigned.in(directory);
        freesStalledReaderOfHeads(b -> b.https(new HttpsConfigurator(tls.server())),
                plain -> tls.client().getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true));
    }

    /// Answers without a body are no other way to hold a thread: a client need only ask for many, and read none.
    private static void freesStalledReaderOfHeads(UnaryOperator<McpHttpServer.Builder> http, Connector connector) throws Exception {
        var secure = ConcurrentHashMap.<Boolean>newKeySet();
        var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        try (var endpoint = new Endpoint(store, exchange -> {
            secure.add(exchange instanceof HttpsExchange https && https.getSSLSession().isValid());
            exchange.getResponseHeaders().set("X-Padding", "x".repeat(30_000));
            exchange.sendResponseHeaders(202, -1);
        }, b -> b, b -> http.apply(b).writeTimeout(Duration.ofSeconds(1)));
                var client = new RawHttp(connector.over(connect(endpoint.address, SMALL)))) {
            client.send(RawHttp.request("POST", "/mcp", Messages.INITIALIZE, JSON));
            var session = client.readHead().header("Mcp-Session-Id").orElseThrow();
            for (var i = 0; i < 300; i++) client.send(RawHttp.request("POST", "/mcp", NOTIFICATION, JSON, idHeader(session)));

            await("thread freed", () -> endpoint.server.watchdog().freed() == 1);
            await("nothing under way", () -> endpoint.sessions.stats().underWay() == 0);
            await("no watch left", () -> endpoint.server.watchdog().watched() == 0);
            assertEquals(Set.of(endpoint.server.uri("/").getScheme().equals("https")), secure);
        }
    }
}
