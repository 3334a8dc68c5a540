package dev.mcpsession.benchmarks.suite;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Another commit of this library, built in a directory of its own from what git has of it. The directory is removed at the end.
///
/// @param commit    the commit
/// @param directory the directory
public record Checkout(String commit, Path directory) implements AutoCloseable {

    private static final List<String> MODULES = List.of("core", "adapter-jdk-httpserver", "adapter-postgres");
    private static final String TARGET = "target";
    private static final String CLASSES = "classes";
    private static final String TESTS = "-tests.jar";

    /// Checks a commit out, and builds its library.
    ///
    /// @param commit what git knows it by
    /// @param parent where to create the directory
    /// @return the built commit
    /// @throws IOException          if git does not know it, or it does not build
    /// @throws InterruptedException if the calling thread was interrupted
    public static Checkout of(String commit, Path parent) throws IOException, InterruptedException {
        Files.createDirectories(parent);
        var checkout = new Checkout(commit, Files.createTempDirectory(parent.toAbsolutePath(), "commit-").resolve("tree"));
        try {
            run("git", "worktree", "add", "--detach", checkout.directory.toString(), commit);
            run("mvn", "-q", "-B", "-f", checkout.directory.toString(), "-pl", String.join(",", MODULES), "-am",
                    "test-compile"); // the modules need the test classes of others to resolve
            return checkout;
        } catch (IOException | InterruptedException e) {
            checkout.close();
            throw e;
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) throw new IOException("command failed with status " + status + ": " + String.join(" ", command));
    }

    /// Returns a class path like that of this process, but with the library of this commit in place of the current one.
    ///
    /// @return the class path
    /// @throws IllegalStateException if a module of the library is not on the class path of this process, as classes or as a jar of its target
    public String classPath() {
        var entries = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        for (var module : MODULES) {
            if (entries.stream().noneMatch(entry -> isOf(module, entry))) {
                throw new IllegalStateException("class path must have the classes of " + module + ": " + entries);
            }
        }
        return Stream.concat(MODULES.stream().map(module -> directory.resolve(module).resolve(TARGET).resolve(CLASSES).toString()),
                        entries.stream().filter(entry -> MODULES.stream().noneMatch(module -> isOf(module, entry))))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isOf(String module, String entry) {
        var path = Path.of(entry);
        var name = path.getFileName().toString();
        return path.getParent() != null && path.getParent().endsWith(Path.of(module, TARGET))
                && (name.equals(CLASSES) || name.endsWith(".jar") && !name.endsWith(TESTS));
    }

    /// Removes the directory.
    @Override
    public void close() {
        try {
            run("git", "worktree", "remove", "--force", directory.toString());
            Files.deleteIfExists(directory.getParent());
        } catch (IOException e) {
            System.err.println("not removed: " + directory + ": " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
