package dev.mcpsession.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.RunFile;
import dev.mcpsession.benchmarks.suite.Size;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Everything still runs, on as little data as possible. The times it takes say nothing.
class SmokeTest {

    /// Once, in this JVM, with the first value of each parameter, which is the smallest by convention.
    @TestFactory
    Stream<DynamicTest> run_everyJmhBenchmark_succeeds() {
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

    @TestFactory
    Stream<DynamicTest> measure_everyOtherQuestion_answersItsMetrics() {
        return Questions.ALL.stream()
                .filter(Harness.class::isInstance).map(Harness.class::cast)
                .flatMap(question -> question.cells(Size.SMOKE).stream().map(cell ->
                        dynamicTest(cell.toString(), () -> assertFalse(
                                Collections.disjoint(question.measure(cell, Size.SMOKE).keySet(), question.metrics())))));
    }

    @Test
    void measure_twoQuestions_writesFiguresReportAndPlots(@TempDir Path directory) throws Exception {
        var selection = Selection.of(List.of("smoke", "PacedThroughput", "PublishLatency", "design=mcp-session"));

        Benchmarks.measure(selection, directory, new PrintStream(OutputStream.nullOutputStream()));

        var trials = RunFile.read(directory).results().trials();
        assertEquals(List.of("", ""), trials.stream().map(trial -> trial.failure()).toList());
        assertTrue(Files.readString(directory.resolve("report.md")).contains("## PacedThroughput"));
        assertTrue(Files.exists(directory.resolve("plots/throughput.svg")));
    }
}
