package dev.mcpsession.benchmarks;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import dev.mcpsession.benchmarks.wire.ClientProcess;
import dev.mcpsession.benchmarks.wire.LoadClient;
import dev.mcpsession.benchmarks.wire.Servers;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What does wrapping the handler cost a request?
///
/// Data: a handler that returns the body of a `tools/call`, on two servers in one JVM with the same settings: bare, and wrapped, where each
/// request belongs to a live session and a bearer token identifies its caller. A client in a second process calls them alternately, in
/// short turns, so that noise hits both alike. Each of its 1 or 32 connections sends a request as soon as it has an answer. `ratio` is
/// wrapped to bare processor time, of the server's process alone; a `turnover` is an `initialize` and a `DELETE`. Unit: nanoseconds of
/// processor time per request, and requests per second.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="RequestOverhead"`
public final class RequestOverhead implements Harness {

    private static final String NAME = RequestOverhead.class.getSimpleName();
    private static final String BARE = "bare";
    private static final String WRAPPED = "wrapped";
    private static final String NO_SESSION = "A".repeat(32);
    private static final int WARM_UPS = 10; // what is still being compiled would count as the wrapper's
    private static final Duration TURN = Duration.ofMillis(250); // processor time is known in steps of 10 ms

    @Override
    public String title() {
        return "What does it cost a request that its handler is wrapped?";
    }

    @Override
    public List<Cell> cells(Size size) {
        var connections = switch (size) {
            case SMOKE -> new Object[] {2};
            case QUICK -> new Object[] {32};
            case FULL -> new Object[] {1, 32};
        };
        return Grid.of(NAME).each("connections", connections).cells();
    }

    static Cell cell(int connections) {
        return Cell.of(NAME, "connections", connections);
    }

    @Override
    public List<String> metrics() {
        return List.of("ratio", "bare_cpu_ns", "wrapped_cpu_ns", "bare_per_s", "wrapped_per_s", "turnover_cpu_ns", "turnover_per_s");
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
        try (var broadcaster = new StripedBroadcaster();
                var sessions = SessionHandler.builder(store).broadcaster(broadcaster).build();
                var wrapped = Servers.mcpSession(sessions, Servers::echo);
                var bare = Servers.jdk(sessions.path(), Servers::echo);
                var client = new ClientProcess(LoadClient.class)) {
            client.call("open", WRAPPED, wrapped.address().getPort(), sessions.path(), cell.number("connections"));
            client.call("open", BARE, bare.port(), sessions.path(), cell.number("connections"), NO_SESSION);
            return new Turns(client).measure(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Turns(ClientProcess client) {

        SequencedMap<String, Double> measure(Size size) throws InterruptedException {
            alternate(size.preWarm().multipliedBy(WARM_UPS), new Sum(), new Sum());
            var turnovers = new Sum();
            turn("turnover", WRAPPED, size.warmUp(), new Sum());
            turn("turnover", WRAPPED, size.warmUp(), turnovers);
            var bare = new Sum();
            var wrapped = new Sum();
            var window = Window.open();
            alternate(size.time().multipliedBy(3), bare, wrapped);

            var metrics = new LinkedHashMap<String, Double>();
            metrics.put("ratio", wrapped.cpuPerRequest() / bare.cpuPerRequest());
            bare.put(BARE, metrics);
            wrapped.put(WRAPPED, metrics);
            turnovers.put("turnover", metrics);
            window.load().addTo(metrics);
            return metrics;
        }

        /// Measures in the order bare, wrapped, wrapped, bare, so that neither profits if the machine becomes faster or slower.
        private void alternate(Duration time, Sum bare, Sum wrapped) throws InterruptedException {
            var length = Duration.ofMillis(Math.clamp(time.toMillis() / 4, 1, TURN.toMillis()));
            var start = System.nanoTime();
            do {
                turn("load", BARE, length, bare);
                turn("load", WRAPPED, length, wrapped);
                turn("load", WRAPPED, length, wrapped);
                turn("load", BARE, length, bare);
            } while (System.nanoTime() - start < time.toNanos());
        }

        private void turn(String command, String target, Duration length, Sum sum) throws InterruptedException {
            var cpu = Window.cpuNanos(); // a window would cost as much as many requests
            var answer = client.call(command, target, length.toMillis());
            sum.add(Long.parseLong(answer[1]), Long.parseLong(answer[2]), Window.cpuNanos() - cpu);
        }
    }

    private static final class Sum {

        private long requests;
        private long nanos;
        private long cpuNanos;

        void add(long moreRequests, long moreNanos, long moreCpuNanos) {
            requests += moreRequests;
            nanos += moreNanos;
            cpuNanos += moreCpuNanos;
        }

        double cpuPerRequest() {
            return cpuNanos / (double) requests;
        }

        void put(String name, SequencedMap<String, Double> metrics) {
            metrics.put(name + "_cpu_ns", cpuPerRequest());
            metrics.put(name + "_per_s", requests * 1e9 / nanos);
        }
    }
}
