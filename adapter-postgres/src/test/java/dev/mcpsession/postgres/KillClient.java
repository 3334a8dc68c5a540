package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/// A client whose replica is killed: it has a session, and reads the session's event stream at the replica that it is told.
/// One thread reads; what was read may be asked by any.
final class KillClient {

    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},\
            "clientInfo":{"name":"test","version":"1"}}}""";

    private final HttpClient http;
    private final String session;
    private final List<Integer> seen = new ArrayList<>();
    private String lastEventId = "";

    KillClient(HttpClient http, URI replica) throws IOException, InterruptedException {
        this.http = http;
        var answer = post(HttpRequest.newBuilder(replica), INITIALIZE);
        assertEquals(200, answer.statusCode(), answer.body());
        session = answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
        var initialized = post(to(replica), "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
        assertEquals(202, initialized.statusCode(), initialized.body());
    }

    /// The numbers of the events that were read, in the order in which they came.
    synchronized List<Integer> seen() {
        return List.copyOf(seen);
    }

    synchronized boolean hasSeen(int number) {
        return !seen.isEmpty() && seen.getLast() >= number;
    }

    /// Gives the answer to a call of a tool.
    String call(URI replica, String tool, String arguments) throws IOException, InterruptedException {
        var answer = post(to(replica), """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":%s}}""".formatted(tool, arguments));
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private HttpRequest.Builder to(URI replica) {
        return HttpRequest.newBuilder(replica).header("Mcp-Session-Id", session);
    }

    private HttpResponse<String> post(HttpRequest.Builder request, String message) throws IOException, InterruptedException {
        return http.send(request.header("Content-Type", "application/json").header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(message)).build(), BodyHandlers.ofString());
    }

    /// Opens the event stream.
    ///
    /// @param resumes whether it says which event it read last
    BufferedReader open(URI replica, boolean resumes) throws IOException, InterruptedException {
        var request = to(replica).header("Accept", "text/event-stream");
        if (resumes) request.header("Last-Event-ID", lastEventId);
        var answer = http.send(request.build(), BodyHandlers.ofInputStream());
        var lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8));
        assertEquals(200, answer.statusCode());
        assertEquals(": connected", lines.readLine());
        return lines;
    }

    /// Reads until the event with this number has come, or the stream ends. What is cut off before its empty line is none.
    void read(BufferedReader stream, int last) throws IOException {
        var id = lastEventId;
        var data = "";
        for (var line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.startsWith(": lagged")) throw new AssertionError("a client must keep up: " + line);
            if (line.startsWith("id: ")) id = line.substring("id: ".length());
            if (line.startsWith("data: ")) data = line.substring("data: ".length());
            if (!line.isEmpty()) continue;
            lastEventId = id;
            if (data.startsWith("{")) add(FaultClient.numberOf(data));
            data = "";
            if (hasSeen(last)) return;
        }
    }

    private synchronized void add(int number) {
        seen.add(number);
    }
}
