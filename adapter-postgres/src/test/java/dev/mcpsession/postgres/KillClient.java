package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.contract.EventBlocks;
import dev.mcpsession.contract.Messages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/// A client whose replica is killed: it has a session, and reads its event stream at the given replica. One thread reads; any
/// thread may query what was read.
final class KillClient {

    private final HttpClient http;
    private final String session;
    private final List<Integer> seen = new ArrayList<>();
    private String lastEventId = "";

    KillClient(HttpClient http, URI replica) throws IOException, InterruptedException {
        this.http = http;
        var answer = post(HttpRequest.newBuilder(replica), Messages.INITIALIZE);
        assertEquals(200, answer.statusCode(), answer.body());
        session = answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
        var initialized = post(to(replica), Messages.INITIALIZED);
        assertEquals(202, initialized.statusCode(), initialized.body());
    }

    /// The numbers of the events read, in their order of arrival.
    synchronized List<Integer> seen() {
        return List.copyOf(seen);
    }

    synchronized boolean hasSeen(int number) {
        return !seen.isEmpty() && seen.getLast() >= number;
    }

    /// Calls a tool and returns the answer.
    String call(URI replica, String tool, String arguments) throws IOException, InterruptedException {
        var answer = post(to(replica), Messages.callTool(tool, arguments));
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
    /// @param resumes whether to send the last event id
    EventBlocks open(URI replica, boolean resumes) throws IOException, InterruptedException {
        var request = to(replica).header("Accept", "text/event-stream");
        if (resumes) request.header("Last-Event-ID", lastEventId);
        var answer = http.send(request.build(), BodyHandlers.ofInputStream());
        var blocks = new EventBlocks(answer.body());
        assertEquals(200, answer.statusCode());
        assertEquals(List.of(": connected"), blocks.next().orElseThrow().comments());
        return blocks;
    }

    /// Reads until the event with this number arrives or the stream ends.
    void read(EventBlocks stream, int last) throws IOException {
        while (!hasSeen(last)) {
            var block = stream.next();
            if (block.isEmpty()) return;
            if (block.get().text().contains(": lagged")) throw new AssertionError("a client must keep up: " + block);
            lastEventId = block.get().id().orElse(lastEventId);
            block.get().data().filter(data -> data.startsWith("{")).ifPresent(data -> add(FaultClient.numberOf(data)));
        }
    }

    private synchronized void add(int number) {
        seen.add(number);
    }
}
