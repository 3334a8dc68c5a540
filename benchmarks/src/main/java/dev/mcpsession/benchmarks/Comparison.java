package dev.mcpsession.benchmarks;

import static java.util.stream.Collectors.joining;

import dev.mcpsession.benchmarks.report.Bar;
import dev.mcpsession.benchmarks.suite.Checkout;
import dev.mcpsession.benchmarks.suite.Metrics;
import dev.mcpsession.benchmarks.suite.Results;
import dev.mcpsession.benchmarks.suite.RunFile;
import dev.mcpsession.benchmarks.suite.Trial;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Another commit beside this one: the bars of both, measured in turns by the classes of this suite.
///
/// Each round measures the other commit and this one in the opposite order of the round before. A bar is *worse* if its medians are
/// further apart, in the wrong direction, than the ranges of both commits together. So the noise of the comparison's own rounds decides.
///
/// @param bars  the bars
/// @param other the runs of the other commit
/// @param ours  the runs of this commit
record Comparison(List<Bar> bars, List<Results> other, List<Results> ours) {

    private static final int ROUNDS = 3;
    private static final Path RESULTS = Path.of("target", "compare");

    /// Measures both commits.
    ///
    /// @param commit    the other commit
    /// @param questions the names of the questions to measure; empty means all
    /// @return whether no bar is worse
    static boolean isNoWorse(String commit, List<String> questions, PrintStream out) throws IOException, InterruptedException {
        try (var checkout = Checkout.of(commit, RESULTS)) {
            Files.createDirectories(RESULTS);
            var bars = Bars.ALL.stream().filter(bar -> bar.cells().stream().allMatch(
                    cell -> questions.isEmpty() || questions.contains(cell.question()))).toList();
            var other = new ArrayList<Results>();
            var ours = new ArrayList<Results>();
            for (var round = 0; round < ROUNDS; round++) {
                out.println("Round " + (round + 1) + " of " + ROUNDS);
                if (round % 2 == 0) other.add(measured(commit, checkout.classPath(), questions));
                ours.add(measured("this commit", System.getProperty("java.class.path"), questions));
                if (round % 2 == 1) other.add(measured(commit, checkout.classPath(), questions));
            }
            var comparison = new Comparison(bars, other, ours);
            out.print(comparison.table(commit));
            return bars.stream().noneMatch(comparison::isWorse);
        }
    }

    private static Results measured(String name, String classPath, List<String> questions) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory(RESULTS, "run-");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-classpath", classPath, Benchmarks.class.getName(), "bars", directory.toString()));
        command.addAll(questions);
        var status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) throw new IOException(name + " cannot be measured by this suite: status " + status);
        var results = RunFile.read(directory).results();
        for (var trial : results.trials()) {
            if (trial.isFailed()) throw new IOException(name + " cannot be measured by this suite: " + failure(trial));
        }
        return results;
    }

    private static String failure(Trial trial) {
        return trial.cell() + ": " + trial.failure().lines().findFirst().orElse("");
    }

    private String table(String commit) {
        return "| what | " + commit + " | this commit | ratio | |\n| :-- | --: | --: | --: | :-- |\n"
                + bars.stream().map(this::row).collect(joining());
    }

    private String row(Bar bar) {
        var before = values(bar, other);
        var after = values(bar, ours);
        return "| %s | %s | %s | %s | %s |%n".formatted(bar.text(), text(before), text(after),
                before.middle == 0 ? "" : Metrics.ratio(after.middle / before.middle),
                isWorse(bar) ? "**worse**" : isBetter(bar) ? "better" : "no difference");
    }

    private static String text(Values values) {
        return Metrics.ratio(values.middle) + " [" + Metrics.ratio(values.min) + " – " + Metrics.ratio(values.max) + ']';
    }

    private boolean isWorse(Bar bar) {
        return growth(bar) > 0;
    }

    private boolean isBetter(Bar bar) {
        return growth(bar) < 0;
    }

    /// How far the bar's number has moved in the wrong direction, beyond the noise; negative if it has moved in the right one.
    private double growth(Bar bar) {
        var before = values(bar, other);
        var after = values(bar, ours);
        var moved = bar.isUpper() ? after.middle - before.middle : before.middle - after.middle;
        return Math.abs(moved) <= before.range() + after.range() ? 0 : moved;
    }

    private static Values values(Bar bar, List<Results> runs) {
        var sorted = runs.stream().map(bar.measured()).map(OptionalDouble::orElseThrow).sorted().toList();
        return new Values(sorted.getFirst(), sorted.get(sorted.size() / 2), sorted.getLast());
    }

    private record Values(double min, double middle, double max) {

        double range() {
            return max - min;
        }
    }
}
