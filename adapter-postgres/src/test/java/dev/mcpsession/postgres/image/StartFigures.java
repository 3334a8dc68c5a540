package dev.mcpsession.postgres.image;

import dev.mcpsession.postgres.server.PgDatabase;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Measures how long the image takes to its first answer, and how much memory it has then and after some work. The cases take turns, so
/// that a busy machine slows all of them.
final class StartFigures {

    private static final int CALLS = 5_000;
    private static final Path HERE = Path.of("").toAbsolutePath();

    private final Image image;

    private StartFigures(Image image) {
        this.image = image;
    }

    private record Case(String backend, boolean cached, String options) {}

    private record Run(double millis, double processor, double megabytes, double busyMegabytes) {}

    /// Prints a table.
    ///
    /// @param args the image's directory, how many runs each case has, and further words of `JAVA_OPTS`, of which each is a case, too
    static void main(String... args) throws IOException, InterruptedException {
        var runs = Integer.parseInt(args[1]);
        if (runs == 0) return;
        var figures = new StartFigures(new Image(Path.of(args[0]).toAbsolutePath()));
        var options = new ArrayList<>(List.of(args).subList(2, args.length));
        options.addFirst("");
        try (var database = PgDatabase.create()) {
            var measured = new LinkedHashMap<Case, List<Run>>();
            for (int run = -1; run < runs; run++) { // the first one fills the file system's cache, and creates the tables
                for (var each : cases(options, database.url())) {
                    var result = figures.run(each);
                    if (run >= 0) measured.computeIfAbsent(each, _ -> new ArrayList<>()).add(result);
                }
            }
            print(measured);
        }
    }

    private static List<Case> cases(List<String> options, String url) {
        var cases = new ArrayList<Case>();
        for (var option : options) {
            for (var backend : List.of("memory", url)) {
                for (var cached : List.of(true, false)) cases.add(new Case(backend, cached, option));
            }
        }
        return cases;
    }

    private Run run(Case each) throws IOException, InterruptedException {
        var options = each.options() + (each.cached() ? "" : " -XX:AOTMode=off");
        var command = List.of(image.launcher().toString(), "--backend", each.backend());
        try (var http = HttpClient.newHttpClient()) { // of its own, because another server may have had the same port
            return run(http, options, command);
        }
    }

    private static Run run(HttpClient http, String options, List<String> command) throws IOException, InterruptedException {
        var started = System.nanoTime();
        try (var server = ImageServer.start(http, HERE, options, command)) {
            var session = server.initialize();
            var millis = (System.nanoTime() - started) / 1e6;
            var processor = ProcessHandle.of(server.pid()).flatMap(process -> process.info().totalCpuDuration()).orElseThrow().toMillis();
            var megabytes = megabytes(server.pid());
            for (int call = 0; call < CALLS; call++) server.call(session, "ping");
            var busy = megabytes(server.pid());
            server.terminate();
            return new Run(millis, processor, megabytes, busy);
        }
    }

    /// Resident memory of a process.
    private static double megabytes(long pid) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:")).mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst().orElseThrow();
        }
    }

    private static void print(Map<Case, List<Run>> measured) {
        System.out.println("| backend | cache | flags | first answer, median (least) | processor time | memory | after 5,000 requests |");
        System.out.println("|---|---|---|--:|--:|--:|--:|");
        measured.forEach((each, runs) -> System.out.printf(Locale.ROOT, "| %s | %s | %s | %.0f ms (%.0f ms) | %.0f ms | %.0f MB | %.0f MB |%n",
                each.backend().equals("memory") ? "memory" : "Postgres", each.cached() ? "yes" : "no", each.options(),
                median(runs, Run::millis), runs.stream().mapToDouble(Run::millis).min().orElseThrow(),
                median(runs, Run::processor), median(runs, Run::megabytes), median(runs, Run::busyMegabytes)));
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        return runs.stream().mapToDouble(figure).sorted().skip(runs.size() / 2).findFirst().orElseThrow();
    }
}
