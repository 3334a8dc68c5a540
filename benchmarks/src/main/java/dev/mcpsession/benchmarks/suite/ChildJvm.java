package dev.mcpsession.benchmarks.suite;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

/// A separate JVM for one cell of a [Harness], so that no cell is affected by what another has compiled or left on the heap.
///
/// The child reads its standard input, which ends with the parent. So the child ends too, even if the parent is killed.
final class ChildJvm {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private ChildJvm() {}

    /// The parent's side: starts a JVM that measures a cell.
    static SequencedMap<String, Double> measure(Cell cell, Size size, List<String> flags, Class<?> main)
            throws IOException, InterruptedException {
        var out = Files.createTempFile("benchmark", ".out");
        var errors = Files.createTempFile("benchmark", ".err");
        try {
            var process = new ProcessBuilder(command(cell, size, flags, main))
                    .redirectOutput(out.toFile()).redirectError(errors.toFile()).start();
            await(process, errors);
            return TrialJson.metrics((Json.Obj) Json.parse(Files.readAllBytes(out)));
        } finally {
            Files.delete(out);
            Files.delete(errors);
        }
    }

    private static List<String> command(Cell cell, Size size, List<String> flags, Class<?> main) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName(), "cell", size.name(), cell.question()));
        cell.parameters().forEach((name, value) -> command.add(name + '=' + value));
        return command;
    }

    private static void await(Process process, Path errors) throws IOException, InterruptedException {
        if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("measurement ended after " + LONGEST);
        }
        if (process.exitValue() != 0) throw new IOException(Files.readString(errors).strip());
    }

    /// The child's side: measures and prints the metrics.
    static void run(Harness question, Cell cell, Size size) throws InterruptedException {
        Thread.ofPlatform().daemon().start(ChildJvm::endWithParent);
        var metrics = question.measure(cell, size);
        System.out.writeBytes(TrialJson.metrics(metrics).toString().getBytes(UTF_8));
        System.out.flush();
        Runtime.getRuntime().halt(0); // a hundred thousand threads need not be ended one by one
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}
