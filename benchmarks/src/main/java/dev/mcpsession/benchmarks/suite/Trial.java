package dev.mcpsession.benchmarks.suite;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One measurement of one cell, in one JVM.
///
/// @param cell    what was measured
/// @param fork    which of the cell's JVMs, from 1
/// @param attempt from 1; there is another one only if this was disturbed
/// @param metrics what came out; empty if it failed
/// @param failure why it failed, or empty
/// @param seconds how long it took, the JVM's start included
public record Trial(Cell cell, int fork, int attempt, SequencedMap<String, Double> metrics, String failure, double seconds) {

    private static final double DISTURBING_SHARE = 0.2;

    /// Copies the metrics.
    public Trial {
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
    }

    /// Whether it failed.
    ///
    /// @return true if there are no metrics
    public boolean isFailed() {
        return !failure.isEmpty();
    }

    /// How much of the machine others took.
    ///
    /// @return a share
    public double disturbance() {
        return metrics.getOrDefault(Window.Load.FOREIGN, 0.0) + metrics.getOrDefault(Window.Load.STOLEN, 0.0);
    }

    /// Whether others took more than a fifth of the machine.
    ///
    /// @return true if the figures are to be read with care
    public boolean isDisturbed() {
        return disturbance() > DISTURBING_SHARE;
    }
}
