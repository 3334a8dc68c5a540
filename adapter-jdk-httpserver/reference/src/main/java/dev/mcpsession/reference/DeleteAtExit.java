package dev.mcpsession.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// Deletes the build that this process runs from, if the build was made for this run alone.
final class DeleteAtExit {

    private DeleteAtExit() {}

    /// Deletes a directory when the process ends. May run beside the drain: the JVM has opened the jars in it, and does not need their names.
    static void start(Path directory) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "mcp-delete"));
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            System.err.println("cannot delete " + directory + ": " + e);
        }
    }
}
