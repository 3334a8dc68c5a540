package dev.mcpsession.postgres.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server in a process of its own, and a client for it.
final class ImageServer implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},\
            "clientInfo":{"name":"image","version":"1"}}}""";

    private final Process process;
    private final BufferedReader out;
    private final HttpClient http;
    private final URI endpoint;

    private ImageServer(Process process, HttpClient http) throws IOException {
        this.process = process;
        this.http = http;
        out = process.inputReader();
        endpoint = endpoint();
    }

    /// Starts a server, and waits until it has named its endpoint.
    ///
    /// @param http      the client to use; it stays open
    /// @param directory where it runs
    /// @param options   the words of `JAVA_OPTS`, separated by spaces
    /// @param command   the command without the port, which is any free one
    static ImageServer start(HttpClient http, Path directory, String options, List<String> command) throws IOException {
        var process = process(directory, options, Stream.concat(command.stream(), Stream.of("--port", "0")).toList());
        try {
            return new ImageServer(process, http);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// Starts a process.
    static Process process(Path directory, String options, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(Map.of("JAVA_OPTS", options));
        return builder.start();
    }

    private URI endpoint() throws IOException {
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("MCP endpoint")) return URI.create(line.substring(line.indexOf("http")));
        }
        throw new IOException("the server has ended: " + errors(process));
    }

    /// Opens a session.
    ///
    /// @return its id
    String initialize() throws IOException, InterruptedException {
        var answer = http.send(request().POST(HttpRequest.BodyPublishers.ofString(INITIALIZE)).build(), BodyHandlers.ofString());
        return answer.headers().firstValue("Mcp-Session-Id")
                .orElseThrow(() -> new IOException("initialize answered " + answer.statusCode() + ": " + answer.body()));
    }

    /// Calls a method of a session.
    ///
    /// @return the status
    int call(String session, String method) throws IOException, InterruptedException {
        var message = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"" + method + "\"}";
        return answer(request().header("Mcp-Session-Id", session).POST(HttpRequest.BodyPublishers.ofString(message)));
    }

    /// Opens a session's stream.
    BufferedReader stream(String session) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(endpoint).header("Accept", "text/event-stream").header("Mcp-Session-Id", session);
        InputStream body = http.send(request.build(), BodyHandlers.ofInputStream()).body();
        return new BufferedReader(new InputStreamReader(body, UTF_8));
    }

    /// Publishes that the tools have changed.
    ///
    /// @return the status
    int publish() throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(endpoint.resolve("/publish")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"method\":\"notifications/tools/list_changed\"}")));
    }

    /// Deletes a session.
    ///
    /// @return the status
    int delete(String session) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(endpoint).header("Mcp-Session-Id", session).DELETE());
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(endpoint).header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
    }

    private int answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString()).statusCode();
    }

    /// Uses everything that a client uses: a session, its stream, an event, and the session's end.
    void exercise() throws IOException, InterruptedException {
        var session = initialize();
        try (var stream = stream(session)) {
            expect(200, call(session, "ping"));
            expect(202, publish());
            awaitLine(stream, "list_changed");
            expect(204, delete(session));
            while (stream.readLine() != null) { } // to its end
        }
    }

    private static void expect(int status, int answered) throws IOException {
        if (answered != status) throw new IOException("expected " + status + ": " + answered);
    }

    static void awaitLine(BufferedReader reader, String part) throws IOException {
        for (var line = reader.readLine(); line != null; line = reader.readLine()) if (line.contains(part)) return;
        throw new IOException("ended without " + part);
    }

    long pid() {
        return process.pid();
    }

    /// Sends SIGTERM, and waits for the end.
    ///
    /// @return the exit status
    int terminate() throws InterruptedException, IOException {
        process.toHandle().destroy(); // the process's own method would also close its output
        return status(process);
    }

    /// Returns what is left of the output. The server has ended.
    String output() throws IOException {
        return out.readAllAsString();
    }

    /// Returns what a process has written to standard error, once it has ended.
    static String errors(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), UTF_8);
    }

    /// Waits for the end of a process.
    ///
    /// @return its exit status
    static int status(Process process) throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) throw new IOException("still running after " + PATIENCE);
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
