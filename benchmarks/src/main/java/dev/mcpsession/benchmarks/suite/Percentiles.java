package dev.mcpsession.benchmarks.suite;

import java.util.Map;
import org.HdrHistogram.Histogram;

/// Summarizes measured times.
public final class Percentiles {

    private Percentiles() {}

    /// Adds the median, the tail and the count of measured times to metrics.
    ///
    /// @param name    the name of what was timed
    /// @param times   in nanoseconds
    /// @param metrics receives five metrics
    public static void put(String name, Histogram times, Map<String, Double> metrics) {
        metrics.put(name + "_p50_ns", (double) times.getValueAtPercentile(50));
        metrics.put(name + "_p99_ns", (double) times.getValueAtPercentile(99));
        metrics.put(name + "_p99.9_ns", (double) times.getValueAtPercentile(99.9));
        metrics.put(name + "_max_ns", (double) times.getMaxValue());
        metrics.put(name + "_count", (double) times.getTotalCount());
    }
}
