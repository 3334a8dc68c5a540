package dev.mcpsession.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Every benchmark still runs: once, in this JVM, with the first value of each parameter, which is the smallest by
/// convention. The time it takes says nothing.
class SmokeTest {

    @TestFactory
    Stream<DynamicTest> run_everyBenchmark_succeeds() {
        var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        var benchmarks = BenchmarkList.defaultList().getAll(silent, List.of());

        assertFalse(benchmarks.isEmpty());
        return benchmarks.stream().map(benchmark -> dynamicTest(benchmark.getUsername(), () -> runOnce(benchmark)));
    }

    private static void runOnce(BenchmarkListEntry benchmark) throws RunnerException {
        var options = new OptionsBuilder()
                .include("^" + Pattern.quote(benchmark.getUsername()) + "$")
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementBatchSize(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        benchmark.getParams().orElse(Map.of()).forEach((name, values) -> options.param(name, values[0]));

        new Runner(options.build()).run();
    }
}
