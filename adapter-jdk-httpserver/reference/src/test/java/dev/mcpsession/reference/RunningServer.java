package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.backend.Backend;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.contract.RoundRobinProxy;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.MemoryBackend;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The reference server in this process, on a free port, and a client for it. Alternatively, its replicas behind a load balancer without
/// affinity.
public final class RunningServer implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String ACCEPT = "application/json, text/event-stream";

    private final List<ReferenceServer> replicas;
    private final Backend backend;
    private final RoundRobinProxy balancer;
    private final HttpClient http = HttpClient.newHttpClient();

    RunningServer(String... options) throws IOException {
        this(options(options));
    }

    private RunningServer(Options options) throws IOException {
        this(options, Backend.open(options.backend(), options.sessions(), options.events()).orElseThrow());
    }

    /// Starts with everything in memory. Also works with the modules on the class path, where no backend is found by its name.
    ///
    /// @param options as on the command line
    public static RunningServer inMemory(String... options) throws IOException {
        var parsed = options(options);
        return new RunningServer(parsed, new MemoryBackend().open(Backend.MEMORY, parsed.sessions(), parsed.events()));
    }

    private RunningServer(Options options, Backend... backends) throws IOException {
        backend = backends[0];
        var started = new ArrayList<ReferenceServer>();
        for (var each : backends) started.add(ReferenceServer.start(options, each));
        replicas = List.copyOf(started);
        balancer = new RoundRobinProxy(replicas.stream().map(replica -> replica.uri("/mcp")).toList());
    }

    /// Starts a replica on each backend.
    public static RunningServer replicas(Backend... backends) throws IOException {
        return replicas(List.of(), backends);
    }

    /// Starts a replica on each backend.
    ///
    /// @param options as on the command line
    public static RunningServer replicas(List<String> options, Backend... backends) throws IOException {
        return new RunningServer(options(options.toArray(String[]::new)), backends);
    }

    /// Starts two replicas on one database.
    public static RunningServer replicasOn(String url, List<String> options) throws IOException {
        var parsed = options(options.toArray(String[]::new));
        var first = Backend.open(url, parsed.sessions(), parsed.events()).orElseThrow();
        return new RunningServer(parsed, first, Backend.open(url, parsed.sessions(), parsed.events()).orElseThrow());
    }

    private static Options options(String... options) {
        var all = new ArrayList<>(List.of("--port", "0"));
        all.addAll(List.of(options));
        if (CommandLine.parse(all) instanceof CommandLine.Serve(var parsed)) return parsed;
        throw new IllegalArgumentException(all.toString());
    }

    public Backend backend() {
        return backend;
    }

    /// Returns the URI of a path. If there are replicas, the requests of clients go to each in turn, and the operator's to the first.
    public URI uri(String path) {
        var isForClients = path.equals("/mcp") || path.equals("/");
        return isForClients && replicas.size() > 1 ? balancer.uri(path) : replicas.getFirst().uri(path);
    }

    /// Opens a session.
    ///
    /// @return its id
    String initialize(String version) throws Exception {
        var response = send(mcp().POST(body(Messages.initialize(version))));
        assertEquals(200, response.statusCode());
        return response.headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    HttpResponse<String> post(String session, String message) throws Exception {
        return send(mcp().header("Mcp-Session-Id", session).POST(body(message)));
    }

    HttpResponse<String> delete(String session) throws Exception {
        return send(mcp().header("Mcp-Session-Id", session).DELETE());
    }

    /// Calls a tool, and returns its result.
    Json.Obj callTool(String session, String name, String arguments) throws Exception {
        var response = post(session, Messages.callTool(name, arguments));
        assertEquals(200, response.statusCode());
        return ((Json.Obj) Json.parse(response.body())).object("result").orElseThrow();
    }

    /// Opens a session's event stream.
    EventReader stream(String session) throws Exception {
        return stream(HttpRequest.newBuilder(uri("/mcp")).header("Mcp-Session-Id", session).header("Accept", "text/event-stream"));
    }

    EventReader stream(HttpRequest.Builder request) throws Exception {
        HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        return new EventReader(response.body());
    }

    /// Sends a request of 2026-07-28 with a bearer token.
    ///
    /// @param params the members of `params` besides `_meta`, each followed by a comma
    /// @param name   the value of `Mcp-Name`, or null
    HttpResponse<String> stateless(String token, String method, String params, String name) throws Exception {
        var request = mcp().header("Authorization", "Bearer " + token).POST(body(Messages.stateless("1", method, params)));
        if (name != null) request.header("Mcp-Name", name);
        return send(request.header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", method));
    }

    /// Opens a `subscriptions/listen`.
    EventReader listen(String id, String notifications) throws Exception {
        var request = mcp().header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", "subscriptions/listen")
                .POST(body(Messages.listen(id, notifications)));
        HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        assertTrue(response.headers().firstValue("Mcp-Session-Id").isEmpty());
        return new EventReader(response.body());
    }

    /// Ends all streams.
    ///
    /// @return the answer of the first replica that had any
    public String drain() throws IOException, InterruptedException {
        var answer = "";
        for (var replica : replicas) {
            var body = send(HttpRequest.newBuilder(replica.uri("/drain")).POST(HttpRequest.BodyPublishers.noBody())).body();
            if (answer.isEmpty() || answer.endsWith(":0}")) answer = body;
        }
        return answer;
    }

    /// The number of streams that the replicas have opened.
    public long streamsOpened() throws IOException, InterruptedException {
        var opened = 0L;
        for (var replica : replicas) {
            var status = (Json.Obj) Json.parse(send(HttpRequest.newBuilder(replica.uri("/status"))).body());
            opened += ((Json.Num) status.get("streamsOpened").orElseThrow()).asLong().orElseThrow();
        }
        return opened;
    }

    /// Waits until every replica has read an event.
    public void awaitRead(EventId event) {
        for (var replica : replicas) replica.backend().broadcaster().subscribe(EventFilter.all(), Start.after(event)).close();
    }

    /// The number of open streams.
    public long subscribers() {
        return replicas.stream().map(ReferenceServer::backend).distinct().mapToLong(each -> each.broadcaster().stats().subscribers()).sum();
    }

    /// Posts to the publish endpoint.
    public HttpResponse<String> publish(String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/publish")).header("Content-Type", "application/json").POST(body(body)));
    }

    /// Gets the server's gauges and counters.
    public Json.Obj status() throws IOException, InterruptedException {
        return (Json.Obj) Json.parse(send(HttpRequest.newBuilder(uri("/status"))).body());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder mcp() {
        return HttpRequest.newBuilder(uri("/mcp")).header("Content-Type", "application/json").header("Accept", ACCEPT);
    }

    private static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    /// Sends a request unchanged, which the JDK's client would not do, and returns the whole answer.
    static String raw(URI server, String request) throws IOException {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        replicas.forEach(ReferenceServer::close);
        try {
            balancer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
