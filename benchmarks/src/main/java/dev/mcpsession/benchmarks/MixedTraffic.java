package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.fanout.Arrivals;
import dev.mcpsession.benchmarks.mixed.Crowd;
import dev.mcpsession.benchmarks.mixed.Population;
import dev.mcpsession.benchmarks.suite.Cell;
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

/// Sessions and listens, filters and addressed events: what does it cost that subscribers want different events?
///
/// Data: 10,000 virtual threads, each in a blocking read of its own subscription, which write each event into a buffer as an event stream
/// does. The population is `mixed` or `plain`; see [Population]. Events are published `alone`, each when all of its readers have the
/// previous one and are parked again, or at a given rate by the clock. `publish` and `last` cover the events for all. `few publish` and
/// `few last` cover those for one session, one owner, or the subscribers of one resource. Only wanted deliveries count: a subscriber that
/// is woken and skips an event adds to the processor time per delivery and to `woken per delivery`. Each member must receive exactly the
/// events that it wants, or a report of their loss; otherwise the measurement fails. Unit: nanoseconds, and nanoseconds of processor time
/// per delivery.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="MixedTraffic"`
public final class MixedTraffic implements Harness {

    static final String ALONE = "alone";

    private static final String NAME = MixedTraffic.class.getSimpleName();
    private static final int SUBSCRIBERS = 10_000;
    private static final int GENERATION = 500;
    private static final int GENERATION_EVENTS = 40;
    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(60);

    @Override
    public String title() {
        return "Sessions and listens, filters and addressed events: what does it cost that not all want the same?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> compared(30, ALONE, 1_000).cells();
            case QUICK -> Grid.union(compared(SUBSCRIBERS, ALONE), grid(SUBSCRIBERS, 1_000).each("design", Population.MIXED));
            case FULL -> compared(SUBSCRIBERS, ALONE, 1_000).cells();
        };
    }

    private static Grid compared(int subscribers, Object... rates) {
        return grid(subscribers, rates).each("design", (Object[]) Population.values());
    }

    private static Grid grid(int subscribers, Object... rates) {
        return Grid.of(NAME).each("subscribers", subscribers).each("events/s", rates);
    }

    static Cell cell(Object rate, Population population) {
        return Cell.of(NAME, "subscribers", SUBSCRIBERS, "events/s", rate, "design", population);
    }

    @Override
    public List<String> metrics() {
        return List.of("publish_p50_ns", "publish_p99_ns", "last_p50_ns", "last_p99_ns", "few_publish_p50_ns", "few_last_p50_ns",
                "cpu_per_delivery_ns", "woken_per_delivery", "delivered_per_s", "lost_share");
    }

    @Override
    public List<String> compared() {
        return List.of("publish_p50_ns", "last_p50_ns", "cpu_per_delivery_ns");
    }

    @Override
    public String baseline() {
        return Population.PLAIN.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var population = Population.of(cell.text("design"));
        warmUp(population, size.preWarm());
        return cell.text("events/s").equals(ALONE)
                ? alone(population, cell.number("subscribers"), size)
                : paced(population, cell.number("subscribers"), cell.number("events/s"), size);
    }

    /// Runs generations of readers that live for a few events, because a virtual thread keeps the interpreted frame of a loop that it has
    /// entered too early.
    private static void warmUp(Population population, Duration time) {
        var end = System.nanoTime() + time.toNanos();
        do {
            var gate = new Arrivals.Gate();
            try (var crowd = new Crowd(population, GENERATION, gate)) {
                var rounds = new Rounds(crowd, gate, new Times());
                for (var i = 0; i < GENERATION_EVENTS; i++) rounds.round();
            }
        } while (System.nanoTime() - end < 0);
    }

    private static SequencedMap<String, Double> alone(Population population, int subscribers, Size size) {
        var gate = new Arrivals.Gate();
        try (var crowd = new Crowd(population, subscribers, gate)) {
            new Rounds(crowd, gate, new Times()).repeat(size.warmUp(), 2);
            crowd.awaitParked();
            var rounds = new Rounds(crowd, gate, new Times());
            var before = Counts.of(crowd);
            var window = Window.open();
            rounds.repeat(size.time(), size.rounds());
            var load = window.load();
            crowd.awaitParked();
            crowd.requireExact();
            return rounds.times.metrics(before, Counts.of(crowd), load);
        }
    }

    private static SequencedMap<String, Double> paced(Population population, int subscribers, int rate, Size size)
            throws InterruptedException {
        var tally = new Arrivals.Tally();
        try (var crowd = new Crowd(population, subscribers, tally)) {
            crowd.awaitParked();
            publish(crowd, rate, size.warmUp(), new Times());
            awaitAll(crowd, tally);
            crowd.awaitParked();
            var times = new Times();
            var before = Counts.of(crowd);
            var window = Window.open();
            publish(crowd, rate, size.time(), times);
            awaitAll(crowd, tally);
            var load = window.load();
            if (crowd.lost() == 0) crowd.requireExact();
            return times.metrics(before, Counts.of(crowd), load);
        }
    }

    private static void publish(Crowd crowd, int rate, Duration time, Times times) {
        var pause = 1_000_000_000L / rate;
        var begin = System.nanoTime();
        for (var due = begin; due - begin < time.toNanos() && System.nanoTime() - begin < time.toNanos(); due += pause) {
            for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) LockSupport.parkNanos(left);
            times.publish(crowd);
        }
    }

    private static void awaitAll(Crowd crowd, Arrivals.Tally tally) throws InterruptedException {
        var start = System.nanoTime();
        while (tally.count() + crowd.lost() < crowd.wanted()) {
            if (System.nanoTime() - start > LONGEST_DRAIN.toNanos()) {
                throw new IllegalStateException("events must be delivered or counted as lost; unaccounted for: "
                        + (crowd.wanted() - tally.count() - crowd.lost()));
            }
            Thread.sleep(1);
        }
    }

    private record Counts(long wanted, long lost, long wakeUps) {

        static Counts of(Crowd crowd) {
            return new Counts(crowd.wanted(), crowd.lost(), crowd.wakeUps());
        }
    }

    /// The times of the events for all, and of those for a few.
    private record Times(Histogram publish, Histogram last, Histogram fewPublish, Histogram fewLast) {

        Times() {
            this(new Histogram(3), new Histogram(3), new Histogram(3), new Histogram(3));
        }

        long publish(Crowd crowd) {
            var into = crowd.isNextForAll() ? publish : fewPublish;
            var start = System.nanoTime();
            crowd.publish();
            into.recordValue(System.nanoTime() - start);
            return start;
        }

        SequencedMap<String, Double> metrics(Counts before, Counts after, Window.Load load) {
            var lost = after.lost - before.lost;
            var delivered = (double) (after.wanted - before.wanted - lost);
            var metrics = new LinkedHashMap<String, Double>();
            put("publish", publish, metrics);
            put("last", last, metrics);
            put("few_publish", fewPublish, metrics);
            put("few_last", fewLast, metrics);
            metrics.put("cpu_per_delivery_ns", load.cpuNanos() / delivered);
            metrics.put("woken_per_delivery", (after.wakeUps - before.wakeUps) / delivered);
            metrics.put("delivered_per_s", delivered * 1e9 / load.wallNanos());
            metrics.put("lost_share", lost / (delivered + lost));
            load.addTo(metrics);
            return metrics;
        }

        private static void put(String name, Histogram times, SequencedMap<String, Double> metrics) {
            if (times.getTotalCount() > 0) Percentiles.put(name, times, metrics);
        }
    }

    private record Rounds(Crowd crowd, Arrivals.Gate gate, Times times) {

        void repeat(Duration time, int atLeast) {
            var end = System.nanoTime() + time.toNanos();
            for (var i = 0; i < atLeast || System.nanoTime() - end < 0; i++) {
                crowd.awaitParked();
                round();
            }
        }

        void round() {
            var into = crowd.isNextForAll() ? times.last : times.fewLast;
            gate.expect(crowd.nextWanted());
            var start = times.publish(crowd);
            into.recordValue(gate.await() - start);
        }
    }
}
