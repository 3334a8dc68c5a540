package dev.mcpsession.postgres;

import dev.mcpsession.SessionId;
import dev.mcpsession.contract.EventBlocks;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A client of a fault run: reads its session's event stream over HTTP, and keeps the bytes of each event. A hopping client leaves
/// its stream now and then, and resumes at the next replica.
final class FaultClient {

    static final String MARKER = "test/marker";

    private static final Duration STAY = Duration.ofMillis(700);

    /// An event as read, and the time.
    record Seen(String id, String data, long at) {}

    private final HttpClient http;
    private final List<URI> replicas;
    private final boolean hops;
    private final String session;
    private final List<Seen> seen = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();
    private int at;
    private int streams;

    FaultClient(HttpClient http, List<URI> replicas, int at, boolean hops) throws IOException, InterruptedException {
        this.http = http;
        this.replicas = replicas;
        this.at = at;
        this.hops = hops;
        var answer = http.send(request().header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Messages.initialize("2025-06-18"))).build(), BodyHandlers.discarding());
        session = answer.headers().firstValue("Mcp-Session-Id")
                .orElseThrow(() -> new IllegalStateException("status " + answer.statusCode()));
    }

    SessionId session() {
        return new SessionId(session);
    }

    synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    synchronized List<String> comments() {
        return List.copyOf(comments);
    }

    int streams() {
        return streams;
    }

    private HttpRequest.Builder request() {
        var request = HttpRequest.newBuilder(replicas.get(at)).header("Accept", "application/json, text/event-stream");
        if (session != null) request.header("Mcp-Session-Id", session);
        return request;
    }

    /// Reads until the marker arrives.
    Void run() throws InterruptedException {
        while (!isOver()) {
            try {
                stream();
            } catch (IOException _) {
                Thread.sleep(20);
            }
        }
        return null;
    }

    private boolean isOver() {
        var all = seen();
        return !all.isEmpty() && all.getLast().data().contains(MARKER);
    }

    private void stream() throws IOException, InterruptedException {
        var request = request().GET();
        var all = seen();
        if (!all.isEmpty()) request.header("Last-Event-ID", all.getLast().id());
        var answer = http.send(request.build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) { // 503: retry
            answer.body().close();
            Thread.sleep(50);
            if (hops) at = (at + 1) % replicas.size();
            return;
        }
        streams++;
        read(answer.body(), System.nanoTime() + STAY.toNanos());
        if (hops) at = (at + 1) % replicas.size();
    }

    private void read(InputStream body, long until) throws IOException {
        try (var blocks = new EventBlocks(body)) {
            while (!isOver()) {
                var block = blocks.next();
                if (block.isEmpty()) return;
                block.get().comments().forEach(this::comment);
                var id = block.get().id();
                block.get().data().ifPresent(data -> add(new Seen(id.orElseThrow(), data, System.nanoTime())));
                if (hops && System.nanoTime() - until > 0) return;
            }
        }
    }

    private synchronized void add(Seen event) {
        seen.add(event);
    }

    private synchronized void comment(String line) {
        if (!line.contains("keep-alive") && !line.contains("connected")) comments.add(line);
    }

    static int numberOf(String data) {
        var params = ((Json.Obj) Json.parse(data)).object("params").orElseThrow();
        return params.get("n").map(n -> Integer.parseInt(n.toString())).orElse(-1);
    }
}
