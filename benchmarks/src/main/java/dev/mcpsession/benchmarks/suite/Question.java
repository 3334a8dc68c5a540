package dev.mcpsession.benchmarks.suite;

import java.util.List;

/// One question that the suite answers. A new one is a new class in the list of questions; the runs and the report know no
/// question by name.
///
/// A measurement's answer is a number for each *metric*. A metric's name is lower case and ends in its unit: `_ns`, `_bytes`,
/// `_per_s`, `_share`, or nothing for a plain count.
public sealed interface Question permits Harness, JmhQuestion {

    /// Its name: that of its class.
    ///
    /// @return a simple name
    String name();

    /// The question.
    ///
    /// @return one sentence
    String title();

    /// What a run measures, in this order.
    ///
    /// @param size how thorough the run is
    /// @return at least one cell, the smallest first
    List<Cell> cells(Size size);

    /// The metrics of its table.
    ///
    /// @return their names, in order
    List<String> metrics();

    /// Those metrics whose ratio to the baseline is shown.
    ///
    /// @return some of [#metrics()]
    default List<String> compared() {
        return List.of();
    }

    /// The design that the others are compared with.
    ///
    /// @return a value of the parameter `design`
    default String baseline() {
        return "";
    }
}
