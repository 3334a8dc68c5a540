package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.dialog.AnswerStream;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Answers of calls over real connections.
@Timeout(60)
class ExchangeAnswerTest {

    private static final String ACCEPT = "Accept: application/json, text/event-stream";
    private static final String RESULT = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}";
    private static final String PROGRESS = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}";

    @AutoClose
    private final StripedBroadcaster broadcaster =
            new StripedBroadcaster(BroadcasterOptions.builder().heartbeat(Duration.ofMillis(50)).build());

    @AutoClose
    private final ClientRequests requests = ClientRequests.builder(broadcaster).build();

    private final AtomicReference<AnswerStream> last = new AtomicReference<>();

    /// Answers a call.
    private interface Tool {

        void call(AnswerStream answer) throws Exception;
    }

    private Endpoint endpoint(Tool tool) throws IOException {
        return new Endpoint(new InMemorySessionStore(SessionPolicy.DEFAULT), exchange -> handle(exchange, tool), rules -> rules,
                http -> http.writeTimeout(Duration.ofSeconds(1)));
    }

    private void handle(HttpExchange exchange, Tool tool) throws IOException {
        var message = (Json.Obj) Json.parse(exchange.getRequestBody().readAllBytes());
        var id = message.get("id").orElseThrow();
        try (var answer = requests.answer(id, new ExchangeAnswer(exchange))) {
            if (!message.string("method").orElseThrow().equals("initialize")) {
                last.set(answer);
                tool.call(answer);
            }
            answer.response(Json.obj().with("jsonrpc", "2.0").with("id", id).with("result", Json.obj()));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static void progress(AnswerStream answer) {
        answer.notification("notifications/progress", Json.obj());
    }

    private static RawHttp call(Endpoint endpoint, String session, String... headers) throws IOException {
        var http = endpoint.connect();
        var all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = Endpoint.JSON;
        all[headers.length + 1] = Endpoint.idHeader(session);
        http.send(RawHttp.request("POST", "/mcp", Messages.LIST_TOOLS, all));
        return http;
    }

    @Test
    void response_alone_isJsonOnAConnectionThatStaysOpen() throws Exception {
        try (var endpoint = endpoint(_ -> {}); var http = call(endpoint, endpoint.initialize(), ACCEPT)) {
            var response = http.read();

            assertEquals(RESULT, response.body());
            assertEquals("application/json", response.header("Content-Type").orElseThrow());
            assertTrue(response.header("Connection").isEmpty());
        }
    }

    @Test
    void notification_acceptNamesAnEventStream_isOne() throws Exception {
        try (var endpoint = endpoint(ExchangeAnswerTest::progress); var http = call(endpoint, endpoint.initialize(), ACCEPT)) {
            var head = http.readHead();
            assertEquals("text/event-stream", head.header("Content-Type").orElseThrow());
            assertEquals("no-cache", head.header("Cache-Control").orElseThrow());
            assertEquals("no", head.header("X-Accel-Buffering").orElseThrow());
            assertEquals("event: message\ndata: " + PROGRESS + "\n\n", http.readChunk().orElseThrow());
            assertEquals("event: message\ndata: " + RESULT + "\n\n", http.readChunk().orElseThrow());
            assertTrue(http.readChunk().isEmpty());
        }
    }

    @Test
    void notification_acceptNamesNoEventStream_isDropped() throws Exception {
        try (var endpoint = endpoint(ExchangeAnswerTest::progress)) {
            var session = endpoint.initialize();
            for (var accept : new String[] {"Accept: application/json", "Accept: */*", "Accept: text/event-stream;q=0, */*", "X: no Accept"}) {
                try (var http = call(endpoint, session, accept)) {
                    assertEquals(RESULT, http.read().body(), accept);
                }
            }
        }
    }

    @Test
    void heartbeat_silentTool_beginsTheStream() throws Exception {
        var done = new CountDownLatch(1);
        try (var endpoint = endpoint(_ -> done.await()); var http = call(endpoint, endpoint.initialize(), ACCEPT)) {
            http.readHead();
            for (var i = 0; i < 3; i++) assertEquals(": keep-alive\n", http.readChunk().orElseThrow());
            done.countDown();

            http.readUntil("event: message\ndata: " + RESULT + "\n\n");
        }
    }

    @Test
    void close_withoutResponse_isSeenAsACut() throws Exception {
        try (var endpoint = endpoint(answer -> {
            progress(answer);
            throw new IllegalStateException("a tool that fails, as this test wants it");
        }); var http = call(endpoint, endpoint.initialize(), ACCEPT)) {
            http.readHead();
            http.readChunk();

            assertThrows(IOException.class, http::readChunk);
        }
    }

    @Test
    void notification_clientDoesNotRead_isFreedByTheWriteTimeout() throws Exception {
        var padding = Json.obj().with("padding", "x".repeat(200_000));
        var freed = new CountDownLatch(1);
        try (var endpoint = endpoint(answer -> {
            while (answer.notification("notifications/progress", padding)) {
                // until the client's patience is over
            }
            freed.countDown();
        }); var stalled = new Socket()) {
            stalled.setReceiveBufferSize(4 << 10);
            stalled.connect(endpoint.address);
            var http = new RawHttp(stalled);
            http.send(RawHttp.request("POST", "/mcp", Messages.LIST_TOOLS, ACCEPT, Endpoint.JSON, Endpoint.idHeader(endpoint.initialize())));

            freed.await();

            assertFalse(last.get().isCancelled());
            await("no open answers", () -> requests.openAnswers() == 0);
        }
    }

    /// A closed connection is a cancellation in 2026-07-28, and none before.
    @Test
    void client_gone_cancelsAStatelessCallAlone() throws Exception {
        var interrupted = new CountDownLatch(1);
        try (var endpoint = endpoint(answer -> {
            try {
                answer.interruptibly(() -> {
                    while (answer.caller().session().isEmpty() || answer.notification("notifications/progress", Json.obj())) Thread.sleep(20);
                    return null;
                });
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        })) {
            var ofSession = call(endpoint, endpoint.initialize(), ACCEPT);
            ofSession.readHead();
            var answer = last.get();
            ofSession.close();
            await("the tool to notice", () -> requests.openAnswers() == 0);
            assertFalse(answer.isCancelled());

            var stateless = endpoint.connect();
            stateless.send(RawHttp.request("POST", "/mcp", Messages.stateless("2", "tools/list", ""), ACCEPT, Endpoint.JSON,
                    "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/list"));
            stateless.readHead();
            stateless.close();
            interrupted.await();
        }
    }
}
