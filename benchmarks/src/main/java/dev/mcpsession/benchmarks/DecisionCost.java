package dev.mcpsession.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.JmhQuestion;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.Request;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What does it cost to decide a request and to complete it, without any I/O?
///
/// Data: one request in memory for each row of the decision table for sessions; an in-memory store and broadcaster, with one permanent
/// session. A forwarded call is also completed, an opened stream is closed, a new session is deleted again, and a session to end is created
/// before. Two rows are left out: revival would need a clock that advances, and an unavailable store would measure an exception. Unit:
/// nanoseconds.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="DecisionCost"`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(NANOSECONDS)
public class DecisionCost {

    private static final Client CLIENT = new Client("2025-11-25", "benchmark", Json.obj());
    private static final SessionId UNKNOWN = SessionId.random();
    private static final int FAILED = 500; // so that the handler deletes a session that was created for the call

    /// A row of the decision table.
    public enum Row {
        /// POST with a session: forward.
        CALL("POST", Id.LIVE, Map.of(), ""),
        /// POST with a session and a bearer token, which is hashed: forward.
        CALL_WITH_TOKEN("POST", Id.LIVE, Map.of("Authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"), ""),
        /// POST of an `initialize` without a session: create one, forward.
        MINT("POST", Id.NONE, Map.of(), """
                {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
                "capabilities":{"roots":{"listChanged":true}},"clientInfo":{"name":"example","version":"1.0.0"}}}"""),
        /// POST of anything else without a session: 400.
        CALL_WITHOUT_SESSION("POST", Id.NONE, Map.of(), """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query","arguments":{"sql":"select 1"}}}"""),
        /// GET with a session: stream.
        LISTEN("GET", Id.LIVE, Map.of("Accept", "text/event-stream"), ""),
        /// GET without a session: 400.
        LISTEN_WITHOUT_SESSION("GET", Id.NONE, Map.of("Accept", "text/event-stream"), ""),
        /// GET with a foreign `Last-Event-ID`: forward.
        LISTEN_ELSEWHERE("GET", Id.LIVE, Map.of("Accept", "text/event-stream", "Last-Event-ID", "theirs"), ""),
        /// GET of another media type: 406.
        GET_OTHERWISE("GET", Id.LIVE, Map.of("Accept", "text/html"), ""),
        /// DELETE of a live session: 204.
        END("DELETE", Id.NEW, Map.of(), ""),
        /// DELETE without a session: 400.
        END_WITHOUT_SESSION("DELETE", Id.NONE, Map.of(), ""),
        /// POST with an unknown session: 404.
        UNKNOWN_SESSION("POST", Id.UNKNOWN, Map.of(), ""),
        /// POST from a foreign origin: 403.
        FOREIGN_ORIGIN("POST", Id.LIVE, Map.of("Origin", "https://evil.example"), "");

        private enum Id { NONE, LIVE, NEW, UNKNOWN }

        private final String method;
        private final Id id;
        private final Map<String, String> headers;
        private final byte[] body;

        Row(String method, Id id, Map<String, String> headers, String body) {
            this.method = method;
            this.id = id;
            this.headers = headers;
            this.body = body.getBytes(UTF_8);
        }

        private Request request(SessionId live, SessionId next) {
            var all = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            headers.forEach((name, value) -> all.put(name, List.of(value)));
            all.put("Host", List.of("localhost:8080"));
            all.put("Content-Type", List.of("application/json"));
            switch (id) {
                case NONE -> {}
                case LIVE -> all.put("Mcp-Session-Id", List.of(live.value()));
                case NEW -> all.put("Mcp-Session-Id", List.of(next.value()));
                case UNKNOWN -> all.put("Mcp-Session-Id", List.of(UNKNOWN.value()));
            }
            return new MemoryRequest(method, all, body);
        }
    }

    /// The row of this run.
    @Param
    public Row row;

    private final SessionId live = SessionId.random();
    private final SessionId next = SessionId.random();
    private SessionStore store;
    private StripedBroadcaster broadcaster;
    private SessionHandler handler;
    private Request request;

    static JmhQuestion question() {
        return new JmhQuestion(DecisionCost.class,
                "What does it cost to decide a request, and to be done with it, without any input or output?",
                List.of("time_ns", "allocated_bytes"), List.of(), "", DecisionCost::cells);
    }

    private static List<Cell> cells(Size size) {
        var rows = Stream.of(Row.values()).limit(switch (size) {
            case SMOKE -> 1;
            case QUICK -> 5;
            case FULL -> Row.values().length;
        }).toArray();
        return Grid.of(DecisionCost.class.getSimpleName()).each("row", rows).cells();
    }

    /// Builds the handler and its permanent session.
    @Setup
    public void open() {
        store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        store.create(live, Owner.anonymous(), CLIENT);
        store.touch(live);
        broadcaster = new StripedBroadcaster();
        handler = SessionHandler.builder(store).broadcaster(broadcaster).build();
        request = row.request(live, next);
    }

    /// Ends the threads of store and broadcaster.
    @TearDown
    public void close() {
        handler.close();
        broadcaster.close();
        store.close();
    }

    /// Decides the request and completes it.
    ///
    /// @return the decision
    /// @throws IOException never
    @Benchmark
    public Decision decide() throws IOException {
        if (row.id == Row.Id.NEW) store.create(next, Owner.anonymous(), CLIENT);
        var decision = handler.decide(request);
        switch (decision) {
            case Decision.Forward forward -> forward.completed(FAILED);
            case Decision.Stream(var _, var stream) -> stream.close();
            case Decision.Reply _ -> {}
        }
        return decision;
    }
}
