package dev.mcpsession.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A release of a copy of this checkout into a directory.
///
/// @param repository the directory, which has the layout of a Maven repository
record DryRun(Path repository) {

    static final String VERSION = "0.0.0-dry-run";
    static final Path GROUP = Path.of("dev", "mcpsession");

    private static final String MAVEN = System.getProperty("release.maven");
    private static final Path CHECKOUT = Path.of("..", "..");
    private static final Set<String> LEFT_OUT = Set.of("target", ".git");
    private static final long MINUTES = 20;

    static DryRun release(Path directory, SigningKey key) throws IOException, InterruptedException {
        var copy = Files.createDirectories(directory.resolve("checkout"));
        var run = new DryRun(directory.resolve("repository"));
        copy(copy);
        maven(copy, Map.of("MAVEN_GPG_KEY", key.armored()), "-Prelease", "-pl", "!benchmarks", "-DskipTests", "-Dmaven.install.skip=true",
                "-Dmaven.repo.local=" + System.getProperty("release.local"),
                "-DaltDeploymentRepository=dry-run::" + run.repository.toUri(), "deploy");
        return run;
    }

    /// Gives the copy another version than any that is published or installed.
    private static void copy(Path copy) throws IOException {
        var version = version();
        Files.walkFileTree(CHECKOUT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
                if (LEFT_OUT.contains(directory.getFileName().toString())) return FileVisitResult.SKIP_SUBTREE;
                Files.createDirectories(copy.resolve(CHECKOUT.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.getFileName().toString().equals(".git")) return FileVisitResult.CONTINUE; // of a linked worktree
                var target = copy.resolve(CHECKOUT.relativize(file));
                if (!file.endsWith("pom.xml")) Files.copy(file, target);
                else Files.writeString(target, Files.readString(file).replace("<version>" + version + "<", "<version>" + VERSION + "<"));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static String version() throws IOException {
        var pom = Files.readString(CHECKOUT.resolve("pom.xml"));
        var from = pom.indexOf("<version>") + "<version>".length();
        return pom.substring(from, pom.indexOf('<', from));
    }

    /// Runs Maven.
    static void maven(Path directory, Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        var log = directory.resolveSibling(directory.getFileName() + ".log");
        var command = new ArrayList<>(List.of(MAVEN, "-B", "-ntp"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroy();
            throw new IOException("Maven is still running after " + MINUTES + " minutes");
        }
        if (process.exitValue() != 0) throw new IOException("Maven failed: " + Files.readString(log, UTF_8));
    }

    /// The directory of an artifact.
    Path directory(String artifact) {
        return repository.resolve(GROUP).resolve(artifact).resolve(VERSION);
    }

    /// One file of an artifact.
    ///
    /// @param rest what follows the version in the file's name
    Path file(String artifact, String rest) {
        return directory(artifact).resolve(artifact + '-' + VERSION + rest);
    }

    /// All files of artifacts, by their path. The lists of an artifact's versions are not among them.
    Map<String, Path> files() throws IOException {
        try (var files = Files.walk(repository)) {
            var found = new TreeMap<String, Path>();
            files.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith("maven-metadata.xml"))
                    .forEach(file -> found.put(repository.relativize(file).toString(), file));
            return found;
        }
    }
}
