package dev.mcpsession.benchmarks.suite;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One measurement of one cell, in one JVM.
///
/// @param cell    what was measured
/// @param fork    which of the cell's JVMs, from 1
/// @param attempt from 1; there is another one only if this was disturbed
/// @param metrics the figures; empty if it failed
/// @param failure why it failed, or empty
/// @param seconds how long it took, the JVM's start included
public record Trial(Cell cell, int fork, int attempt, SequencedMap<String, Double> metrics, String failure, double seconds) {

    private static final double DISTURBING_SHARE = 0.2;

    /// Copies the metrics.
    public Trial {
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
    }

    /// {@return whether it failed, so that there are no metrics}
    public boolean isFailed() {
        return !failure.isEmpty();
    }

    /// {@return the share of the machine that others took}
    public double disturbance() {
        return metrics.getOrDefault(Window.Load.FOREIGN, 0.0) + metrics.getOrDefault(Window.Load.STOLEN, 0.0);
    }

    /// {@return whether others took more than a fifth of the machine, so that the figures need care}
    public boolean isDisturbed() {
        return disturbance() > DISTURBING_SHARE;
    }
}
