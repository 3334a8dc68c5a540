package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.fanout.Arrivals;
import dev.mcpsession.benchmarks.fanout.FanOuts;
import dev.mcpsession.benchmarks.fanout.Publishers;
import dev.mcpsession.benchmarks.fanout.Readers;
import dev.mcpsession.benchmarks.fanout.Wake;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Percentiles;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.HdrHistogram.Histogram;

/// When all subscribers wait: how long does `publish` take, and how long until the last of N subscribers has the event?
///
/// Data: 100 to 100,000 virtual threads, each parked in a blocking read of its own subscription. Each round publishes one event for all,
/// then waits until all are parked again. With several publishers, each publishes one event per round. Readers' loops are compiled before
/// they begin (`warm`), as in a server that has run for a while, or not (`cold`), as in one that clients rush to right after its start. A
/// publisher is a platform thread, which competes for the processors with the carriers that run the readers, or a virtual thread as in a
/// handler, which one of the carriers runs. Between the rounds one more parked virtual thread is woken: `wake one` is the time of that
/// `unpark`, the least that a publish to a waiting subscriber costs on this machine at this moment. Unit: nanoseconds, and nanoseconds of
/// processor time per delivery.
///
/// JMH cannot wait for readers to park between two invocations, hence a separate harness.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="DeliveryLatency"`
public final class DeliveryLatency implements Harness {

    static final String NAME = DeliveryLatency.class.getSimpleName();
    static final int STRIPES = 16;
    static final String PLATFORM = "platform";
    static final String VIRTUAL = "virtual";

    @Override
    public String title() {
        return "When everybody waits: how long does publish take, and how long until the last subscriber has the event?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> grid("warm", PLATFORM, 2, STRIPES, 3).each("design", FanOuts.ALL.toArray()).cells();
            case QUICK -> Grid.union(
                    compared("warm", PLATFORM, 100, 10_000, 100_000),
                    grid("warm", VIRTUAL, 1, STRIPES, 10_000).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK));
            case FULL -> Grid.union(
                    compared("warm", PLATFORM, 100, 1_000, 10_000, 100_000),
                    grid("warm", VIRTUAL, 1, STRIPES, 100, 1_000, 10_000, 100_000)
                            .each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK),
                    compared("cold", PLATFORM, 10_000),
                    grid("warm", PLATFORM, 2, STRIPES, 10_000).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK),
                    grid("warm", PLATFORM, 4, STRIPES, 10_000).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK),
                    grid("warm", PLATFORM, 1, 1, 10_000).each("design", FanOuts.MCP_SESSION),
                    grid("warm", PLATFORM, 1, 64, 10_000).each("design", FanOuts.MCP_SESSION));
        };
    }

    private static Grid compared(String loop, String publisher, Object... subscribers) {
        return grid(loop, publisher, 1, STRIPES, subscribers)
                .each("design", FanOuts.ALL.toArray()).without(DeliveryLatency::isTooSlow);
    }

    /// Whether subscribing would take minutes.
    static boolean isTooSlow(Cell cell) {
        return cell.number("subscribers") > 10_000 && cell.text("design").equals(FanOuts.SUBMISSION_PUBLISHER.toString());
    }

    private static Grid grid(String loop, String publisher, int publishers, int stripes, Object... subscribers) {
        return Grid.of(NAME).each("loop", loop).each("publisher", publisher).each("publishers", publishers)
                .each("stripes", stripes).each("subscribers", subscribers);
    }

    /// The cell with which others are compared: one publisher, warm readers.
    static Cell cell(int subscribers, Design<?> design) {
        return cell(PLATFORM, subscribers, design);
    }

    /// The cell with which others are compared, for another kind of publisher.
    static Cell cell(String publisher, int subscribers, Design<?> design) {
        return grid("warm", publisher, 1, STRIPES, subscribers).each("design", design).cells().getFirst();
    }

    @Override
    public List<String> metrics() {
        return List.of("publish_p50_ns", "publish_p99_ns", "last_p50_ns", "last_p99_ns", "cpu_per_delivery_ns",
                "wake_one_p50_ns");
    }

    @Override
    public List<String> compared() {
        return List.of("publish_p50_ns", "last_p50_ns");
    }

    @Override
    public String baseline() {
        return FanOuts.SINGLE_LOCK.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var design = cell.text("design");
        var stripes = cell.number("stripes");
        if (cell.text("loop").equals("warm")) Readers.warmUp(design, stripes, size.preWarm());
        var gate = new Arrivals.Gate();
        var kind = cell.text("publisher").equals(VIRTUAL) ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
        try (var fanOut = FanOuts.open(design, stripes);
                var readers = Readers.of(fanOut, cell.number("subscribers"), gate);
                var publishers = new Publishers(fanOut, cell.number("publishers"), kind);
                var wake = Wake.open()) {
            var rounds = new Rounds(gate, readers, publishers, wake, cell.number("subscribers") * cell.number("publishers"));
            var measured = new FutureTask<>(() -> rounds.measure(size));
            kind.start(measured);
            return measured.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("measuring failed: " + cell, e.getCause());
        }
    }

    private record Rounds(Arrivals.Gate gate, Readers readers, Publishers publishers, Wake wake, int deliveries) {

        SequencedMap<String, Double> measure(Size size) {
            repeat(size.warmUp(), 2);
            publishers.take();
            wake.times().reset();
            var window = Window.open();
            var last = repeat(size.time(), size.rounds());
            var load = window.load();

            var metrics = new LinkedHashMap<String, Double>();
            Percentiles.put("publish", publishers.take(), metrics);
            Percentiles.put("last", last, metrics);
            Percentiles.put("wake_one", wake.times(), metrics);
            metrics.put("cpu_per_delivery_ns", load.cpuNanos() / ((double) last.getTotalCount() * deliveries));
            load.addTo(metrics);
            return metrics;
        }

        private Histogram repeat(Duration time, int atLeast) {
            var last = new Histogram(3);
            for (var end = System.nanoTime() + time.toNanos(); last.getTotalCount() < atLeast || System.nanoTime() - end < 0; ) {
                readers.awaitParked();
                gate.expect(deliveries);
                var start = publishers.publish();
                last.recordValue(gate.await() - start);
                readers.awaitParked();
                wake.once();
            }
            return last;
        }
    }
}
