package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Heap;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.wire.ClientProcess;
import dev.mcpsession.benchmarks.wire.StreamClient;
import dev.mcpsession.benchmarks.wire.StreamServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;

/// Over real connections: how long until the last client has an event, and does every client receive every event?
///
/// Data: 1,000 to 10,000 event streams over loopback, each with its own session, to a client process that does little but read; frames of
/// about 150 bytes. Events are published `alone`, each when every client has the previous one, or at a given rate by the clock for three
/// seconds, in which slow designs fall behind. The publisher's code is compiled beforehand, as in a server that has run for a while; for
/// the first few hundred events of a JVM a publish takes several times as long. `last` is the time from the start of `publish` until the
/// last client has the event, over the events that reach every client. Processor time is the server's alone. Heap is the server's for one
/// more client, including its session. Every event must be accounted for as received or lost, once and in order at each client; otherwise
/// the measurement fails.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="EventStreams"`
public final class EventStreams implements Harness {

    static final String ALONE = "alone";

    private static final String NAME = EventStreams.class.getSimpleName();
    private static final int SMOKE_RATE = 100;
    private static final Duration PACED = Duration.ofSeconds(3);
    private static final Duration GRACE = Duration.ofSeconds(60);

    @Override
    public String title() {
        return "Over real connections: how long until the last client has an event, and does everybody get all of them?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> Grid.union(
                    grid(3, ALONE).each("design", StreamServers.ALL.toArray()),
                    grid(3, SMOKE_RATE).each("design", StreamServers.MCP_SESSION));
            case QUICK -> Grid.union(
                    grid(1_000, ALONE).each("design", StreamServers.MCP_SESSION),
                    grid(10_000, ALONE).each("design", StreamServers.MCP_SESSION, StreamServers.BARE_HANDLER, StreamServers.WRITE_LOOP),
                    grid(1_000, 400).each("design", StreamServers.MCP_SESSION, StreamServers.WRITE_PER_EVENT, StreamServers.SINGLE_LOCK));
            case FULL -> Grid.union(
                    Grid.of(NAME).each("clients", 1_000, 5_000, 10_000).each("events/s", ALONE).each("design",
                            StreamServers.MCP_SESSION, StreamServers.MCP_SESSION_ROBAHO, StreamServers.BARE_HANDLER,
                            StreamServers.WRITE_LOOP),
                    grid(10_000, ALONE).each("design", StreamServers.SINGLE_LOCK),
                    grid(1_000, 100, 400).each("design",
                            StreamServers.MCP_SESSION, StreamServers.MCP_SESSION_ROBAHO, StreamServers.WRITE_PER_EVENT,
                            StreamServers.SINGLE_LOCK));
        };
    }

    private static Grid grid(int clients, Object... rates) {
        return Grid.of(NAME).each("clients", clients).each("events/s", rates);
    }

    static Cell cell(int clients, Object rate, Design<?> design) {
        return grid(clients, rate).each("design", design).cells().getFirst();
    }

    @Override
    public List<String> metrics() {
        return List.of("last_p50_ns", "last_p99_ns", "publish_p50_ns", "delivered_share", "delivered_per_s", "cpu_per_delivery_ns",
                "heap_bytes");
    }

    @Override
    public List<String> compared() {
        return List.of("last_p50_ns", "cpu_per_delivery_ns");
    }

    @Override
    public String baseline() {
        return StreamServers.WRITE_LOOP.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        try (var server = Design.opener(cell.text("design"), StreamServers.ALL).open();
                var client = new ClientProcess(StreamClient.class)) {
            return measure(new StreamLoad(server, client, cell.number("clients"), 0, 0), cell, size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SequencedMap<String, Double> measure(StreamLoad load, Cell cell, Size size) throws InterruptedException {
        load.warmUp(size.serverWarmUp());
        var before = Heap.used();
        load.open();
        measure(load, cell.text("events/s"), size.warmUp(), size.warmUp(), 2);
        var metrics = measure(load, cell.text("events/s"), size.time(), size == Size.SMOKE ? size.time() : PACED, size.rounds());
        if (metrics.get("missing") != 0) {
            throw new IllegalStateException("events must be received or counted as lost; unaccounted for: " + metrics.get("missing"));
        }
        metrics.put("heap_bytes", (double) Math.round((double) (Heap.used() - before) / cell.number("clients")));
        return metrics;
    }

    private static SequencedMap<String, Double> measure(StreamLoad load, String rate, Duration alone, Duration paced, int atLeast)
            throws InterruptedException {
        return rate.equals(ALONE) ? load.alone(alone, atLeast) : load.paced(Integer.parseInt(rate), paced, GRACE);
    }
}
