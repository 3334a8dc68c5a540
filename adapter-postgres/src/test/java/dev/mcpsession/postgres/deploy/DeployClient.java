package dev.mcpsession.postgres.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.contract.EventBlocks;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.event.EventId;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// A client with a session. One thread reads its event stream and reopens it as clients do: after the delay that the server gave or else
/// after a second, and with the id of the last event. Any thread may call.
final class DeployClient {

    private static final Duration DEFAULT_RETRY = Duration.ofSeconds(1);
    private static final int BUSY_MILLIS = 1_000;
    private static final String INITIALIZE = Messages.INITIALIZE.replace("\"capabilities\":{}", "\"capabilities\":{\"elicitation\":{}}");

    private final HttpClient http;
    private final URI endpoint;
    private final Faults faults;
    private final boolean resumes;
    private final String session;
    private final List<EventId> seen = new ArrayList<>();
    private final List<Duration> gaps = new ArrayList<>();
    private String lastEventId = "";
    private long endedAt; // by System.nanoTime; 0: it has not ended yet
    private Duration retry = DEFAULT_RETRY;
    private volatile boolean isOver;
    private volatile boolean isOpen;

    /// @param resumes whether it sends the id of the last event
    DeployClient(HttpClient http, URI endpoint, Faults faults, boolean resumes) throws IOException, InterruptedException {
        this.http = http;
        this.endpoint = endpoint;
        this.faults = faults;
        this.resumes = resumes;
        var answer = send(request("").POST(BodyPublishers.ofString(INITIALIZE)));
        answer.body().close();
        session = answer.headers().firstValue("Mcp-Session-Id").orElseThrow(() -> new IOException("initialize got " + answer));
        post(Messages.INITIALIZED).close();
    }

    private HttpRequest.Builder request(String id) {
        var request = HttpRequest.newBuilder(endpoint).header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream").header("MCP-Protocol-Version", "2025-11-25");
        return id.isEmpty() ? request : request.header("Mcp-Session-Id", id);
    }

    /// Sends a message, and returns the answer's body.
    InputStream post(String message) throws IOException, InterruptedException {
        return send(request(session).POST(BodyPublishers.ofString(message))).body();
    }

    /// Repeats what gets 503 because the database has no time for it: that is no fault of the deploy.
    private HttpResponse<InputStream> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        while (true) {
            var answer = http.send(request.build(), BodyHandlers.ofInputStream());
            if (answer.statusCode() < 300) return answer;
            var why = new String(answer.body().readAllBytes(), UTF_8);
            if (!why.contains("at the moment")) throw new IOException("a request got " + answer.statusCode() + ": " + why);
            Thread.sleep(BUSY_MILLIS + ThreadLocalRandom.current().nextInt(BUSY_MILLIS)); // sooner, they would keep it busy
        }
    }

    /// Calls a tool that answers with plain JSON.
    Json.Obj call(String tool, Json.Obj arguments) throws IOException, InterruptedException {
        try (var body = post(Messages.callTool(tool, arguments.toString()))) {
            var answer = (Json.Obj) Json.parse(body.readAllBytes());
            return answer.object("result").orElseThrow(() -> new IOException("a call got " + answer));
        }
    }

    boolean isOpen() {
        return isOpen;
    }

    boolean hasSeen(EventId last) {
        synchronized (seen) {
            return !seen.isEmpty() && seen.getLast().equals(last);
        }
    }

    /// The ids of the events read, in their order of arrival.
    List<EventId> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    /// How long it had no stream, each time. Call it when the reader has ended.
    List<Duration> gaps() {
        return gaps;
    }

    void stop() {
        isOver = true;
    }

    /// Reads until [#stop], and the end of the stream after it.
    Void read() throws InterruptedException {
        while (!isOver) {
            try {
                stream();
            } catch (IOException e) {
                if (!isOver) faults.add("a stream was cut: " + e);
            }
            isOpen = false;
            if (endedAt == 0) endedAt = System.nanoTime();
            if (!isOver) Thread.sleep(retry);
            retry = DEFAULT_RETRY;
        }
        return null;
    }

    private void stream() throws IOException, InterruptedException {
        var request = request(session).GET();
        if (resumes && !lastEventId.isEmpty()) request.header("Last-Event-ID", lastEventId);
        try (var blocks = new EventBlocks(send(request).body())) {
            for (var block = blocks.next(); block.isPresent(); block = blocks.next()) read(block.get());
        }
        if (retry == DEFAULT_RETRY && !isOver) faults.add("a stream ended without a word");
    }

    private void read(EventBlocks.Block block) {
        if (!isOpen) opened();
        if (block.text().contains(": lagged")) faults.add("a client lagged");
        block.text().lines().filter(line -> line.startsWith("retry: ")).findFirst()
                .ifPresent(line -> retry = Duration.ofMillis(Long.parseLong(line.substring("retry: ".length()))));
        lastEventId = block.id().orElse(lastEventId);
        if (block.data().filter(data -> data.startsWith("{")).isPresent()) seen(block.id().flatMap(EventId::parse));
    }

    private void opened() {
        isOpen = true;
        if (endedAt != 0) gaps.add(Duration.ofNanos(System.nanoTime() - endedAt));
        endedAt = 0;
    }

    private void seen(Optional<EventId> id) {
        synchronized (seen) {
            id.ifPresentOrElse(seen::add, () -> faults.add("an event without an id"));
        }
    }
}
