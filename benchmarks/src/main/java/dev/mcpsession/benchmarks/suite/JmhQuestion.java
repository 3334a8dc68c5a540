package dev.mcpsession.benchmarks.suite;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// A question that JMH measures. JMH forks a JVM for each trial.
///
/// The parameter `operation` of a cell is the benchmark's method, `threads` and `publishers` are the number of threads that call it. All
/// others are JMH parameters.
///
/// @param type     the benchmark's class
/// @param title    the question
/// @param metrics  the metrics of its table
/// @param compared the metrics whose ratio to the baseline is shown
/// @param baseline the design with which the others are compared
/// @param plan     returns the cells to measure
public record JmhQuestion(Class<?> type, String title, List<String> metrics, List<String> compared, String baseline,
        Function<Size, List<Cell>> plan) implements Question {

    private static final String ALLOCATION = "gc.alloc.rate.norm";
    private static final Set<String> THREADS = Set.of("threads", "publishers");
    private static final int QUICK_WARM_UPS = 2;
    private static final int ITERATIONS = 3;

    @Override
    public String name() {
        return type.getSimpleName();
    }

    @Override
    public List<Cell> cells(Size size) {
        return plan.apply(size);
    }

    /// Measures one cell in a separate JVM.
    ///
    /// @param cell  the cell
    /// @param size  how thoroughly
    /// @param flags the JVM's flags
    /// @return the metrics
    /// @throws RunnerException if the benchmark failed
    SequencedMap<String, Double> measure(Cell cell, Size size, List<String> flags) throws RunnerException {
        return metricsOf(new Runner(options(cell, size, flags)).runSingle());
    }

    private Options options(Cell cell, Size size, List<String> flags) {
        var method = cell.parameters().getOrDefault("operation", "");
        var options = new OptionsBuilder()
                .include('^' + Pattern.quote(type.getName() + '.' + method) + (method.isEmpty() ? "\\w+$" : "$"))
                .forks(1)
                .jvmArgs(flags.toArray(String[]::new))
                .warmupIterations(QUICK_WARM_UPS)
                .warmupTime(timeValue(size.warmUp()))
                .measurementIterations(ITERATIONS)
                .measurementTime(timeValue(size.time().dividedBy(ITERATIONS)))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        cell.parameters().forEach((name, value) -> {
            if (THREADS.contains(name)) options.threads(Integer.parseInt(value));
            else if (!name.equals("operation")) options.param(name, value);
        });
        return options.build();
    }

    private static TimeValue timeValue(Duration duration) {
        return TimeValue.milliseconds(duration.toMillis());
    }

    private static SequencedMap<String, Double> metricsOf(RunResult result) {
        var metrics = new LinkedHashMap<String, Double>();
        var primary = result.getPrimaryResult();
        switch (result.getParams().getMode()) {
            case Throughput -> metrics.put("operations_per_s", primary.getScore());
            case SampleTime -> putPercentiles(primary, metrics);
            default -> metrics.put("time_ns", primary.getScore());
        }
        result.getSecondaryResults().forEach((name, secondary) -> {
            if (name.endsWith(ALLOCATION)) metrics.put("allocated_bytes", secondary.getScore());
        });
        return metrics;
    }

    private static void putPercentiles(Result<?> result, SequencedMap<String, Double> metrics) {
        var name = result.getLabel();
        metrics.put(name + "_p50_ns", result.getStatistics().getPercentile(50));
        metrics.put(name + "_p99_ns", result.getStatistics().getPercentile(99));
        metrics.put(name + "_p99.9_ns", result.getStatistics().getPercentile(99.9));
        metrics.put(name + "_mean_ns", result.getScore());
    }
}
