package dev.mcpsession.benchmarks.report;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Metrics;
import dev.mcpsession.benchmarks.suite.Results;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/// Something that this library promises itself, as one number with a bound.
///
/// @param text     what is measured
/// @param isUpper  whether the bound is an upper one
/// @param bound    the bound
/// @param cells    what it is computed from; a bar on a disturbed cell is marked
/// @param measured the number, or empty if something was not measured
public record Bar(String text, boolean isUpper, double bound, List<Cell> cells, Function<Results, OptionalDouble> measured) {

    /// A ratio of two cells that must not be more than something.
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

    /// A ratio of two cells that must not be less than something.
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

    /// A plain figure that must not be more than something.
    ///
    /// @param text   what is measured
    /// @param bound  the most it may be
    /// @param metric the metric's name
    /// @param cell   the cell
    /// @return a new bar
    public static Bar atMost(String text, double bound, String metric, Cell cell) {
        return new Bar(text, true, bound, List.of(cell), results -> results.median(cell, metric));
    }

    /// A plain figure that must not be less than something.
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
