package dev.mcpsession.http;

import dev.mcpsession.http.HandlerStats.Histogram;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/// Counts durations by size. Thread-safe.
final class Durations {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final long[] bounds; // inclusive, in nanoseconds
    private final LongAdder[] counts; // the last one is for what is longer than every bound
    private final LongAdder total = new LongAdder();

    private Durations(long... bounds) {
        this.bounds = bounds;
        counts = new LongAdder[bounds.length + 1];
        for (var i = 0; i < counts.length; i++) counts[i] = new LongAdder();
    }

    /// For writes and deliveries, from 0.1 ms to 10 s.
    static Durations ofWrites() {
        return new Durations(MILLI / 10, MILLI, 5 * MILLI, 10 * MILLI, 50 * MILLI, 100 * MILLI, 500 * MILLI, SECOND, 5 * SECOND,
                10 * SECOND);
    }

    /// For sessions and streams: those that OpenTelemetry names for the sessions of MCP servers, then up to a day.
    static Durations ofLives() {
        return new Durations(LongStream.of(10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000,
                1_800_000, 3_600_000, 21_600_000, 86_400_000).map(millis -> millis * MILLI).toArray());
    }

    void add(long nanos) {
        var i = 0;
        while (i < bounds.length && nanos > bounds[i]) i++;
        counts[i].increment();
        total.add(nanos);
    }

    Histogram current() {
        var atMost = new TreeMap<Duration, Long>();
        var count = 0L;
        for (var i = 0; i < bounds.length; i++) atMost.put(Duration.ofNanos(bounds[i]), count += counts[i].sum());
        return new Histogram(atMost, count + counts[bounds.length].sum(), Duration.ofNanos(total.sum()));
    }
}
