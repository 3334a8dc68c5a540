package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A client that can be asked, with one session. Each of its requests may go to another replica. Used by many threads.
final class DialogClient {

    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",
             "capabilities":{"elicitation":{}},"clientInfo":{"name":"asked","version":"1"}}}""";

    private final HttpClient http;
    private final String session;

    DialogClient(HttpClient http, URI replica) throws IOException, InterruptedException {
        this.http = http;
        var response = http.send(request(replica, INITIALIZE).build(), BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response::body);
        session = response.headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private static HttpRequest.Builder request(URI replica, String body) {
        return HttpRequest.newBuilder(replica).header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream").POST(BodyPublishers.ofString(body));
    }

    private <T> HttpResponse<T> post(URI replica, Json.Obj message, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        return http.send(request(replica, message.toString()).header("Mcp-Session-Id", session).build(), handler);
    }

    /// Sends a response to a request of the server, which is always accepted.
    void respond(URI replica, Json id, String text) throws IOException, InterruptedException {
        var result = Json.obj().with("action", "accept").with("content", Json.obj().with("text", text));
        send(replica, Json.obj().with("jsonrpc", "2.0").with("id", id).with("result", result));
    }

    void send(URI replica, Json.Obj message) throws IOException, InterruptedException {
        assertEquals(202, post(replica, message, BodyHandlers.discarding()).statusCode());
    }

    /// Makes a call.
    Call call(URI replica, int id, Json.Obj params) throws IOException, InterruptedException {
        var message = Json.obj().with("jsonrpc", "2.0").with("id", id).with("method", "tools/call").with("params", params);
        var response = post(replica, message, BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        return new Call(response);
    }

    /// The event stream that answers a call.
    static final class Call implements AutoCloseable {

        private final BufferedReader lines;

        private Call(HttpResponse<InputStream> response) {
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        /// The next message; empty at the end of the stream.
        Optional<Json.Obj> next() throws IOException {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ")) return Optional.of((Json.Obj) Json.parse(line.substring("data: ".length())));
            }
            return Optional.empty();
        }

        /// The id of the request that is next.
        Json asked() throws IOException {
            var request = next().orElseThrow();
            assertEquals("elicitation/create", request.string("method").orElse(request.toString()));
            return request.get("id").orElseThrow();
        }

        /// The result that is next.
        Json.Obj result() throws IOException {
            return next().orElseThrow().object("result").orElseThrow();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
