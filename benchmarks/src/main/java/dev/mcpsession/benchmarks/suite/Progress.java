package dev.mcpsession.benchmarks.suite;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;

/// Prints one line for each trial, with an estimate of the remaining time. The estimate uses the average time of the question's finished
/// trials, or, before the first of them, of all trials.
final class Progress {

    private final PrintStream out;
    private final Map<String, Integer> left = new HashMap<>();
    private final Map<String, double[]> done = new HashMap<>();
    private final int total;
    private final double firstGuess;
    private int number;

    Progress(List<Cell> cells, ToIntFunction<Cell> forks, Size size, PrintStream out) {
        this.out = out;
        firstGuess = size.preWarm().plus(size.warmUp()).plus(size.time()).plusSeconds(1).toMillis() / 1e3;
        total = cells.stream().mapToInt(forks).sum();
        cells.forEach(cell -> left.merge(cell.question(), forks.applyAsInt(cell), Integer::sum));
    }

    void begin(Cell cell, int fork) {
        out.printf(Locale.ROOT, "[%d/%d, %s left] %s, fork %d ... ", ++number, total, duration(secondsLeft()), cell, fork);
        out.flush();
    }

    void again(Trial disturbed) {
        out.print(summary(disturbed) + ", once more ... ");
        out.flush();
    }

    void end(Trial trial) {
        out.println(trial.isFailed() ? "FAILED: " + trial.failure().lines().findFirst().orElse("") : summary(trial));
        left.merge(trial.cell().question(), -1, Integer::sum);
        var sum = done.computeIfAbsent(trial.cell().question(), _ -> new double[2]);
        sum[0] += trial.seconds();
        sum[1]++;
    }

    private static String summary(Trial trial) {
        var first = trial.metrics().firstEntry();
        return Metrics.heading(first.getKey()) + ' ' + Metrics.format(first.getKey(), first.getValue())
                + (trial.isDisturbed() ? " (others took " + Metrics.format("_share", trial.disturbance()) + " of the machine)" : "");
    }

    private double secondsLeft() {
        var all = done.values().stream().reduce(new double[2], (a, b) -> new double[] {a[0] + b[0], a[1] + b[1]});
        var usual = all[1] == 0 ? firstGuess : all[0] / all[1];
        return left.entrySet().stream().mapToDouble(entry -> {
            var sum = done.get(entry.getKey());
            return entry.getValue() * (sum == null ? usual : sum[0] / sum[1]);
        }).sum();
    }

    private static String duration(double seconds) {
        var duration = Duration.ofSeconds(Math.round(seconds));
        return String.format(Locale.ROOT, "%d:%02d", duration.toMinutes(), duration.toSecondsPart());
    }
}
