package dev.mcpsession.reference.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Runs all scenarios of the official conformance suite against the reference server, in both eras. Exit status 1: a scenario failed, or
/// could not be run.
final class Suite {

    /// The suite gives a scenario 30 s.
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PROGRAM = "node_modules/.bin/conformance";
    private static final Pattern LISTED = Pattern.compile("(?m)^ +- ([a-z0-9-]+) \\[");
    private static final String INDENT = "\n             ";
    private static final List<String> REVISIONS = List.of("2025-11-25", "2026-07-28");

    /// The scenarios that matter most to this library. Their absence from the suite must not look like success.
    private static final Map<String, Set<String>> REQUIRED = Map.of(
            "2025-11-25", Set.of(
                    "server-initialize", "server-session-lifecycle", "server-sse-multiple-streams", "dns-rebinding-protection"),
            "2026-07-28", Set.of(
                    "server-stateless", "server-sse-multiple-streams", "dns-rebinding-protection", "http-header-validation"));

    private final Node node;
    private final URI server;

    private Suite(Node node, URI server) {
        this.node = node;
        this.server = server;
    }

    /// Runs in the directory where the packages are installed.
    ///
    /// @param args none
    static void main(String... args) throws IOException, InterruptedException {
        var node = new Node(Path.of("").toAbsolutePath());
        var failed = 0;
        try (var site = Site.open(Databases.next())) {
            System.out.println(site.description());
            var suite = new Suite(node, site.uri());
            for (var revision : REVISIONS) failed += suite.run(revision);
        } catch (Unrunnable e) {
            System.out.println("  FAILED   " + e.getMessage());
            failed++;
        }
        System.exit(failed == 0 ? 0 : 1);
    }

    private int run(String revision) throws IOException, InterruptedException {
        System.out.println("Conformance to " + revision);
        var verdicts = new ArrayList<Verdict>();
        for (var scenario : scenarios(revision)) {
            var verdict = run(revision, scenario);
            verdicts.add(verdict);
            System.out.println(line(scenario, verdict));
        }
        var failed = count(verdicts, Verdict.Failed.class);
        System.out.printf("%s: %d passed, %d failed%n%n", revision, count(verdicts, Verdict.Passed.class), failed);
        return failed;
    }

    private static int count(List<Verdict> verdicts, Class<? extends Verdict> kind) {
        return (int) verdicts.stream().filter(kind::isInstance).count();
    }

    private static String line(String scenario, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Passed(long checks) -> "  passed   " + scenario + " (" + checks + ")";
            case Verdict.Failed(var why) -> "  FAILED   " + scenario + INDENT + String.join(INDENT, why);
        };
    }

    private List<String> scenarios(String revision) throws IOException, InterruptedException {
        var log = node.home().resolve("results").resolve(revision + ".list");
        var status = node.run(PATIENCE, log, PROGRAM, "list", "--server", "--spec-version", revision)
                .orElseThrow(() -> new Unrunnable("scenarios were not listed in " + PATIENCE));
        var output = Files.readString(log);
        var scenarios = LISTED.matcher(output).results().map(found -> found.group(1)).toList();
        var missing = new HashSet<>(REQUIRED.get(revision));
        scenarios.forEach(missing::remove);
        if (status != 0 || !missing.isEmpty()) {
            throw new Unrunnable("the suite must have " + missing + " for " + revision + "; exit status " + status + "\n" + output);
        }
        return scenarios;
    }

    private Verdict run(String revision, String scenario) throws IOException, InterruptedException {
        var results = node.home().resolve("results").resolve(revision).resolve(scenario);
        delete(results);
        var log = results.resolve("output.log");
        var status = node.run(PATIENCE, log, PROGRAM, "server", "--url", server.toString(),
                "--scenario", scenario, "--spec-version", revision, "--output-dir", results.toString());
        if (status.isEmpty()) throw new Unrunnable(scenario + " did not end in " + PATIENCE + ", and was killed; see " + log);
        return Verdict.of(status.getAsInt(), checks(results));
    }

    /// The recorded checks; none if the suite ended before it recorded any.
    private static List<Check> checks(Path results) throws IOException {
        try (var files = Files.walk(results)) {
            var written = files.filter(file -> file.endsWith("checks.json")).toList();
            return written.isEmpty() ? List.of() : Check.parse(Files.readAllBytes(written.getFirst()));
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) return;
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Suite::deleteOne);
        }
    }

    private static void deleteOne(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Thrown when the run cannot continue.
    private static final class Unrunnable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Unrunnable(String why) {
            super(why);
        }
    }
}
