package dev.mcpsession.benchmarks.suite;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.RunnerException;

/// Measures cells one after the other, each several times in separate JVMs, and saves every trial immediately.
///
/// All cells are measured once before any is measured again, and designs that are compared run one after the other, so that temporary noise
/// hits them all alike. Cells that are measured only once come last.
public final class Run {

    /// The flags of the measuring JVMs: enough heap for a million sessions, and no warning about JMH.
    public static final List<String> FLAGS = List.of("-Xms2g", "-Xmx3g", "--sun-misc-unsafe-memory-access=allow");

    private final List<Question> questions;
    private final Size size;
    private final Class<?> main;
    private final Path directory;
    private final RunFile file;
    private volatile boolean stopped;

    /// Prepares a run.
    ///
    /// @param questions all questions of the suite
    /// @param size      how thoroughly to measure
    /// @param main      the class whose `main` hands over to [#child]
    /// @param directory where to write
    public Run(List<Question> questions, Size size, Class<?> main, Path directory) {
        this.questions = questions;
        this.size = size;
        this.main = main;
        this.directory = directory;
        var environment = new LinkedHashMap<String, String>();
        environment.put("run", directory.getFileName().toString());
        environment.putAll(Environment.describe(FLAGS));
        file = new RunFile(environment, new Results());
    }

    /// Measures the matching cells.
    ///
    /// @param wanted matches the cells to measure
    /// @param forks  returns the number of JVMs for a cell
    /// @param out    receives the progress
    public void measure(Predicate<Cell> wanted, ToIntFunction<Cell> forks, PrintStream out) {
        var cells = questions.stream().flatMap(question -> question.cells(size).stream()).filter(wanted).toList();
        var progress = new Progress(cells, forks, size, out);
        cells.stream().collect(Collectors.groupingBy(forks::applyAsInt, TreeMap::new, Collectors.toList())).descendingMap()
                .forEach((times, alike) -> measure(alike, times, progress));
    }

    private void measure(List<Cell> cells, int forks, Progress progress) {
        for (var fork = 1; fork <= forks; fork++) {
            for (var cell : cells) {
                if (stopped) return;
                measure(cell, fork, progress);
            }
        }
    }

    private void measure(Cell cell, int fork, Progress progress) {
        progress.begin(cell, fork);
        for (var attempt = 1; ; attempt++) {
            var trial = trial(cell, fork, attempt);
            if (stopped) return; // this trial failed because its JVM was ended
            file.results().add(trial);
            file.write(directory);
            if (!trial.isDisturbed() || attempt == size.tries()) {
                progress.end(trial);
                return;
            }
            progress.again(trial);
        }
    }

    private Trial trial(Cell cell, int fork, int attempt) {
        var window = Window.open();
        var metrics = new LinkedHashMap<String, Double>();
        var failure = "";
        try {
            metrics.putAll(answer(cell));
            window.load().addTo(metrics);
        } catch (IOException | RunnerException e) {
            failure = String.valueOf(e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            failure = "interrupted";
        }
        return new Trial(cell, fork, attempt, metrics, failure, window.load().wallNanos() / 1e9);
    }

    private SequencedMap<String, Double> answer(Cell cell) throws IOException, InterruptedException, RunnerException {
        return switch (question(questions, cell.question())) {
            case JmhQuestion jmh -> jmh.measure(cell, size, FLAGS);
            case Harness _ -> ChildJvm.measure(cell, size, FLAGS, main);
        };
    }

    /// {@return what has been measured so far; it grows while the run lasts}
    public RunFile file() {
        return file;
    }

    /// Ends the run and the JVMs that it has started. Processes that those have started end with them. What was measured is kept. Called by
    /// another thread.
    public void stop() {
        stopped = true;
        var java = ProcessHandle.current().info().command();
        ProcessHandle.current().children().filter(child -> child.info().command().equals(java)).forEach(ProcessHandle::destroyForcibly);
    }

    /// Measures one cell of a [Harness] in a JVM that was started for it.
    ///
    /// @param questions all questions of the suite
    /// @param size      how thoroughly to measure
    /// @param cell      what to measure
    /// @throws InterruptedException if the calling thread was interrupted
    public static void child(List<Question> questions, Size size, Cell cell) throws InterruptedException {
        ChildJvm.run((Harness) question(questions, cell.question()), cell, size);
    }

    private static Question question(List<Question> questions, String name) {
        return questions.stream().filter(question -> question.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no such question: " + name));
    }
}
