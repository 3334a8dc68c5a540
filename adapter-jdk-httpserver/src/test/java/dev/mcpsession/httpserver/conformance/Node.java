package dev.mcpsession.httpserver.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// The Node among the profile's packages. What it runs writes into a file and not into a pipe, so that nothing it leaves behind
/// can hold us up.
///
/// @param home where the packages are installed; programs run there
record Node(Path home) {

    private static final Duration TO_DIE = Duration.ofSeconds(10);

    /// Runs a program to its end, or kills it and whatever it has started.
    ///
    /// @param limit     how long it may take
    /// @param log       is written anew with all that the program says
    /// @param arguments the program and its arguments
    /// @return its exit status, or empty if it was killed
    OptionalInt run(Duration limit, Path log, String... arguments) throws IOException, InterruptedException {
        Files.createDirectories(log.getParent());
        var command = new ArrayList<>(List.of(home.resolve("node_modules/.bin/node").toString()));
        command.addAll(List.of(arguments));
        var program = new ProcessBuilder(command).directory(home.toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        program.getOutputStream().close();
        try {
            if (program.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) return OptionalInt.of(program.exitValue());
            return OptionalInt.empty();
        } finally {
            kill(program);
            program.waitFor(TO_DIE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /// Starts a program to talk with, by pipes. It has to be [killed][#kill].
    Process start(String script) throws IOException {
        return new ProcessBuilder(home.resolve("node_modules/.bin/node").toString(), script).directory(home.toFile())
                .redirectErrorStream(true).start();
    }

    /// Kills a program and whatever it has started.
    static void kill(Process program) {
        program.descendants().forEach(ProcessHandle::destroyForcibly);
        program.destroyForcibly();
    }
}
