package dev.mcpsession.benchmarks;

import dev.mcpsession.SessionId;
import dev.mcpsession.benchmarks.store.HandClock;
import dev.mcpsession.benchmarks.store.Store;
import dev.mcpsession.benchmarks.store.Stores;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Percentiles;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// A thousand of a million sessions have expired: how long does it take to remove them, and how long do readers wait meanwhile?
///
/// Data: a million live sessions. In each round a thousand more are created, a minute passes by a hand clock, and they are swept. A
/// separate thread gets random sessions without a pause. `stall` is the time of its longest get during a sweep, and `undisturbed` that of
/// its longest in a window of the same length without a sweep, which shows what the machine adds; both are medians over the rounds.
/// `refill` is the cost per session when this library's sweep finds a session due that was used since, and reschedules it; all million are
/// due in one sweep. Unit: nanoseconds.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="StoreSweep"`
public final class StoreSweep implements Harness {

    private static final String NAME = StoreSweep.class.getSimpleName();
    private static final int EXPIRED = 1_000;
    private static final int WARM_UPS = 50;

    @Override
    public String title() {
        return "A thousand of a million sessions have expired: how long does it take to remove them, and who waits meanwhile?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return Grid.of(NAME).each("sessions", size == Size.SMOKE ? 1_000 : 1_000_000)
                .each("design", Stores.ALL.toArray()).cells();
    }

    static Cell cell(Design<?> design) {
        return Cell.of(NAME, "sessions", 1_000_000, "design", design);
    }

    @Override
    public List<String> metrics() {
        return List.of("sweep_p50_ns", "sweep_max_ns", "stall_p50_ns", "undisturbed_p50_ns", "refill_ns", "refill_stall_ns");
    }

    @Override
    public List<String> compared() {
        return List.of("sweep_p50_ns");
    }

    @Override
    public String baseline() {
        return Stores.LOCKED_MAP.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var ids = Stream.generate(SessionId::random).limit(cell.number("sessions")).toArray(SessionId[]::new);
        var clock = new HandClock();
        var store = Stores.open(cell.text("design"), clock);
        for (var id : ids) {
            store.create(id);
            store.touch(id);
        }
        System.gc(); // or the sessions move to the old generation while stalls are measured
        try (var getter = new Getter(store, ids)) {
            return new Sweeps(store, clock, getter, ids.length).measure(size);
        }
    }

    private record Sweeps(Store store, HandClock clock, Getter getter, int sessions) {

        SequencedMap<String, Double> measure(Size size) throws InterruptedException {
            var metrics = new LinkedHashMap<String, Double>();
            var refill = refill();
            for (var i = 0; i < WARM_UPS; i++) sweep();
            var window = Window.open();
            var sweeps = new Histogram(3);
            var stalls = new Histogram(3);
            var undisturbed = new Histogram(3);
            for (var i = 0; i < size.rounds(); i++) {
                var took = sweep();
                sweeps.recordValue(took);
                stalls.recordValue(getter.takeLongest());
                Thread.sleep(took / 1_000_000, (int) (took % 1_000_000));
                undisturbed.recordValue(getter.takeLongest());
            }
            Percentiles.put("sweep", sweeps, metrics);
            Percentiles.put("stall", stalls, metrics);
            Percentiles.put("undisturbed", undisturbed, metrics);
            metrics.putAll(refill);
            window.load().addTo(metrics);
            requireSwept();
            return metrics;
        }

        /// Measures the first sweep after the sessions were created and used, which finds them all due.
        private SequencedMap<String, Double> refill() {
            getter.takeLongest();
            var start = System.nanoTime();
            clock.advance(Store.UNUSED.plusSeconds(1));
            store.sweep();
            var metrics = new LinkedHashMap<String, Double>();
            metrics.put("refill_ns", (double) (System.nanoTime() - start) / sessions);
            metrics.put("refill_stall_ns", (double) getter.takeLongest());
            return metrics;
        }

        private long sweep() {
            for (var i = 0; i < EXPIRED; i++) store.create(SessionId.random());
            store.sweep(); // some stores have deferred work from the creation
            getter.takeLongest();
            var start = System.nanoTime();
            clock.advance(Store.UNUSED.plusSeconds(1)); // from here on some stores may expire sessions by themselves
            store.sweep();
            return System.nanoTime() - start;
        }

        private void requireSwept() {
            if (store.size() != sessions) {
                throw new IllegalStateException("sweeps must leave " + sessions + " sessions: " + store.size());
            }
        }
    }
}
