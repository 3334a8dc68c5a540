package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.contract.Messages.INITIALIZE;
import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An application that fails costs its client one answer, and the server nothing.
class FailureTest {

    private static final int ROUNDS = 30;

    private final AtomicReference<HttpHandler> application = new AtomicReference<>(Endpoint::answerSession);
    private Endpoint endpoint;
    private String session;

    @BeforeEach
    void start() throws IOException {
        endpoint = new Endpoint(exchange -> application.get().handle(exchange));
        session = endpoint.initialize();
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    enum Failure implements HttpHandler {
        EXCEPTION {
            @Override
            public void handle(HttpExchange exchange) {
                throw new IllegalStateException("on purpose");
            }
        },
        IO_EXCEPTION {
            @Override
            public void handle(HttpExchange exchange) throws IOException {
                throw new IOException("on purpose");
            }
        },
        ASSERTION_ERROR {
            @Override
            public void handle(HttpExchange exchange) {
                throw new AssertionError("on purpose");
            }
        },
        STACK_OVERFLOW {
            @Override
            public void handle(HttpExchange exchange) {
                descend(0);
            }

            private long descend(long depth) {
                return depth + descend(depth + 1);
            }
        },
        BAD_HEADER {
            @Override
            public void handle(HttpExchange exchange) throws IOException {
                exchange.getResponseHeaders().set("X-Name", "J\u0142");
                exchange.sendResponseHeaders(200, -1);
            }
        },
        INTERRUPTED {
            @Override
            public void handle(HttpExchange exchange) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("on purpose, interrupted");
            }
        },
        NO_ANSWER {
            @Override
            public void handle(HttpExchange exchange) {
                // returns without one
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void handle_applicationFails_is500AndServesOn(Failure failure) throws IOException {
        try (var http = endpoint.connect()) {
            for (var i = 0; i < ROUNDS; i++) {
                application.set(failure);
                var failed = http.exchange(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)));
                application.set(Endpoint::answerSession);
                var next = http.exchange(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)));

                assertEquals(500, failed.status());
                assertEquals("application/json", failed.header("Content-Type").orElseThrow());
                assertTrue(failed.body().contains("\"id\":null,\"error\":{\"code\":-32603"), failed::toString); // its body was not read
                assertEquals(session, next.body());
            }
        }
        await("nothing under way", () -> endpoint.sessions.stats().underWay() == 0);
        assertTrue(endpoint.server.close(Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @EnumSource
    void handle_initializeFails_leavesNoSession(Failure failure) throws IOException {
        application.set(failure);

        var response = endpoint.exchange("POST", "/mcp", INITIALIZE, JSON, "Origin: http://localhost:1");

        assertEquals(500, response.status());
        assertTrue(response.body().contains("\"id\":1,"), response::body);
        assertEquals(Optional.empty(), response.header("Mcp-Session-Id"));
        assertEquals("http://localhost:1", response.header("Access-Control-Allow-Origin").orElseThrow());
        await("session deleted", () -> endpoint.store.liveCount() == 1);
    }

    @Test
    void handle_failureInTheMiddleOfTheAnswer_doesNotLookComplete() throws IOException {
        application.set(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("half of the ans".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IllegalStateException("on purpose");
        });
        for (var i = 0; i < ROUNDS; i++) {
            try (var http = endpoint.connect()) {
                http.send(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)));

                assertEquals(200, http.readHead().status());
                assertEquals("half of the ans", http.readChunk().orElseThrow());
                assertThrows(EOFException.class, http::readChunk);
            }
        }
        await("nothing under way", () -> endpoint.sessions.stats().underWay() == 0);
    }

    @Test
    void handle_answerIsCompleteWhenTheApplicationFails_isDelivered() throws IOException {
        application.set(exchange -> {
            Endpoint.answer(exchange, 200, "all of it");
            throw new IllegalStateException("on purpose");
        });

        assertEquals("all of it", endpoint.call(session).body());
    }

    /// After an answer that is complete the connection may be serving another request: it is not cut.
    @Test
    void handle_answerIsCompleteWhenTheApplicationFails_keepsTheConnection() throws IOException {
        application.set(exchange -> {
            Endpoint.answer(exchange, 200, "all of it");
            throw new IllegalStateException("on purpose");
        });
        try (var http = endpoint.connect()) {
            for (var i = 0; i < ROUNDS; i++) {
                var response = http.exchange(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session)));
                assertEquals("all of it", response.body());
            }
        }
    }

    @Test
    void handle_resolverFails_is500() throws IOException {
        var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        try (var broken = new Endpoint(store, Endpoint::answerSession, b -> b.owners(_ -> {
            throw new IllegalStateException("on purpose");
        }), b -> b)) {
            for (var i = 0; i < ROUNDS; i++) {
                var response = broken.exchange("POST", "/mcp", INITIALIZE, JSON);
                assertEquals(500, response.status());
                assertTrue(response.body().contains("\"id\":null"), response::body);
            }
            assertEquals(0, store.heldCount());
        }
    }

    @Test
    void handle_onAPoolOfThreads_leavesNoInterruptBehind() throws IOException {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        var seen = new AtomicReference<>(false);
        try (var pool = Executors.newSingleThreadExecutor(); var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
                var broadcaster = new StripedBroadcaster();
                var sessions = SessionHandler.builder(store).broadcaster(broadcaster).build()) {
            server.setExecutor(task -> pool.execute(() -> {
                seen.set(seen.get() || Thread.currentThread().isInterrupted());
                task.run();
                seen.set(seen.get() || Thread.currentThread().isInterrupted());
            }));
            server.createContext("/mcp", new SessionHttpHandler(exchange -> {
                Endpoint.answerSession(exchange);
                Thread.currentThread().interrupt();
            }, sessions));
            server.start();
            for (var i = 0; i < ROUNDS; i++) {
                var request = RawHttp.request("POST", "/mcp", INITIALIZE, JSON);
                assertEquals(200, RawHttp.exchange(server.getAddress(), request).status());
            }
        } finally {
            server.stop(0);
        }
        assertFalse(seen.get());
    }

    @Test
    void handle_interruptedBeforeItAnswers_stillAnswersInOrder() throws IOException {
        for (var status : List.of(200, 500)) {
            application.set(exchange -> {
                var body = "kept back until the exchange is closed".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
                Thread.currentThread().interrupt();
            });
            assertEquals("kept back until the exchange is closed", endpoint.call(session).body());
        }
    }
}
