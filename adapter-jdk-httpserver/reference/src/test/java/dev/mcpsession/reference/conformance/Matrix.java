package dev.mcpsession.reference.conformance;

import dev.mcpsession.reference.conformance.MatrixClient.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Runs widely used clients against the reference server, each in a separate process with its own dependencies, and writes the tables of
/// their outcomes.
///
/// Clients that once received nothing run a second time, with the bytes that event streams had then. They must receive nothing, or this
/// program would not notice if such bytes returned. Exit status 1: a client's outcome was not the expected one.
final class Matrix {

    /// The number of clients that run in parallel. Most of the time they wait for heartbeats.
    private static final int AT_ONCE = 4;
    private static final Outcome STUCK = Outcome.UNSEEN.with(Column.REVISION, Outcome.CANNOT_CONNECT);
    private static final String INDENT = "             ";

    private final Node node;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private int failed;

    private Matrix(Node node) {
        this.node = node;
    }

    /// Runs in the directory where the packages are installed.
    ///
    /// @param args the page with the tables, if they are to be written
    static void main(String... args) throws IOException, InterruptedException {
        var start = System.nanoTime();
        var matrix = new Matrix(new Node(Path.of("").toAbsolutePath()));
        matrix.run(Stream.of(args).map(Path::of).findFirst());
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

    private void run(Optional<Path> page) throws IOException, InterruptedException {
        for (var client : Roster.all()) {
            if (client.program() instanceof Program.Source program) new JavaSources(node.home()).compile(program);
        }
        var full = start(Roster.all(), Stage::of, Trial::full);
        var sessions = start(Roster.NEGOTIATING, serving(Roster.NOVEMBER), Trial::ofCalls);
        var stateless = start(Roster.NEGOTIATING, serving(Roster.STATELESS), Trial::ofCalls);
        var deaf = start(Roster.ONCE_DEAF, rewriting(OldBytes::all), Trial::ofFirstEvents);
        var deafLater = start(List.of(Roster.DEAF_LATER), rewriting(OldBytes::heartbeat), Trial::ofLaterEvents);

        System.out.println("Clients that people use");
        write(clients(full), page);
        System.out.println("Before servers of one era");
        write(eras(sessions, stateless), page);
        System.out.println("With the bytes of old");
        for (var run : deaf) judge(run, run.client().expected().upTo(Column.CALLS).with(Column.HEARS, Outcome.NONE));
        System.out.println("With an empty line behind each heartbeat");
        for (var run : deafLater) judge(run, run.client().expected().upTo(Column.HEARS).with(Column.HEARS_LATER, Outcome.NONE));
    }

    private static Scenery serving(String revision) {
        return (client, node) -> Stage.of(client, node, "--revisions", revision);
    }

    private static Scenery rewriting(UnaryOperator<String> rewriting) {
        return (client, node) -> Stage.rewriting(client, node, rewriting);
    }

    private Table clients(List<Run> runs) throws InterruptedException {
        var table = new Table("clients", Stream.concat(Stream.of("client", "version", "mode"), Column.titles()).toList());
        for (var run : runs) {
            var client = run.client();
            var outcome = judge(run, client.expected());
            table.add(Stream.concat(Stream.of(client.name(), client.version(), client.mode()), outcome.all()).toList(), client.proof());
        }
        return table;
    }

    private Table eras(List<Run> sessions, List<Run> stateless) throws InterruptedException {
        var table = new Table("eras", List.of("client", "version", Roster.NOVEMBER + " alone", Roster.STATELESS + " alone"));
        for (var i = 0; i < sessions.size(); i++) {
            var client = sessions.get(i).client();
            var isStuck = Roster.STUCK.containsKey(client);
            table.add(List.of(client.name(), client.version(),
                    judge(sessions.get(i), isStuck ? STUCK : calling(Roster.NOVEMBER)).get(Column.REVISION),
                    judge(stateless.get(i), calling(Roster.STATELESS)).get(Column.REVISION)),
                    Optional.ofNullable(Roster.STUCK.get(client)));
        }
        return table;
    }

    private static Outcome calling(String revision) {
        return Outcome.UNSEEN.with(Column.REVISION, revision).with(Column.CALLS, Outcome.CALLS);
    }

    private static void write(Table table, Optional<Path> page) throws IOException {
        if (page.isPresent() && table.writeInto(page.get())) System.out.println("A table in " + page.get() + " has changed");
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
        var report = report(run);
        var why = Stream.concat(report.outcome().differenceFrom(expected).stream(), report.trouble().stream()).toList();
        if (!why.isEmpty()) failed++;
        System.out.println((why.isEmpty() ? "  passed   " : "  FAILED   ") + run.client() + ": " + report.outcome());
        why.forEach(line -> System.out.println(INDENT + line));
        return report.outcome();
    }

    private static Trial.Report report(Run run) throws InterruptedException {
        try {
            return run.report().get();
        } catch (ExecutionException e) {
            return new Trial.Report(Outcome.UNSEEN, Optional.of(e.getCause().toString()));
        }
    }
}
