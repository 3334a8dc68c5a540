package dev.mcpsession.postgres.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The files of one server: its data, and what it says.
final class PgDirectory {

    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();
    private static final int LOG_SHOWN = 4_000;

    private final Path bin;
    private final Path base;

    PgDirectory() throws IOException {
        bin = PgBinaries.home().resolve("bin");
        base = Unprivileged.directory("mcp-session-pg-data-");
    }

    Path base() {
        return base;
    }

    Path data() {
        return base.resolve("data");
    }

    String program(String name) {
        return bin.resolve(name).toString();
    }

    void initialize() throws IOException {
        Unprivileged.give(Files.createDirectory(data()));
        require("initdb", Unprivileged.run(base.resolve("log"), program("initdb"), "-D", data().toString(),
                "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
    }

    /// Keeps a copy of the data of a server that does not run.
    void save() throws IOException {
        copy(data(), base.resolve("saved"));
    }

    /// Replaces the data by the saved copy.
    void rollBack() throws IOException {
        copy(base.resolve("saved"), data());
    }

    /// Replaces the data by a copy of that of a running server.
    void replaceBy(PgDirectory running) throws IOException {
        copy(running.data(), data());
        deleteFile("postmaster.pid");
        deleteFile("postmaster.opts");
    }

    /// Adds a file to the data, or text to one of its files.
    void append(String name, String text) throws IOException {
        var file = data().resolve(name);
        var isNew = !Files.exists(file);
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (isNew) Unprivileged.give(file);
    }

    private void deleteFile(String name) throws IOException {
        Files.deleteIfExists(data().resolve(name));
    }

    // As the server's user, so that it owns the copy. A running server may remove a file meanwhile; what it needs of that is in its log.
    private void copy(Path from, Path to) throws IOException {
        deleteAll(to);
        Unprivileged.give(Files.createDirectory(to));
        Unprivileged.run(base.resolve("log"), "cp", "-a", from + "/.", to.toString());
    }

    private void require(String what, int exit) {
        if (exit != 0) throw new IllegalStateException(what + " failed: " + log());
    }

    Optional<ProcessHandle> process() {
        var status = pidFile();
        return status.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(status.getFirst().strip()));
    }

    /// Whether the server accepts connections, which a standby does while it recovers.
    boolean isReady() {
        var status = pidFile();
        return status.size() > 7 && (status.get(7).startsWith("ready") || status.get(7).startsWith("standby"));
    }

    private List<String> pidFile() {
        try {
            return Files.readAllLines(data().resolve("postmaster.pid"));
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read postmaster.pid", e);
        }
    }

    String log() {
        try {
            var log = Files.readString(base.resolve("log"));
            return log.substring(Math.max(0, log.length() - LOG_SHOWN)).strip();
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    /// Tries again for some seconds: the last process of a killed server may still write.
    static void deleteAll(Path directory) {
        for (var deadline = System.nanoTime() + PATIENCE; Files.exists(directory); ) {
            try (var paths = Files.walk(directory)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
            } catch (IOException | UncheckedIOException e) {
                if (System.nanoTime() - deadline >= 0) throw new IllegalStateException("cannot delete " + directory, e);
                Thread.onSpinWait();
            }
        }
    }
}
