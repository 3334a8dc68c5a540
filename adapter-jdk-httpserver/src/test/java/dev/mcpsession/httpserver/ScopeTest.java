package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.EVENTS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.Caller;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// Each request sees its own session, whatever runs beside it.
class ScopeTest {

    private static final int THREADS = 32;
    private static final int REQUESTS_EACH = 150;

    @Test
    void current_manyRequestsAtOnce_isTheRequestsOwn() throws Exception {
        try (var endpoint = new Endpoint(ScopeTest::answerTwice); var threads = Executors.newFixedThreadPool(THREADS)) {
            var shared = endpoint.initialize();
            var clients = new ArrayList<Callable<Void>>();
            for (var i = 0; i < THREADS; i++) {
                var random = new Random(i);
                clients.add(() -> mixRequests(endpoint, shared, random));
            }
            for (var client : threads.invokeAll(clients)) client.get();

            assertEquals(THREADS + 1, endpoint.store.liveCount());
        }
    }

    private static void answerTwice(HttpExchange exchange) throws IOException {
        var before = Caller.current().session().orElseThrow().id();
        exchange.getRequestBody().readAllBytes();
        Thread.yield();
        assertEquals(before, Caller.current().session().orElseThrow().id());
        Endpoint.answer(exchange, 200, before.value());
    }

    private static Void mixRequests(Endpoint endpoint, String shared, Random random) throws IOException {
        var own = endpoint.initialize();
        try (var http = endpoint.connect()) {
            for (var i = 0; i < REQUESTS_EACH; i++) {
                var session = random.nextBoolean() ? own : shared;
                switch (random.nextInt(4)) {
                    case 0 -> assertEquals(404, http.exchange(call("nobody")).status());
                    case 1 -> assertEquals(400, http.exchange(RawHttp.request("GET", "/mcp", "", EVENTS)).status());
                    default -> assertEquals(session, http.exchange(call(session)).body());
                }
            }
        }
        return null;
    }

    private static String call(String session) {
        return RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session));
    }
}
