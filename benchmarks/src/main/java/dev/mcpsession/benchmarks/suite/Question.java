package dev.mcpsession.benchmarks.suite;

import java.util.List;

/// A question that the suite answers. A new question is a new class in the list of questions; runs and reports refer to no question by
/// name.
///
/// A measurement's answer is a number for each *metric*. A metric's name is lower case and ends in its unit: `_ns`, `_bytes`,
/// `_per_s`, `_share`, or nothing for a plain count.
public sealed interface Question permits Harness, JmhQuestion {

    /// {@return the simple name of its class}
    String name();

    /// {@return the question, in one sentence}
    String title();

    /// Returns what a run measures, in this order.
    ///
    /// @param size how thorough the run is
    /// @return at least one cell, the smallest first
    List<Cell> cells(Size size);

    /// {@return the names of the metrics in its table, in order}
    List<String> metrics();

    /// {@return those of the [#metrics()] whose ratio to the baseline is shown}
    default List<String> compared() {
        return List.of();
    }

    /// {@return the value of the parameter `design` with which the others are compared}
    default String baseline() {
        return "";
    }
}
