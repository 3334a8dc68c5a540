package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.contract.Messages.INITIALIZE;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.Caller;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A client that sends its whole body before it reads gets its answer, and not a reset.
class UnreadBodyTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest(name = "{0} bytes, chunked: {1}, {2}")
    @CsvSource(textBlock = """
            200000,  false, unknown session
            200000,  true,  unknown session
            5242880, false, unknown session
            5242880, true,  unknown session
            5242880, false, too large
            5242880, true,  too large
            200000,  false, wrong type
            200000,  false, wrong method
            """)
    void handle_refusedBeforeTheBodyIsRead_isReadByTheClient(int length, boolean chunked, String reason) throws IOException {
        try (var endpoint = new Endpoint()) {
            for (var i = 0; i < 5; i++) {
                try (var http = endpoint.connect()) {
                    http.send(head(reason, length, chunked));
                    send(http, length, chunked);

                    assertEquals(statusOf(reason), http.read().status());
                }
            }
        }
    }

    private static int statusOf(String reason) {
        return switch (reason) {
            case "unknown session" -> 404;
            case "too large" -> 413;
            case "wrong type" -> 415;
            default -> 405;
        };
    }

    private static String head(String reason, int length, boolean chunked) {
        return (reason.equals("wrong method") ? "PUT" : "POST") + " /mcp HTTP/1.1\r\nHost: localhost\r\n"
                + (reason.equals("wrong type") ? "Content-Type: text/plain\r\n" : JSON + "\r\n")
                + (reason.equals("unknown session") ? idHeader("nobody") + "\r\n" : "")
                + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length) + "\r\n\r\n";
    }

    private static void send(RawHttp http, int length, boolean chunked) throws IOException {
        var body = new byte[length];
        Arrays.fill(body, (byte) ' ');
        if (chunked) http.send(Integer.toHexString(length) + "\r\n");
        http.send(body);
        if (chunked) http.send("\r\n0\r\n\r\n");
    }

    @Test
    void handle_refusedWithABodyThatWasSent_keepsTheConnection() throws IOException {
        try (var endpoint = new Endpoint(); var http = endpoint.connect()) {
            var body = " ".repeat(2 * MIB);

            assertEquals(404, http.exchange(RawHttp.request("POST", "/mcp", body, JSON, idHeader("nobody"))).status());
            assertEquals(404, http.exchange(RawHttp.request("DELETE", "/mcp", body, idHeader("nobody"))).status());
            assertEquals(405, http.exchange(RawHttp.request("HEAD", "/mcp", body)).status());
            assertEquals(404, http.exchange(RawHttp.request("POST", "/mcp", body, JSON, idHeader("nobody"))).status());
        }
    }

    @Test
    void handle_refusedClientThatStopsSending_isAnsweredAndLetGo() throws IOException {
        try (var endpoint = impatient(); var http = endpoint.connect()) {
            http.send(head("unknown session", 200_000, false));
            http.send(new byte[1000]);

            assertEquals(404, http.read().status()); // before the time is up
            assertTrue(http.isAtEnd());
            await("thread freed", () -> endpoint.server.watchdog().freed() == 1);
            await("no watch left", () -> endpoint.server.watchdog().watched() == 0);
        }
    }

    private static Endpoint impatient() throws IOException {
        return new Endpoint(new InMemorySessionStore(SessionPolicy.DEFAULT), Endpoint::answerSession, b -> b,
                b -> b.writeTimeout(Duration.ofMillis(300)));
    }

    @Test
    void handle_bodyReadForTheDecision_isThereForTheApplication() throws IOException {
        var padded = INITIALIZE + " ".repeat(30_000);
        try (var endpoint = new Endpoint(UnreadBodyTest::echo)) {
            var response = endpoint.exchange("POST", "/mcp", padded, JSON);
            assertEquals(200, response.status());
            assertEquals(padded, response.body());

            try (var http = endpoint.connect()) {
                http.send(head("too large", padded.length(), true));
                http.send(Integer.toHexString(padded.length()) + "\r\n" + padded + "\r\n0\r\n\r\n");
                assertEquals(padded, http.read().body());
            }
        }
    }

    private static void echo(HttpExchange exchange) throws IOException {
        assertFalse(Caller.current().session().isEmpty());
        var body = exchange.getRequestBody().readAllBytes();
        Endpoint.answer(exchange, 200, new String(body, StandardCharsets.UTF_8));
    }

    @Test
    void handle_bodyTheApplicationDidNotRead_doesNotSpoilTheNextRequest() throws IOException {
        try (var endpoint = new Endpoint(exchange -> exchange.sendResponseHeaders(202, -1)); var http = endpoint.connect()) {
            var session = endpoint.initialize();
            for (var i = 0; i < 10; i++) {
                var call = RawHttp.request("POST", "/mcp", " ".repeat(9_000), JSON, idHeader(session));
                assertEquals(202, http.exchange(call).status());
            }
        }
    }
}
