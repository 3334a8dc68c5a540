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
public record Bar(String text, boolean isUpper, double bound, List<Cell> cells, Function<Results, OptionalDouble> measured) {

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
        return "| %s | %s %s | %s%s | %s |%n".formatted(text, isUpper ? "≤" : "≥", Metrics.ratio(bound),
                value.isPresent() ? Metrics.ratio(value.getAsDouble()) : "", marks,
                value.isEmpty() ? "not measured" : isMet(value.getAsDouble()) ? "pass" : "**fail**");
    }

    private boolean isMet(double value) {
        return isUpper ? value <= bound : value >= bound;
    }
}
