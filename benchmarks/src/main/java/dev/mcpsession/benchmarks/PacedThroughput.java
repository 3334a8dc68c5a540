package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.fanout.Arrivals;
import dev.mcpsession.benchmarks.fanout.FanOut;
import dev.mcpsession.benchmarks.fanout.FanOuts;
import dev.mcpsession.benchmarks.fanout.Readers;
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
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// Events are published at a given rate: does every reader receive every event?
///
/// Data: 10,000 virtual threads, each in a blocking read of its own subscription. One publisher publishes 1,000 or 4,000 events a second by
/// the clock, and catches up if it is late; then the readers drain what is pending. Every event must be accounted for at every reader as
/// delivered or lost; otherwise the measurement fails. Unit: events per second, nanoseconds per publish, and nanoseconds of processor time
/// per delivery.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="PacedThroughput"`
public final class PacedThroughput implements Harness {

    private static final Object[] DESIGNS =
            {FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK, FanOuts.SUBMISSION_PUBLISHER, FanOuts.REACTOR};
    private static final int SUBSCRIBERS = 10_000;
    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(60);

    @Override
    public String title() {
        return "Events come at a given rate: does everybody get all of them?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> grid(3, 1_000).each("design", DESIGNS).cells();
            case QUICK, FULL -> grid(SUBSCRIBERS, 1_000, 4_000).each("design", DESIGNS).cells();
        };
    }

    private static Grid grid(int subscribers, Object... rates) {
        return Grid.of(PacedThroughput.class.getSimpleName()).each("subscribers", subscribers).each("events/s", rates);
    }

    static Cell cell(int rate, Design<?> design) {
        return grid(SUBSCRIBERS, rate).each("design", design).cells().getFirst();
    }

    @Override
    public List<String> metrics() {
        return List.of("published_per_s", "delivered_per_s", "lost_share", "publish_p50_ns", "publish_p99_ns", "cpu_per_delivery_ns");
    }

    @Override
    public List<String> compared() {
        return List.of("publish_p99_ns");
    }

    @Override
    public String baseline() {
        return FanOuts.SINGLE_LOCK.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var design = cell.text("design");
        Readers.warmUp(design, DeliveryLatency.STRIPES, size.preWarm());
        var tally = new Arrivals.Tally();
        try (var fanOut = FanOuts.open(design, DeliveryLatency.STRIPES);
                var readers = Readers.of(fanOut, cell.number("subscribers"), tally)) {
            readers.awaitParked();
            var stream = new Stream(fanOut, tally, cell.number("subscribers"), cell.number("events/s"));
            stream.measure(size.warmUp());
            readers.awaitParked();
            return stream.measure(size.time());
        }
    }

    private record Stream(FanOut fanOut, Arrivals.Tally tally, int subscribers, int rate) {

        SequencedMap<String, Double> measure(Duration time) throws InterruptedException {
            var deliveredBefore = tally.count();
            var lostBefore = fanOut.lost();
            var times = new Histogram(3);
            var window = Window.open();
            publish(times, time);
            var published = times.getTotalCount();
            var publishing = window.load().wallNanos();
            awaitAll(published * subscribers + deliveredBefore + lostBefore);
            var load = window.load();
            var delivered = tally.count() - deliveredBefore;

            var metrics = new LinkedHashMap<String, Double>();
            metrics.put("published_per_s", published * 1e9 / publishing);
            metrics.put("delivered_per_s", delivered * 1e9 / load.wallNanos());
            metrics.put("lost_share", (fanOut.lost() - lostBefore) / (double) (published * subscribers));
            Percentiles.put("publish", times, metrics);
            metrics.put("cpu_per_delivery_ns", load.cpuNanos() / (double) delivered);
            load.addTo(metrics);
            return metrics;
        }

        private void publish(Histogram times, Duration time) {
            var pause = 1_000_000_000L / rate;
            var begin = System.nanoTime();
            for (var due = begin; due - begin < time.toNanos() && System.nanoTime() - begin < time.toNanos(); due += pause) {
                for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) LockSupport.parkNanos(left);
                var start = System.nanoTime();
                fanOut.publish();
                times.recordValue(System.nanoTime() - start);
            }
        }

        private void awaitAll(long expected) throws InterruptedException {
            var start = System.nanoTime();
            while (tally.count() + fanOut.lost() != expected) {
                if (System.nanoTime() - start > LONGEST_DRAIN.toNanos()) {
                    throw new IllegalStateException("events must be delivered or counted as lost; unaccounted for: "
                            + (expected - tally.count() - fanOut.lost()));
                }
                Thread.sleep(1);
            }
        }
    }
}
