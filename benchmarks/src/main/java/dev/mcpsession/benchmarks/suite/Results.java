package dev.mcpsession.benchmarks.suite;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/// What a run has measured so far, and the questions one can ask of it. Safe for use by many threads.
public final class Results {

    private final List<Trial> trials = new ArrayList<>();

    /// Adds a measurement.
    ///
    /// @param trial the measurement
    public synchronized void add(Trial trial) {
        trials.add(trial);
    }

    /// All measurements.
    ///
    /// @return a new list, in the order in which they were made
    public synchronized List<Trial> trials() {
        return List.copyOf(trials);
    }

    /// What was measured of a question.
    ///
    /// @param question its name
    /// @return its cells, each once, those included that failed
    public List<Cell> cells(String question) {
        return trials().stream().map(Trial::cell).filter(cell -> cell.question().equals(question)).distinct().toList();
    }

    /// The measurements of a cell that count: of each fork the least disturbed.
    ///
    /// @param cell the cell
    /// @return one for each fork that did not fail
    public Collection<Trial> counting(Cell cell) {
        return trials().stream()
                .filter(trial -> trial.cell().equals(cell) && !trial.isFailed())
                .collect(Collectors.toMap(Trial::fork, trial -> trial, BinaryOperator.minBy(comparing(Trial::disturbance))))
                .values();
    }

    /// A metric of a cell.
    ///
    /// @param cell   the cell
    /// @param metric its name
    /// @return one value for each fork, the smallest first
    public List<Double> values(Cell cell, String metric) {
        return counting(cell).stream().map(Trial::metrics)
                .filter(metrics -> metrics.containsKey(metric)).map(metrics -> metrics.get(metric)).sorted().toList();
    }

    /// The middle of a metric over a cell's forks.
    ///
    /// @param cell   the cell
    /// @param metric its name
    /// @return the median, or empty if it was not measured
    public OptionalDouble median(Cell cell, String metric) {
        var values = values(cell, metric);
        if (values.isEmpty()) return OptionalDouble.empty();
        var middle = values.size() / 2;
        return OptionalDouble.of(values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2);
    }

    /// How a metric of one cell relates to that of another.
    ///
    /// @param cell   the cell
    /// @param other  what it is divided by
    /// @param metric the metric's name
    /// @return the ratio of the medians, or empty if one was not measured or the other is zero
    public OptionalDouble ratio(Cell cell, Cell other, String metric) {
        var above = median(cell, metric);
        var below = median(other, metric);
        if (above.isEmpty() || below.isEmpty() || below.getAsDouble() == 0) return OptionalDouble.empty();
        return OptionalDouble.of(above.getAsDouble() / below.getAsDouble());
    }

    /// Whether a measurement that counts was disturbed.
    ///
    /// @param cell the cell
    /// @return true if one was
    public boolean isDisturbed(Cell cell) {
        return counting(cell).stream().anyMatch(Trial::isDisturbed);
    }
}
