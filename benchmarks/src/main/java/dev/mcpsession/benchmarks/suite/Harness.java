package dev.mcpsession.benchmarks.suite;

import java.util.SequencedMap;

/// A question with its own measuring loop, for what JMH cannot measure. Each cell runs in a separate JVM.
public non-sealed interface Harness extends Question {

    @Override
    default String name() {
        return getClass().getSimpleName();
    }

    /// Measures one cell in this JVM.
    ///
    /// @param cell the cell
    /// @param size how thoroughly
    /// @return the metrics
    /// @throws InterruptedException if the calling thread was interrupted
    SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException;
}
