package dev.mcpsession.reference.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// The Node.js of the profile's packages. Programs write to a file and not to a pipe, so that a process that outlives them cannot block
/// this one.
///
/// @param home the directory of the packages, in which programs run
record Node(Path home) {

    private static final Duration TO_DIE = Duration.ofSeconds(10);

    /// Runs a program to its end, or kills it with its child processes.
    ///
    /// @param limit     how long it may take
    /// @param log       receives the program's output; is overwritten
    /// @param arguments the program and its arguments
    /// @return its exit status, or empty if it was killed
    OptionalInt run(Duration limit, Path log, String... arguments) throws IOException, InterruptedException {
        Files.createDirectories(log.getParent());
        var program = new ProcessBuilder(command(arguments)).directory(home.toFile())
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

    /// Starts a program that communicates through pipes. It must be [killed][#kill].
    ///
    /// @param arguments the program and its arguments
    Process start(String... arguments) throws IOException {
        return start(home, command(arguments));
    }

    /// Starts any program that communicates through pipes.
    static Process start(Path directory, List<String> command) throws IOException {
        return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    }

    private List<String> command(String... arguments) {
        var command = new ArrayList<>(List.of(home.resolve("node_modules/.bin/node").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /// Kills a program with its child processes.
    static void kill(Process program) {
        program.descendants().forEach(ProcessHandle::destroyForcibly);
        program.destroyForcibly();
    }
}
