package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.answer;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.Await;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class McpHttpServerTest {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private static Endpoint withHandlers() throws IOException {
        return new Endpoint(new InMemorySessionStore(SessionPolicy.DEFAULT), Endpoint::answerSession, b -> b, b -> b
                .handler("/health", exchange -> answer(exchange, 200, "well"))
                .handler("/mcp/health", exchange -> answer(exchange, 200, "also well"))
                .handler("/broken", _ -> {
                    throw new AssertionError("on purpose");
                })
                .handler("/silent", _ -> {}));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            /health,        200, well
            /health?x=y,    200, well
            /mcp/health,    200, also well
            /healthy,       404, ''
            /health/,       404, ''
            /health/../mcp, 404, ''
            /mcp/healthy,   404, ''
            /,              404, ''
            /elsewhere,     404, ''
            ///health,      404, ''
            /x///health,    404, ''
            //a/health,     404, ''
            /./health,      404, ''
            /%68ealth,      404, ''
            /health;x,      404, ''
            /health%3f,     404, ''
            /health%23x,    404, ''
            /health#x,      404, ''
            /Health,        404, ''
            http://127.0.0.1/health,     200, well
            HTTP://127.0.0.1/health?x=y, 200, well
            http://127.0.0.1//health,    404, ''
            http:/health,                404, ''
            http:///health,              404, ''
            ftp://127.0.0.1/health,      404, ''
            """)
    void handler_anyPath_isMatchedExactly(String target, int status, String body) throws IOException {
        try (var endpoint = withHandlers(); var http = endpoint.connect()) {
            for (var i = 0; i < 2; i++) {
                var response = http.exchange(RawHttp.request("GET", target, ""));

                assertEquals(status, response.status());
                assertEquals(body, response.body());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"///mcp", "/%6dcp", "/mcp/", "/mcp;x", "/mcp/../mcp", "/mcp%2f", "/mcp#x"})
    void endpoint_anotherSpellingOfItsPath_isNotFound(String target) throws IOException {
        try (var endpoint = new Endpoint()) {
            var response = endpoint.exchange("POST", target, Messages.INITIALIZE, JSON);

            assertEquals(404, response.status());
            assertEquals("application/json", response.header("Content-Type").orElseThrow());
            assertEquals(0, endpoint.store.heldCount());
        }
    }

    @Test
    void endpoint_absoluteFormTarget_countsInsteadOfHost() throws IOException {
        try (var endpoint = new Endpoint()) {
            assertEquals(200, endpoint.exchange("POST", "http://localhost:1/mcp", Messages.INITIALIZE, JSON).status());
            assertEquals(200, endpoint.exchange("POST", "http://localhost:1/mcp", Messages.INITIALIZE, JSON, "Host: evil.example").status());
            assertEquals(403, endpoint.exchange("POST", "http://evil.example/mcp", Messages.INITIALIZE, JSON).status());
            assertEquals(400, endpoint.exchange("POST", "http://me@localhost/mcp", Messages.INITIALIZE, JSON).status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+5", "-0", "0x5", "\u000b+5", ""})
    void handler_lengthThatIsNoNumber_is400AndTheEnd(String length) throws IOException {
        for (var path : List.of("/health", "/mcp")) {
            try (var endpoint = withHandlers(); var http = endpoint.connect()) {
                http.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length:" + length + "\r\n\r\n"
                        + (length.endsWith("0") ? "" : "12345") + RawHttp.request("GET", "/health", ""));

                assertEquals(400, http.read().status());
                assertTrue(http.isAtEnd());
            }
        }
    }

    @Test
    void handler_lineEndWithinTheRequestLine_is400AndTheEnd() throws IOException {
        try (var endpoint = withHandlers(); var http = endpoint.connect()) {
            http.send("POST /health HTTP/1.1\nContent-Length: 40\r\nHost: localhost\r\n\r\n" + RawHttp.request("GET", "/health", ""));

            assertEquals(400, http.read().status());
            assertTrue(http.isAtEnd());
        }
    }

    @Test
    void handler_thatFails_is500() throws IOException {
        try (var endpoint = withHandlers(); var http = endpoint.connect()) {
            for (var i = 0; i < 10; i++) {
                assertEquals(500, http.exchange(RawHttp.request("POST", "/broken", "a body")).status());
                assertEquals(500, http.exchange(RawHttp.request("GET", "/silent", "")).status());
            }
        }
    }

    @Test
    void uri_ofAnyAddress_canBeCalled() throws IOException {
        for (var host : List.of("127.0.0.1", "0.0.0.0")) {
            try (var sessions = handler(); var server = McpHttpServer.builder(sessions)
                    .address(new InetSocketAddress(host, 0)).endpoint(Endpoint::answerSession).start()) {
                var name = host.equals("0.0.0.0") ? "localhost" : host;
                assertEquals(URI.create("http://" + name + ":" + server.address().getPort() + "/mcp"), server.uri("/mcp"));
            }
        }
    }

    private static SessionHandler handler() {
        return SessionHandler.builder(new InMemorySessionStore(SessionPolicy.DEFAULT)).build();
    }

    @Test
    void properties_afterTheFirstStart_areSetAndTold() throws IOException {
        try (var _ = new Endpoint()) {
            var properties = McpHttpServer.properties();

            assertEquals("true", properties.get("sun.net.httpserver.nodelay"));
            assertEquals("30", properties.get("sun.net.httpserver.maxReqTime"));
            assertEquals("32768", properties.get("sun.net.httpserver.maxReqHeaderSize"));
            assertEquals("200", properties.get("sun.net.httpserver.maxReqHeaders"));
            assertEquals("75", properties.get("sun.net.httpserver.idleInterval"));
            assertTrue(properties.keySet().containsAll(List.of("sun.net.httpserver.maxIdleConnections", "jdk.httpserver.maxConnections")));
            assertFalse(properties.containsKey("sun.net.httpserver.maxRspTime"));
            properties.forEach((name, value) -> assertEquals(value, System.getProperty(name)));
            assertThrows(UnsupportedOperationException.class, () -> properties.put("a", "b"));
        }
    }

    @Test
    void start_withoutAnEndpoint_isRefused() {
        try (var sessions = handler()) {
            assertThrows(IllegalStateException.class, McpHttpServer.builder(sessions)::start);
        }
    }

    @Test
    void builder_wrongValue_isRefusedWhereItIsSet() {
        try (var sessions = handler()) {
            var builder = McpHttpServer.builder(sessions).handler("/health", _ -> {});

            for (var path : List.of("/mcp", "/health", "health", "")) {
                assertThrows(IllegalArgumentException.class, () -> builder.handler(path, _ -> {}), path);
                assertThrows(IllegalArgumentException.class, () -> builder.crossOriginHandler(path, _ -> {}), path);
            }
            var unresolved = InetSocketAddress.createUnresolved("localhost", 0);
            assertThrows(IllegalArgumentException.class, () -> builder.address(unresolved));
            assertThrows(NullPointerException.class, () -> builder.endpoint(null));
        }
    }

    @Test
    void start_withAHandlerAlone_servesSessionsAndStreams() throws IOException {
        try (var server = McpHttpServer.start(0, Endpoint::answerSession)) {
            var created = RawHttp.exchange(server.address(), RawHttp.request("POST", "/mcp", Messages.INITIALIZE, JSON));
            var session = created.header("Mcp-Session-Id").orElseThrow();
            try (var stream = Endpoint.stream(RawHttp.connect(server.address()), session)) {
                server.publish(Event.toolsChanged());

                stream.readUntil("notifications/tools/list_changed");
            }
            assertEquals(session, created.body());
            assertEquals(URI.create("http://127.0.0.1:" + server.port() + "/mcp"), server.uri());
            assertEquals("McpHttpServer[" + server.uri() + "]", server.toString());
        }
    }

    @Test
    void start_asTheDocumentationShows_works() throws IOException {
        HttpHandler yourHandler = Endpoint::answerSession;
        // @start region="start"
        try (var server = McpHttpServer.start(0, yourHandler)) { // on any free port; the session is Caller.current().session()
            server.publish(Event.toolsChanged()); // to every open stream
        }
        // @end
    }

    @Test
    void start_withAHandlerAlone_ownsWhatItStarted() throws IOException {
        var server = McpHttpServer.start(0, Endpoint::answerSession);

        assertThrows(BindException.class, () -> McpHttpServer.start(server.port(), Endpoint::answerSession));
        assertThrows(NullPointerException.class, () -> McpHttpServer.start(0, null));
        server.close();

        assertThrows(BroadcasterClosedException.class, () -> server.publish(Event.toolsChanged()));
    }

    @Test
    void publish_ofAServerThatWasBuilt_isRefused() throws IOException {
        try (var endpoint = new Endpoint()) {
            assertThrows(IllegalStateException.class, () -> endpoint.server.publish(Event.toolsChanged()));
        }
    }

    @Test
    void writeTimeout_outOfBounds_isRefused() {
        try (var sessions = handler()) {
            var builder = McpHttpServer.builder(sessions).writeTimeout(Duration.ofDays(1));

            for (var wrong : List.of(Duration.ZERO, Duration.ofDays(1).plusNanos(1), ChronoUnit.FOREVER.getDuration())) {
                assertThrows(IllegalArgumentException.class, () -> builder.writeTimeout(wrong));
                assertThrows(IllegalArgumentException.class, () -> new SessionHttpHandler(_ -> {}, sessions, wrong));
            }
        }
    }

    @Test
    void start_thatFails_leavesTheAddressFree() throws Exception {
        var unfit = new HttpsConfigurator(SSLContext.getDefault()) {
            @Override
            public SSLContext getSSLContext() {
                throw new IllegalStateException("on purpose");
            }
        };
        InetSocketAddress address;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new InetSocketAddress("127.0.0.1", free.getLocalPort());
        }
        try (var sessions = handler()) {
            var builder = McpHttpServer.builder(sessions).address(address).endpoint(_ -> {});

            assertThrows(IllegalStateException.class, builder.https(unfit)::start);

            McpHttpServer.builder(sessions).address(address).endpoint(_ -> {}).start().close();
        }
    }

    @Test
    void start_addressInUse_isRefused() throws IOException {
        try (var endpoint = new Endpoint(); var sessions = handler()) {
            var second = McpHttpServer.builder(sessions).address(endpoint.address).endpoint(_ -> {});

            assertThrows(BindException.class, second::start);
        }
    }

    @Test
    void close_openStreams_endsThemWithAHintAndKeepsSessions() throws IOException {
        var endpoint = new Endpoint();
        var session = endpoint.initialize();
        try (var stream = endpoint.stream(session)) {
            assertTrue(endpoint.server.close(GRACE));

            stream.readUntil("retry: ");
            assertTrue(stream.readChunk().isEmpty());
            assertTrue(endpoint.isAlive(session));
            assertThrows(ConnectException.class, endpoint::connect);
        }
        assertTrue(endpoint.server.close(GRACE));
        endpoint.close();
    }

    /// A request that a server has accepted is answered; otherwise a proxy, which must not repeat it, answers 502.
    @Test
    void close_callInFlight_letsItFinishAndRefusesConnectionsMeanwhile() throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var slow = new AtomicReference<>(false);
        try (var endpoint = new Endpoint(exchange -> {
            if (slow.get()) await(entered, leave);
            Endpoint.answerSession(exchange);
        })) {
            var session = endpoint.initialize();
            var call = RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session));
            try (var http = endpoint.connect(); var open = endpoint.connect()) {
                assertEquals(200, open.exchange(call).status());
                slow.set(true);
                http.send(call);
                entered.await();
                slow.set(false);
                var closing = Thread.ofVirtual().start(() -> endpoint.server.close(GRACE));
                Await.await("new connections are refused", () -> refuses(endpoint));

                var served = open.exchange(call);
                assertEquals(session, served.body());
                assertEquals(Optional.of("close"), served.header("Connection"));
                leave.countDown();
                assertEquals(session, http.read().body());
                assertTrue(closing.join(GRACE));
                assertTrue(endpoint.server.close(GRACE));
            }
        }
    }

    private static boolean refuses(Endpoint endpoint) {
        try (var _ = endpoint.connect()) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void close_withNotice_servesEverythingMeanwhileAndKeepsNoConnection() throws Exception {
        try (var endpoint = new Endpoint()) {
            var session = endpoint.initialize();
            var closing = Thread.ofVirtual().start(() -> endpoint.server.close(Duration.ofHours(1), GRACE));
            Await.await("not ready", () -> !endpoint.sessions.isReady());

            var other = endpoint.initialize();
            try (var _ = endpoint.stream(session); var http = endpoint.connect()) {
                var served = http.exchange(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(other)));
                assertEquals(Optional.of("close"), served.header("Connection"));
                assertTrue(http.isAtEnd());
            }
            closing.interrupt(); // ends the notice
            assertTrue(closing.join(GRACE));
        }
    }

    private static void await(CountDownLatch entered, CountDownLatch leave) throws IOException {
        entered.countDown();
        try {
            leave.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void close_callThatNeverEnds_isInterruptedAfterTheGrace() throws Exception {
        var entered = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        try (var endpoint = new Endpoint(_ -> {
            try {
                await(entered, new CountDownLatch(1));
            } catch (IOException e) {
                interrupted.countDown();
                throw e;
            }
        }); var http = endpoint.connect()) {
            http.send(RawHttp.request("POST", "/mcp", Messages.INITIALIZE, JSON));
            entered.await();

            assertFalse(endpoint.server.close(Duration.ofMillis(100)));
            assertTrue(interrupted.await(GRACE.toSeconds(), TimeUnit.SECONDS));
        }
    }

    @Test
    void close_connectionsInEveryState_isQuickManyTimesInARow() throws IOException {
        var start = System.nanoTime();
        for (var i = 0; i < 20; i++) {
            var endpoint = withHandlers();
            try (var idle = endpoint.connect(); var silent = endpoint.connect();
                    var _ = endpoint.stream(endpoint.initialize())) {
                assertEquals(200, idle.exchange(RawHttp.request("GET", "/health", "")).status());
                endpoint.close();
                assertTrue(silent.isAtEnd());
            }
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, took::toString);
    }
}
