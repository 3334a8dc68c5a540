package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A body that cannot be read to its end is the client's fault, whoever finds out.
class BrokenBodyTest {

    private static final String CHUNKED = " /mcp HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\nTransfer-Encoding: chunked\r\n";

    @ParameterizedTest
    @ValueSource(strings = {"g", "-1", "0x5", "FFFFFFFF", "80000000"})
    void handle_chunkOfNoSize_is400AndTheEnd(String size) throws IOException {
        try (var endpoint = new Endpoint(BrokenBodyTest::readAll)) {
            var session = endpoint.initialize();
            for (var header : new String[] {"", idHeader(session) + "\r\n"}) {
                try (var http = endpoint.connect()) {
                    http.send("POST" + CHUNKED + header + "\r\n" + size + "\r\n");

                    var response = http.read();
                    assertEquals(400, response.status());
                    assertTrue(response.body().contains("\"id\":null"), response::body);
                    assertTrue(http.isAtEnd());
                }
            }
            await("nothing under way", () -> endpoint.sessions.stats().underWay() == 0);
        }
    }

    private static void readAll(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        Endpoint.answerSession(exchange);
    }

    @Test
    void handle_streamAskedForWithABody_streams() throws IOException {
        try (var endpoint = new Endpoint(); var http = endpoint.connect()) {
            var session = endpoint.initialize();

            http.send("GET" + CHUNKED + "Accept: text/event-stream\r\n" + idHeader(session) + "\r\n\r\n2\r\n{}\r\n0\r\n\r\n");

            assertEquals(200, http.readHead().status());
            http.readUntil(": connected");
        }
    }
}
