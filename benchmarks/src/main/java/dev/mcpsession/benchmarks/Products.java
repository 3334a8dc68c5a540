package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.products.ProductServers;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Heap;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import dev.mcpsession.benchmarks.wire.ClientProcess;
import dev.mcpsession.benchmarks.wire.LoadClient;
import dev.mcpsession.benchmarks.wire.StreamClient;
import dev.mcpsession.benchmarks.wire.StreamServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Against what people would use instead: what does a notification to everybody cost, and a call of a tool?
///
/// Data: each server with its default settings, in a JVM of its own, and one client process, the same for all, on the same machine.
/// Products that speak MCP have a session for each stream; the others have plain streams of server-sent events. `load` is
/// - `alone`: an event, as in [EventStreams], when everybody has the previous one;
/// - `20/s`, `100/s`, `400/s`: events at a rate, for three seconds;
/// - `stalled`: 20 events/s of 64 kB for six seconds, while one client in a hundred does not read. The figures are those of the others;
/// - `calls`: no streams; the clients are connections that call a tool as soon as they have the previous answer. The tool is the same, in
///   the official SDK.
///
/// What a publisher has not published, or no client has received within ten seconds after that, is not delivered. `heap` is the server's
/// for one more stream with its session: `idle`, and `after` the load. `resident` is the whole memory of the server's process at the end.
/// Unit: nanoseconds, bytes, requests per second.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="Products"`
public final class Products implements Harness {

    static final String ALONE = "alone";
    static final String STALLED = "stalled";
    static final String CALLS = "calls";

    private static final String NAME = Products.class.getSimpleName();
    private static final int CALLERS = 16;
    private static final int MOST_CLIENTS = 19_000; // with 20,000 file descriptors for each process
    private static final int STALLED_CLIENTS = 200;
    private static final int ONE_STALLS_OF = 100;
    private static final int STALLED_RATE = 20;
    private static final int STALLED_BYTES = 64 << 10; // 7.9 MB in all, more than a socket buffers
    private static final Duration PACED = Duration.ofSeconds(3);
    private static final Duration GRACE = Duration.ofSeconds(10);

    @Override
    public String title() {
        return "Against what people would use instead: what does a notification to everybody cost, and a call of a tool?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> Grid.union(all(ALONE, 3), grid(CALLS, 2, ProductServers.MCP_SESSION, ProductServers.SDK_JETTY));
            case QUICK -> Grid.union(all("20/s", 1_000), grid(CALLS, CALLERS, ProductServers.MCP_SESSION, ProductServers.SDK_JETTY));
            case FULL -> Grid.union(
                    all(ALONE, 1_000, 5_000, 10_000),
                    grid(ALONE, MOST_CLIENTS, ProductServers.MCP.toArray()),
                    all("20/s", 1_000), all("100/s", 1_000), all("400/s", 1_000),
                    all(STALLED, STALLED_CLIENTS),
                    grid(CALLS, CALLERS, ProductServers.MCP.toArray()));
        };
    }

    private static Grid all(String load, Object... clients) {
        return Grid.of(NAME).each("load", load).each("clients", clients).each("design", ProductServers.ALL.toArray());
    }

    private static Grid grid(String load, int clients, Object... designs) {
        return Grid.of(NAME).each("load", load).each("clients", clients).each("design", designs);
    }

    static Cell cell(String load, int clients, Design<?> design) {
        return Cell.of(NAME, "load", load, "clients", clients, "design", design);
    }

    static Cell called(Design<?> design) {
        return cell(CALLS, CALLERS, design);
    }

    @Override
    public List<String> metrics() {
        return List.of("publish_p50_ns", "publish_p99_ns", "last_p50_ns", "last_p99_ns", "delivered_share", "cpu_per_delivery_ns",
                "heap_idle_bytes", "heap_after_bytes", "resident_bytes", "requests_per_s", "cpu_per_request_ns");
    }

    @Override
    public List<String> compared() {
        return List.of("publish_p50_ns", "last_p50_ns", "cpu_per_delivery_ns", "requests_per_s");
    }

    @Override
    public String baseline() {
        return ProductServers.SDK_JETTY.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var opener = Design.opener(cell.text("design"), ProductServers.ALL);
        try {
            return cell.text("load").equals(CALLS) ? called(opener, cell, size) : notified(opener, cell, size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The client ends before the server, so that no write to it blocks the server's end.
    private static SequencedMap<String, Double> notified(StreamServer.Opener opener, Cell cell, Size size)
            throws IOException, InterruptedException {
        var clients = cell.number("clients");
        var stalled = cell.text("load").equals(STALLED);
        try (var server = opener.open(); var client = new ClientProcess(StreamClient.class)) {
            var load = new StreamLoad(server, client, clients, stalled ? clients / ONE_STALLS_OF : 0, stalled ? STALLED_BYTES : 0);
            load.warmUp(size.serverWarmUp());
            var before = Heap.used();
            load.open();
            var idle = Heap.used() - before;
            var metrics = measure(load, cell.text("load"), size);
            metrics.put("heap_idle_bytes", (double) idle / clients);
            metrics.put("resident_bytes", (double) Heap.resident());
            metrics.put("heap_after_bytes", (double) (Heap.used() - before) / clients);
            return metrics;
        }
    }

    private static SequencedMap<String, Double> measure(StreamLoad load, String name, Size size) throws InterruptedException {
        switch (name) {
            case ALONE -> {
                load.alone(size.warmUp(), 2);
                return load.alone(size.time(), size.rounds());
            }
            case STALLED -> {
                load.stall();
                return load.paced(STALLED_RATE, PACED.multipliedBy(2), GRACE);
            }
            default -> {
                var rate = Integer.parseInt(name.replace("/s", ""));
                load.paced(rate, size.warmUp(), GRACE);
                return load.paced(rate, PACED, GRACE);
            }
        }
    }

    private static SequencedMap<String, Double> called(StreamServer.Opener opener, Cell cell, Size size)
            throws IOException, InterruptedException {
        try (var server = opener.open(); var client = new ClientProcess(LoadClient.class)) {
            client.call("open", NAME, server.port(), StreamServer.PATH, cell.number("clients"));
            client.call("load", NAME, size.preWarm().multipliedBy(2).toMillis());
            var window = Window.open();
            var answer = client.call("load", NAME, size.time().toMillis());
            var load = window.load();
            var requests = Double.parseDouble(answer[1]);
            var metrics = new LinkedHashMap<String, Double>();
            metrics.put("requests_per_s", requests * 1e9 / Long.parseLong(answer[2]));
            metrics.put("cpu_per_request_ns", load.cpuNanos() / requests);
            load.addTo(metrics);
            return metrics;
        }
    }
}
