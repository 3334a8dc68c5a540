package dev.mcpsession.benchmarks.report;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Metrics;
import dev.mcpsession.benchmarks.suite.Results;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/// A goal of this library: one number with a bound.
///
/// @param text     what is measured
/// @param isUpper  whether it is an upper bound
/// @param bound    the bound
/// @param cells    the cells of the computation; a bar on a disturbed cell is marked
/// @param measured the number, or empty if something was not measured
/// @param protects what a user would lose if it were not met, in a sentence
/// @param reason   why it may be missed, or empty
public record Bar(String text, boolean isUpper, double bound, List<Cell> cells, Function<Results, OptionalDouble> measured,
        String protects, String reason) {

    private Bar(String text, boolean isUpper, double bound, List<Cell> cells, Function<Results, OptionalDouble> measured) {
        this(text, isUpper, bound, cells, measured, "", "");
    }

    /// {@return a copy that says what the bar is good for}
    ///
    /// @param sentence what a user would lose if it were not met
    public Bar protects(String sentence) {
        return new Bar(text, isUpper, bound, cells, measured, sentence, reason);
    }

    /// {@return a copy that may be missed}
    ///
    /// @param why the reason, which the report prints
    public Bar exception(String why) {
        return new Bar(text, isUpper, bound, cells, measured, protects, why);
    }

    /// Returns a bar with an upper bound on the ratio of two metrics.
    ///
    /// @param text        what is measured
    /// @param bound       the most it may be
    /// @param metric      the metric's name
    /// @param cell        the cell
    /// @param otherMetric the name of the metric that it is divided by
    /// @param other       the cell of that metric
    /// @return a new bar
    public static Bar atMost(String text, double bound, String metric, Cell cell, String otherMetric, Cell other) {
        return new Bar(text, true, bound, List.of(cell, other), results -> {
            var value = results.median(cell, metric);
            var divisor = results.median(other, otherMetric);
            return value.isEmpty() || divisor.isEmpty() ? OptionalDouble.empty()
                    : OptionalDouble.of(value.getAsDouble() / divisor.getAsDouble());
        });
    }

    /// Returns a bar with an upper bound on the ratio of two cells.
    ///
    /// @param text   what is measured
    /// @param bound  the most it may be
    /// @param metric the metric's name
    /// @param cell   the cell
    /// @param other  what it is divided by
    /// @return a new bar
    public static Bar atMost(String text, double bound, String metric, Cell cell, Cell other) {
        return new Bar(text, true, bound, List.of(cell, other), results -> results.ratio(cell, other, metric));
    }

    /// Returns a bar with a lower bound on the ratio of two cells.
    ///
    /// @param text   what is measured
    /// @param bound  the least it may be
    /// @param metric the metric's name
    /// @param cell   the cell
    /// @param other  what it is divided by
    /// @return a new bar
    public static Bar atLeast(String text, double bound, String metric, Cell cell, Cell other) {
        return new Bar(text, false, bound, List.of(cell, other), results -> results.ratio(cell, other, metric));
    }

    /// Returns a bar with an upper bound on one figure.
    ///
    /// @param text   what is measured
    /// @param bound  the most it may be
    /// @param metric the metric's name
    /// @param cell   the cell
    /// @return a new bar
    public static Bar atMost(String text, double bound, String metric, Cell cell) {
        return new Bar(text, true, bound, List.of(cell), results -> results.median(cell, metric));
    }

    /// Returns a bar with a lower bound on one figure.
    ///
    /// @param text   what is measured
    /// @param bound  the least it may be
    /// @param metric the metric's name
    /// @param cell   the cell
    /// @return a new bar
    public static Bar atLeast(String text, double bound, String metric, Cell cell) {
        return new Bar(text, false, bound, List.of(cell), results -> results.median(cell, metric));
    }

    String row(Results results) {
        var value = measured.apply(results);
        var marks = cells.stream().anyMatch(results::isDisturbed) ? Table.DISTURBED : "";
        return "| %s | %s %s | %s%s | %s | %s |%n".formatted(text, isUpper ? "≤" : "≥", Metrics.ratio(bound),
                value.isPresent() ? Metrics.ratio(value.getAsDouble()) : "", marks, verdict(value), protects);
    }

    private String verdict(OptionalDouble value) {
        if (value.isEmpty()) return "not measured";
        if (isMet(value.getAsDouble())) return "pass";
        return reason.isEmpty() ? "**fail**" : "exception: " + reason;
    }

    private boolean isMet(double value) {
        return isUpper ? value <= bound : value >= bound;
    }
}
