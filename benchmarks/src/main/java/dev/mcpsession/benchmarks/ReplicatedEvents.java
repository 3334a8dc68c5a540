package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.replicas.ReplicaDesigns;
import dev.mcpsession.benchmarks.replicas.Replicas;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Percentiles;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import dev.mcpsession.postgres.server.PgDatabase;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/// Two replicas share a database: how long until an event that is published on one is read on the other, and how many events can be
/// published per second?
///
/// Data: a Postgres server on this machine, with `fsync` on, and two replicas in one JVM, with one reader on the second. Events of about
/// 100 bytes are published on the first, either `alone`, each 10 ms after the previous one was read, when the replicas no longer gather
/// events, or by 1 to 32 threads, each of which publishes as soon as its last event is committed. `delivered` is the time from the start of `publish` until the reader has the event.
/// Every event must be accounted for as delivered or lost; otherwise the measurement fails. Server, replicas and reader share the machine.
/// Unit: nanoseconds, and events per second.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="ReplicatedEvents"`
public final class ReplicatedEvents implements Harness {

    static final String ALONE = "alone";

    private static final String NAME = ReplicatedEvents.class.getSimpleName();
    private static final Duration SETTLE = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    @Override
    public String title() {
        return "Two replicas share a database: how long until an event of one is read on the other, and how many can be published?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> compared(ALONE, 2).cells();
            case QUICK -> Grid.union(compared(ALONE, 32), grid(1).each("design", ReplicaDesigns.MCP_SESSION));
            case FULL -> compared(ALONE, 1, 8, 32).cells();
        };
    }

    private static Grid compared(Object... publishers) {
        return grid(publishers).each("design", ReplicaDesigns.ALL.toArray());
    }

    private static Grid grid(Object... publishers) {
        return Grid.of(NAME).each("publishers", publishers);
    }

    static Cell cell(Object publishers, Design<?> design) {
        return Cell.of(NAME, "publishers", publishers, "design", design);
    }

    @Override
    public List<String> metrics() {
        return List.of("delivered_p50_ns", "delivered_p99_ns", "publish_p50_ns", "publish_p99_ns", "published_per_s", "delivered_per_s",
                "lost_share");
    }

    @Override
    public List<String> compared() {
        return List.of("delivered_p50_ns", "published_per_s", "delivered_per_s");
    }

    @Override
    public String baseline() {
        return ReplicaDesigns.NOTIFY.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var arrivals = new Arrivals();
        try (var database = PgDatabase.create();
                var replicas = Design.opener(cell.text("design"), ReplicaDesigns.ALL).apply(database, arrivals)) {
            var stream = new Stream(replicas, arrivals, new SynchronizedHistogram(3));
            stream.measure(cell.text("publishers"), size.preWarm().plus(size.warmUp()));
            return stream.measure(cell.text("publishers"), size.time());
        }
    }

    /// The events that the reader has received since the last reset. An event's text is the time of its publication.
    private static final class Arrivals implements Replicas.Reader {

        private final Histogram delivered = new SynchronizedHistogram(3);
        private final Semaphore accounted = new Semaphore(0);
        private long awaited;

        @Override
        public void arrived(String text) {
            delivered.recordValue(System.nanoTime() - Long.parseLong(text));
            accounted.release();
        }

        @Override
        public void lost(long events) {
            accounted.release(Math.toIntExact(events));
        }

        void reset() {
            delivered.reset();
            awaited = 0;
        }

        /// Waits until this many events are accounted for. Called by one thread.
        void awaitUpTo(long events) throws InterruptedException {
            var missing = Math.toIntExact(events - awaited);
            if (!accounted.tryAcquire(missing, LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("events must be delivered or counted as lost; unaccounted for: "
                        + (missing - accounted.availablePermits()));
            }
            awaited = events;
        }

        long lost() {
            return awaited - delivered.getTotalCount();
        }
    }

    private record Stream(Replicas replicas, Arrivals arrivals, Histogram times) {

        SequencedMap<String, Double> measure(String publishers, Duration time) throws InterruptedException {
            times.reset();
            arrivals.reset();
            var window = Window.open();
            if (publishers.equals(ALONE)) alone(time);
            else together(Integer.parseInt(publishers), time);
            return metrics(window);
        }

        private void alone(Duration time) throws InterruptedException {
            for (var start = System.nanoTime(); System.nanoTime() - start < time.toNanos(); arrivals.awaitUpTo(count())) {
                Thread.sleep(SETTLE);
                publish();
            }
        }

        private void together(int publishers, Duration time) throws InterruptedException {
            var start = System.nanoTime();
            Callable<Void> publisher = () -> {
                while (System.nanoTime() - start < time.toNanos()) publish();
                return null;
            };
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var done : threads.invokeAll(Collections.nCopies(publishers, publisher))) done.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("publishing failed", e.getCause());
            }
        }

        private void publish() {
            var start = System.nanoTime();
            replicas.publish(Long.toString(start));
            times.recordValue(System.nanoTime() - start);
        }

        private long count() {
            return times.getTotalCount();
        }

        private SequencedMap<String, Double> metrics(Window window) throws InterruptedException {
            var publishing = window.load().wallNanos();
            arrivals.awaitUpTo(count());
            var load = window.load();

            var metrics = new LinkedHashMap<String, Double>();
            Percentiles.put("delivered", arrivals.delivered, metrics);
            Percentiles.put("publish", times, metrics);
            metrics.put("published_per_s", count() * 1e9 / publishing);
            metrics.put("delivered_per_s", arrivals.delivered.getTotalCount() * 1e9 / load.wallNanos());
            metrics.put("lost_share", arrivals.lost() / (double) count());
            load.addTo(metrics);
            return metrics;
        }
    }
}
