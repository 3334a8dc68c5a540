package dev.mcpsession.benchmarks.suite;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/// What a run has measured so far. Thread-safe.
public final class Results {

    private final List<Trial> trials = new ArrayList<>();

    /// Adds a measurement.
    ///
    /// @param trial the measurement
    public synchronized void add(Trial trial) {
        trials.add(trial);
    }

    /// {@return a copy of all measurements, in the order in which they were taken}
    public synchronized List<Trial> trials() {
        return List.copyOf(trials);
    }

    /// Returns the measured cells of a question.
    ///
    /// @param question its name
    /// @return its distinct cells, including failed ones
    public List<Cell> cells(String question) {
        return trials().stream().map(Trial::cell).filter(cell -> cell.question().equals(question)).distinct().toList();
    }

    /// Returns the measurements of a cell that count: the least disturbed one of each fork.
    ///
    /// @param cell the cell
    /// @return one for each fork that did not fail
    public Collection<Trial> counting(Cell cell) {
        return trials().stream()
                .filter(trial -> trial.cell().equals(cell) && !trial.isFailed())
                .collect(Collectors.toMap(Trial::fork, trial -> trial, BinaryOperator.minBy(comparing(Trial::disturbance))))
                .values();
    }

    /// Returns the values of a metric of a cell.
    ///
    /// @param cell   the cell
    /// @param metric its name
    /// @return one value for each fork, the smallest first
    public List<Double> values(Cell cell, String metric) {
        return counting(cell).stream().map(Trial::metrics)
                .filter(metrics -> metrics.containsKey(metric)).map(metrics -> metrics.get(metric)).sorted().toList();
    }

    /// Returns the median of a metric over a cell's forks.
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

    /// Returns the ratio of a metric between two cells.
    ///
    /// @param cell   the cell
    /// @param other  the cell whose metric is the divisor
    /// @param metric the metric's name
    /// @return the ratio of the medians, or empty if one was not measured or the other is zero
    public OptionalDouble ratio(Cell cell, Cell other, String metric) {
        var above = median(cell, metric);
        var below = median(other, metric);
        if (above.isEmpty() || below.isEmpty() || below.getAsDouble() == 0) return OptionalDouble.empty();
        return OptionalDouble.of(above.getAsDouble() / below.getAsDouble());
    }

    /// {@return whether a measurement that counts was disturbed}
    ///
    /// @param cell the cell
    public boolean isDisturbed(Cell cell) {
        return counting(cell).stream().anyMatch(Trial::isDisturbed);
    }
}
