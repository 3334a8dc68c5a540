package dev.mcpsession.benchmarks.suite;

import java.util.Locale;

/// Formats metrics. The end of a metric's name is its unit.
public final class Metrics {

    private static final String[] TIMES = {"ns", "µs", "ms", "s"};
    private static final String[] RATES = {"/s", "k/s", "M/s", "G/s"};
    private static final String[] SIZES = {"B", "kB", "MB", "GB"};

    private Metrics() {}

    /// Formats a metric's name, without its unit.
    ///
    /// @param metric such as `publish_p50_ns`
    /// @return such as `publish p50`
    public static String heading(String metric) {
        return metric.replaceFirst("_(ns|bytes|per_s|share)$", "").replace('_', ' ');
    }

    /// Formats a value with its unit, to three digits.
    ///
    /// @param metric the metric's name
    /// @param value  the value
    /// @return such as `26.1 µs`
    public static String format(String metric, double value) {
        if (metric.endsWith("_ns")) return scaled(value, TIMES);
        if (metric.endsWith("_per_s")) return scaled(value, RATES);
        if (metric.endsWith("_bytes")) return scaled(value, SIZES);
        if (metric.endsWith("_share")) return digits(100 * value) + " %";
        return digits(value);
    }

    private static String scaled(double value, String[] units) {
        var unit = 0;
        while (Math.abs(value) >= 1_000 && unit < units.length - 1) {
            value /= 1_000;
            unit++;
        }
        return digits(value) + ' ' + units[unit];
    }

    /// Formats a plain number, to three digits.
    ///
    /// @param value the number
    /// @return such as `0.125`, `26.1` or `1200`
    public static String digits(double value) {
        var size = Math.abs(value);
        if (value == Math.rint(value) || size >= 99.95) return Long.toString(Math.round(value));
        return String.format(Locale.ROOT, size >= 9.995 ? "%.1f" : size >= 0.9995 ? "%.2f" : "%.3f", value);
    }

    /// Formats a ratio; small ones become fractions.
    ///
    /// @param ratio a positive number
    /// @return such as `1/285`, `0.64` or `3.40`
    public static String ratio(double ratio) {
        return ratio > 0 && ratio < 0.1 ? "1/" + digits(1 / ratio) : digits(ratio);
    }
}
