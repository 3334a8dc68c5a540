package dev.mcpsession.benchmarks;

import dev.mcpsession.SessionId;
import dev.mcpsession.benchmarks.fanout.Arrivals;
import dev.mcpsession.benchmarks.fanout.FanOuts;
import dev.mcpsession.benchmarks.fanout.McpSessionFanOut;
import dev.mcpsession.benchmarks.fanout.Readers;
import dev.mcpsession.benchmarks.store.HandClock;
import dev.mcpsession.benchmarks.store.Stores;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Heap;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/// How much heap does one more subscription or session take?
///
/// Data: 100,000 of them (10,000 where subscribing is slow); the heap used after a collection, minus that used before. A subscription is
/// counted
/// - `registered`: it is never read;
/// - `parked`: with a virtual thread in a compiled blocking read, whose stack is the largest part;
/// - `woken`: as `parked`, after twenty events;
/// - `addressed`: registered for its own session, whose id is counted with the session.
///
/// A `session` is counted with its id; its client information is shared. Unit: bytes.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="Footprint"`
public final class Footprint implements Harness {

    private static final String NAME = Footprint.class.getSimpleName();
    private static final int COUNT = 100_000;
    private static final int SMALLER_COUNT = 10_000;
    private static final int SMOKE_COUNT = 100;
    private static final int FIRST = 1_000;
    private static final int EVENTS = 20;

    @Override
    public String title() {
        return "How much heap does one more subscription take, and one more session?";
    }

    @Override
    public List<Cell> cells(Size size) {
        var grid = Grid.of(NAME).each("count", size == Size.SMOKE ? SMOKE_COUNT : COUNT);
        var smaller = Grid.of(NAME).each("count", size == Size.SMOKE ? SMOKE_COUNT : SMALLER_COUNT);
        var what = size == Size.QUICK ? new Object[] {"registered", "parked"} : new Object[] {"registered", "parked", "woken"};
        return Grid.union(
                grid.each("what", what).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK, FanOuts.REACTOR),
                smaller.each("what", what).each("design", FanOuts.SUBMISSION_PUBLISHER),
                grid.each("what", "addressed").each("design", FanOuts.MCP_SESSION),
                grid.each("what", "session").each("design", Stores.ALL.toArray()));
    }

    static Cell cell(String what, Object design) {
        return Cell.of(NAME, "count", COUNT, "what", what, "design", design);
    }

    @Override
    public List<String> metrics() {
        return List.of("heap_bytes");
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        var count = cell.number("count");
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("heap_bytes", (double) Math.round((double) grown(cell, size, count) / count));
        Window.Load.NONE.addTo(metrics); // other processes do not change it
        return metrics;
    }

    private static long grown(Cell cell, Size size, int count) throws InterruptedException {
        var design = cell.text("design");
        return switch (cell.text("what")) {
            case "registered" -> registered(design, count);
            case "parked" -> parked(design, count, 0, size.preWarm());
            case "woken" -> parked(design, count, EVENTS, size.preWarm());
            case "addressed" -> addressed(count);
            case "session" -> sessions(design, count);
            case String other -> throw new IllegalArgumentException("nothing is known of " + other);
        };
    }

    private static long registered(String design, int count) throws InterruptedException {
        try (var fanOut = FanOuts.open(design, DeliveryLatency.STRIPES)) {
            return grownBy(count, _ -> fanOut.register());
        }
    }

    private static long addressed(int count) throws InterruptedException {
        try (var fanOut = new McpSessionFanOut(DeliveryLatency.STRIPES)) {
            var ids = Stream.generate(SessionId::random).limit(count + FIRST).toArray(SessionId[]::new);
            return grownBy(count, i -> fanOut.register(ids[i]));
        }
    }

    private static long sessions(String design, int count) throws InterruptedException {
        var store = Stores.open(design, new HandClock());
        var grown = grownBy(count, _ -> {
            store.create(SessionId.random());
            return store;
        });
        Reference.reachabilityFence(store);
        return grown;
    }

    /// The heap that `count` more objects take; what the first few allocate does not count.
    private static long grownBy(int count, IntFunction<Object> next) throws InterruptedException {
        var kept = new Object[FIRST + count];
        for (var i = 0; i < FIRST; i++) kept[i] = next.apply(i);
        var before = Heap.used();
        for (var i = FIRST; i < kept.length; i++) kept[i] = next.apply(i);
        return grownSince(before, kept);
    }

    private static long parked(String design, int count, int events, Duration preWarm) throws InterruptedException {
        Readers.warmUp(design, DeliveryLatency.STRIPES, preWarm);
        var gate = new Arrivals.Gate();
        try (var fanOut = FanOuts.open(design, DeliveryLatency.STRIPES)) {
            var before = Heap.used();
            try (var readers = Readers.of(fanOut, count, gate)) {
                readers.awaitParked();
                for (var i = 0; i < events; i++) {
                    gate.expect(count);
                    fanOut.publish();
                    gate.await();
                    readers.awaitParked();
                }
                return grownSince(before, readers);
            }
        }
    }

    private static long grownSince(long before, Object kept) throws InterruptedException {
        var grown = Heap.used() - before;
        Reference.reachabilityFence(kept);
        return grown;
    }
}
