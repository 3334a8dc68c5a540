package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What an application learns when its client closes the connection of a call, or cancels it.
class DisconnectTest {

    private static final long PATIENCE_SECONDS = 30;
    private static final String CANCELLED = """
            {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}""";

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);
    private final CompletableFuture<Throwable> learnt = new CompletableFuture<>();
    private final CompletableFuture<String> cancelled = new CompletableFuture<>();

    private void serve(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (body.contains("notifications/cancelled")) {
            cancelled.complete(Caller.current().session().orElseThrow().id().value());
            exchange.sendResponseHeaders(202, -1);
        } else if (body.equals(LIST_TOOLS)) {
            call(exchange);
        } else {
            Endpoint.answerSession(exchange);
        }
    }

    private void call(HttpExchange exchange) throws IOException {
        entered.countDown();
        try {
            assertTrue(left.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertFalse(Thread.currentThread().isInterrupted());
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(new byte[1000]);
                exchange.getResponseBody().flush();
            }
        } catch (IOException | InterruptedException e) {
            learnt.complete(e);
            throw new IOException(e);
        }
    }

    @Test
    void forward_clientCloses_runsOnUntilItWrites() throws Exception {
        try (var endpoint = new Endpoint(this::serve)) {
            var session = endpoint.initialize();
            try (var http = endpoint.connect()) {
                http.send(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)));
                assertTrue(entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            assertEquals(1, endpoint.sessions.stats().underWay());

            left.countDown();

            assertInstanceOf(IOException.class, learnt.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            await("nothing under way", () -> endpoint.sessions.stats().underWay() == 0);
            await("nothing watched", () -> endpoint.server.watchdog().watched() == 0);
            assertTrue(endpoint.isAlive(session));
        }
    }

    @Test
    void forward_cancelled_reachesTheApplicationWhileItAnswers() throws Exception {
        try (var endpoint = new Endpoint(this::serve)) {
            var session = endpoint.initialize();
            try (var http = endpoint.connect()) {
                http.send(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)));
                assertTrue(entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS));

                assertEquals(202, endpoint.exchange("POST", "/mcp", CANCELLED, JSON, idHeader(session)).status());

                assertEquals(session, cancelled.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
                await("the call alone is under way", () -> endpoint.sessions.stats().underWay() == 1);
            }
            left.countDown();
        }
    }
}
