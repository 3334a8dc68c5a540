package dev.mcpsession.benchmarks;

import dev.mcpsession.SessionId;
import dev.mcpsession.benchmarks.fanout.Arrivals;
import dev.mcpsession.benchmarks.fanout.FanOuts;
import dev.mcpsession.benchmarks.fanout.McpSessionFanOut;
import dev.mcpsession.benchmarks.fanout.Readers;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Percentiles;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// An event is for one session: what do other waiting readers cost, and are they left alone?
///
/// Data: 1 to 100,000 virtual threads, each parked in a blocking read of its own session's subscription. Each round publishes one event for
/// a random session, then waits until its reader is parked again. Unit: nanoseconds, and readers woken per event.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="Addressed"`
public final class Addressed implements Harness {

    private static final int SEED = 42;

    @Override
    public String title() {
        return "An event is for one session: what does it cost that others are waiting, and are they left alone?";
    }

    @Override
    public List<Cell> cells(Size size) {
        var subscribers = switch (size) {
            case SMOKE -> new Object[] {3};
            case QUICK -> new Object[] {1, 10_000};
            case FULL -> new Object[] {1, 100, 10_000, 100_000};
        };
        return Grid.of(name()).each("subscribers", subscribers).cells();
    }

    static Cell cell(int subscribers) {
        return Cell.of(Addressed.class.getSimpleName(), "subscribers", subscribers);
    }

    @Override
    public List<String> metrics() {
        return List.of("publish_p50_ns", "publish_p99_ns", "delivery_p50_ns", "delivery_p99_ns", "woken_per_event");
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) {
        Readers.warmUp(FanOuts.MCP_SESSION.name(), DeliveryLatency.STRIPES, size.preWarm());
        var sessions = Stream.generate(SessionId::random).limit(cell.number("subscribers")).toList();
        var gate = new Arrivals.Gate();
        try (var fanOut = new McpSessionFanOut(DeliveryLatency.STRIPES);
                var readers = new Readers(sessions.stream().map(fanOut::subscribe).toList(), Long.MAX_VALUE, gate)) {
            return new Rounds(fanOut, sessions, gate, readers, new Histogram(3), new Histogram(3)).measure(size);
        }
    }

    private record Rounds(McpSessionFanOut fanOut, List<SessionId> sessions, Arrivals.Gate gate, Readers readers,
            Histogram publish, Histogram delivery) {

        SequencedMap<String, Double> measure(Size size) {
            repeat(size.warmUp(), 2);
            readers.awaitParked();
            publish.reset();
            delivery.reset();
            var wakeUps = fanOut.wakeUps();
            var window = Window.open();
            repeat(size.time(), size.rounds());

            var metrics = new LinkedHashMap<String, Double>();
            Percentiles.put("publish", publish, metrics);
            Percentiles.put("delivery", delivery, metrics);
            metrics.put("woken_per_event", (fanOut.wakeUps() - wakeUps) / (double) publish.getTotalCount());
            window.load().addTo(metrics);
            return metrics;
        }

        private void repeat(Duration time, int atLeast) {
            var random = new Random(SEED);
            for (var end = System.nanoTime() + time.toNanos(); publish.getTotalCount() < atLeast || System.nanoTime() - end < 0; ) {
                readers.awaitParked();
                round(sessions.get(random.nextInt(sessions.size())));
            }
        }

        private void round(SessionId addressee) {
            gate.expect(1);
            var start = System.nanoTime();
            fanOut.publish(addressee);
            publish.recordValue(System.nanoTime() - start);
            delivery.recordValue(gate.await() - start);
        }
    }
}
