package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.report.Report;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Run;
import dev.mcpsession.benchmarks.suite.RunFile;
import dev.mcpsession.benchmarks.suite.Size;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/// The suite's command line.
public final class Benchmarks {

    private static final Path RESULTS = Path.of("target", "results");
    private static final Path PAGE = Path.of("README.md");
    private static final String PLOTS = "plots";
    private static final Report REPORT = new Report(Questions.ALL, Bars.ALL, Plots.ALL);
    private static final String USAGE = """
            Arguments:
              (none)                      measure everything quickly
              full                        measure everything thoroughly: what bars and plots show, in several JVMs
              [full] NAME... [KEY=VALUE[,VALUE...]]... [forks=N]
                                          measure some questions, or some of their cells
              compare COMMIT [NAME...]    measure the bars of another commit and of this one in turns
              report [RUN]                write the report of a run again
              publish-report [RUN]        put the report of a run into the README
            A run is a directory in %s; without one, the newest is meant.
            Questions: %s
            """.formatted(RESULTS, String.join(", ", Selection.names()));

    private Benchmarks() {}

    /// Runs the suite.
    ///
    /// @param arguments a command, as described in the README
    /// @throws Exception if the command fails
    public static void main(String[] arguments) throws Exception {
        try {
            run(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(USAGE);
            System.exit(2);
        }
    }

    private static void run(List<String> arguments) throws IOException, InterruptedException {
        switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
            case "cell" -> Run.child(Questions.ALL, Size.valueOf(arguments.get(1)), cell(arguments.subList(2, arguments.size())));
            case "bars" -> bars(Path.of(arguments.get(1)), arguments.subList(2, arguments.size()));
            case "compare" -> compare(arguments.subList(1, arguments.size()));
            case "report" -> REPORT.write(RunFile.read(chosen(arguments)), chosen(arguments), PLOTS);
            case "publish-report" -> publish(chosen(arguments));
            default -> measure(Selection.of(arguments), Files.createDirectories(newRun(arguments)), System.out);
        }
    }

    private static Cell cell(List<String> arguments) {
        var keysAndValues = arguments.stream().skip(1).flatMap(argument -> List.of(argument.split("=", 2)).stream()).toArray();
        return Cell.of(arguments.getFirst(), keysAndValues);
    }

    private static Path newRun(List<String> arguments) {
        var size = Selection.of(arguments).size().name().toLowerCase(Locale.ROOT);
        return RESULTS.resolve(LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT)) + '-' + size);
    }

    /// Measures, and writes the figures and the report. If the process is ended early, the report contains what was measured so far.
    ///
    /// @param selection what to measure
    /// @param directory the directory to write to
    /// @param out       receives the progress
    static void measure(Selection selection, Path directory, PrintStream out) {
        measure(selection, selection, directory, out);
    }

    private static void measure(Selection selection, Predicate<Cell> wanted, Path directory, PrintStream out) {
        System.setProperty("jmh.ignoreLock", "true"); // another JMH shows as a disturbance, and is marked
        var run = new Run(Questions.ALL, selection.size(), Benchmarks.class, directory);
        var finished = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(run, finished)));
        try {
            run.measure(wanted, selection::forks, out);
            out.println();
            REPORT.write(run.file(), directory, PLOTS);
            out.println("Report: " + directory.resolve("report.md").toAbsolutePath());
        } finally {
            finished.countDown();
        }
    }

    /// Measures quickly, in one JVM each, what the bars need. Called for [Comparison], perhaps with the library of another commit.
    private static void bars(Path directory, List<String> questions) {
        var selection = Selection.of(questions);
        measure(selection, cell -> selection.test(cell) && Bars.ALL.stream().anyMatch(bar -> bar.cells().contains(cell)),
                directory, System.out);
    }

    private static void compare(List<String> arguments) throws IOException, InterruptedException {
        if (arguments.isEmpty()) throw new IllegalArgumentException("compare needs a commit");
        var questions = arguments.subList(1, arguments.size());
        Selection.of(questions); // refuses what is no question
        if (!Comparison.isNoWorse(arguments.getFirst(), questions, System.out)) System.exit(1);
    }

    private static void interrupt(Run run, CountDownLatch finished) {
        run.stop();
        try {
            finished.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void publish(Path run) {
        REPORT.publish(RunFile.read(run), PAGE, PLOTS);
        System.out.println("Published " + run + " in " + PAGE.toAbsolutePath());
    }

    private static Path chosen(List<String> arguments) throws IOException {
        if (arguments.size() > 2) throw new IllegalArgumentException("more than one run: " + arguments);
        if (arguments.size() == 2) return RESULTS.resolve(arguments.get(1));
        if (!Files.isDirectory(RESULTS)) throw new IllegalArgumentException("there are no runs in " + RESULTS);
        try (var runs = Files.list(RESULTS)) {
            return runs.max(Comparator.naturalOrder()).orElseThrow(() -> new IllegalArgumentException("there are no runs in " + RESULTS));
        }
    }
}
