package dev.mcpsession.postgres.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Runs programs that refuse to run as root, such as a Postgres server: as `nobody` if the JVM runs as root, otherwise as its own user.
/// Thread-safe.
public final class Unprivileged {

    private static final String USER = "nobody";
    private static final List<List<String>> NOT_AS_ROOT = List.of(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"),
            List.of("runuser", "-u", USER, "--"),
            List.of("chroot", "--userspec=65534:65534", "--groups=", "/"),
            List.of("unshare", "-U"));

    private Unprivileged() {}

    // Found out at the first use.
    private static final class Found {
        static final List<String> PREFIX = prefix();
    }

    /// Returns the command line that runs a program as this user.
    ///
    /// @throws IllegalStateException if none of the known ways is permitted here
    public static List<String> command(String... program) {
        var command = new ArrayList<>(Found.PREFIX);
        command.addAll(List.of(program));
        return command;
    }

    /// Runs a program to its end.
    ///
    /// @param output the file that receives what it says
    /// @return its exit code
    static int run(Path output, String... program) throws IOException {
        return exitOf(new ProcessBuilder(command(program)).directory(output.getParent().toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile())).start());
    }

    /// Creates a new directory that all may read.
    public static Path directory(String name) throws IOException {
        var directory = Files.createTempDirectory(name);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory;
    }

    /// Gives a file or an empty directory to this user.
    static void give(Path file) throws IOException {
        if (Found.PREFIX.isEmpty() || Found.PREFIX.getFirst().equals("unshare")) return;
        Files.setOwner(file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
    }

    static int exitOf(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static List<String> prefix() {
        if (!idOf(List.of()).equals("0")) return List.of();
        for (var prefix : NOT_AS_ROOT) {
            var id = idOf(prefix);
            if (!id.isEmpty() && !id.equals("0")) return prefix;
        }
        throw new IllegalStateException("this program does not run as root, and none of these is permitted here: " + NOT_AS_ROOT);
    }

    private static String idOf(List<String> prefix) {
        var program = new ArrayList<>(prefix);
        program.addAll(List.of("id", "-u"));
        try {
            var id = new ProcessBuilder(program).redirectErrorStream(true).start();
            var said = new String(id.getInputStream().readAllBytes(), UTF_8).strip();
            return exitOf(id) == 0 ? said : "";
        } catch (IOException e) {
            if (prefix.isEmpty()) throw new IllegalStateException("cannot find out who runs this", e);
            return ""; // not installed
        }
    }
}
