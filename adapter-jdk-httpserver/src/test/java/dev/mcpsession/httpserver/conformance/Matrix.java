package dev.mcpsession.httpserver.conformance;

import dev.mcpsession.httpserver.conformance.MatrixClient.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/// Runs the clients that people use against the reference server, each in a process of its own with its own dependencies, and writes
/// the table of what came of them.
///
/// Clients that once heard nothing run a second time, with the bytes that event streams had then: they have to hear nothing, or
/// this would not notice if such bytes came back. Exit status 1: a client behaved otherwise than is known of it.
final class Matrix {

    /// Most of the time they wait for heartbeats.
    private static final int AT_ONCE = 4;

    private final Node node;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private int failed;

    private Matrix(Node node) {
        this.node = node;
    }

    /// Runs in the directory where the packages are installed.
    ///
    /// @param args the page that the table stands in
    static void main(String... args) throws IOException, InterruptedException {
        var start = System.nanoTime();
        var matrix = new Matrix(new Node(Path.of("").toAbsolutePath()));
        var table = matrix.run();
        if (table.writeInto(Path.of(args[0]))) System.out.println("The table in " + args[0] + " has changed");
        System.out.printf("%d failed, in %d s%n%n", matrix.failed, Duration.ofNanos(System.nanoTime() - start).toSeconds());
        System.exit(matrix.failed == 0 ? 0 : 1);
    }

    private interface Scenery {

        Stage stage(MatrixClient client, Node node) throws IOException;
    }

    private interface Course {

        Trial.Report run(MatrixClient client, Stage stage);
    }

    private record Run(MatrixClient client, Future<Trial.Report> report) {}

    private Table run() throws IOException, InterruptedException {
        for (var client : Roster.all()) {
            if (client.program() instanceof Program.Source program) new JavaSources(node.home()).compile(program);
        }
        var full = start(Roster.all(), Stage::new, Trial::full);
        var deaf = start(Roster.ONCE_DEAF, behind(OldBytes::all), Trial::ofFirstEvents);
        var deafLater = start(List.of(Roster.DEAF_LATER), behind(OldBytes::heartbeat), Trial::ofLaterEvents);

        System.out.println("Clients that people use");
        var table = new Table();
        for (var run : full) table.add(run.client(), judge(run, run.client().expected()));
        System.out.println("With the bytes of old");
        for (var run : deaf) judge(run, upTo(run.client(), Column.CALLS).with(Column.HEARS, Outcome.NONE));
        System.out.println("With an empty line behind each heartbeat");
        for (var run : deafLater) judge(run, upTo(run.client(), Column.HEARS).with(Column.HEARS_LATER, Outcome.NONE));
        return table;
    }

    private static Outcome upTo(MatrixClient client, Column last) {
        var outcome = Outcome.UNSEEN;
        for (var column : Column.values()) {
            if (column.compareTo(last) <= 0) outcome = outcome.with(column, client.expected().get(column));
        }
        return outcome;
    }

    private static Scenery behind(UnaryOperator<String> rewriting) {
        return (client, node) -> new Stage(client, node, rewriting);
    }

    private List<Run> start(List<MatrixClient> clients, Scenery scenery, Course course) {
        var runs = new ArrayList<Run>();
        for (var client : clients) runs.add(new Run(client, threads.submit(() -> run(client, scenery, course))));
        return runs;
    }

    private Trial.Report run(MatrixClient client, Scenery scenery, Course course) throws IOException {
        try (var stage = scenery.stage(client, node)) {
            return course.run(client, stage);
        }
    }

    private Outcome judge(Run run, Outcome expected) throws InterruptedException {
        try {
            var report = run.report().get();
            var difference = report.outcome().differenceFrom(expected);
            report.trouble().or(() -> difference).ifPresent(_ -> failed++);
            System.out.printf("  %s   %s: %s%n", report.trouble().or(() -> difference).isEmpty() ? "passed" : "FAILED",
                    run.client(), report.outcome());
            difference.ifPresent(text -> System.out.println("             " + text));
            report.trouble().ifPresent(text -> System.out.println("             " + text));
            return report.outcome();
        } catch (ExecutionException e) {
            failed++;
            System.out.println("  FAILED   " + run.client() + ": " + e.getCause());
            return Outcome.UNSEEN;
        }
    }
}
