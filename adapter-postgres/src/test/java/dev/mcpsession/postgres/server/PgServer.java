package dev.mcpsession.postgres.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A Postgres server on a free local port, with `fsync` on, so that crashes are real. It can be stopped, crashed, restarted on the
/// same port, paused and resumed. It ends with this JVM, however that ends.
///
/// Runs as `nobody` if the JVM runs as root, since Postgres refuses to run as root. Its user is `postgres`, without a password.
/// Thread-safe.
public final class PgServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(10);
    private static final int STARTS = 3;
    private static final int LOG_SHOWN = 4_000;
    private static final List<List<String>> NOT_AS_ROOT = List.of(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"),
            List.of("runuser", "-u", "nobody", "--"),
            List.of("chroot", "--userspec=65534:65534", "--groups=", "/"),
            List.of("unshare", "-U"));

    // Ends with the server. The shell outlives the JVM for a moment: when its input ends, so has the JVM. This signal ends a
    // paused server too, since it then kills its children.
    private static final String WATCHER = """
            base=$1; shift
            exec 3<&0
            "$@" </dev/null >>"$base/log" 2>&1 &
            server=$!
            ( read -r _ <&3; touch "$base/closed"; kill -CONT $server; kill -QUIT $server ) &
            reader=$!
            wait $server
            if [ -e "$base/closed" ]; then rm -rf "$base"; else kill $reader; fi
            """;

    private final Path bin;
    private final Path base;
    private final List<String> prefix;
    private final List<String> settings;
    private int port;
    private Process watcher;

    private PgServer(Path home, String... settings) throws IOException {
        bin = home.resolve("bin");
        base = Files.createTempDirectory("mcp-session-pg-data-");
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        prefix = notAsRoot();
        this.settings = List.of(settings);
    }

    /// Starts a new server.
    ///
    /// @param settings such as `max_connections=20`
    /// @throws IllegalStateException with the reason, if that is not possible here
    public static PgServer start(String... settings) {
        try {
            var server = new PgServer(PgBinaries.home(), settings);
            server.initialize();
            server.startOnFreePort();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start Postgres", e);
        }
    }

    /// The address of one of its databases.
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?user=postgres";
    }

    /// The port, which never changes.
    public synchronized int port() {
        return port;
    }

    /// Stops it as an administrator would: rolls back transactions, notifies connections, writes everything.
    public void stop() {
        end("INT");
    }

    /// Stops it as a crash would: notifies no connection, and the next start recovers from the log.
    public void crash() {
        end("QUIT");
    }

    /// Starts it again after [#stop()] or [#crash()].
    public synchronized void restart() {
        if (watcher.isAlive()) throw new IllegalStateException("server must be stopped first");
        launch();
        if (!isReady()) throw new IllegalStateException("Postgres did not start again: " + log());
    }

    /// Stops all its processes where they are: connections stay open without an answer.
    public void pause() {
        signal("STOP", true);
    }

    /// Continues after [#pause()].
    public void resume() {
        signal("CONT", true);
    }

    /// Ends it and deletes its data. Idempotent.
    @Override
    public synchronized void close() {
        try {
            watcher.getOutputStream().close();
            awaitEnd();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop Postgres", e);
        }
        deleteAll(base);
    }

    private void initialize() throws IOException {
        var data = Files.createDirectory(base.resolve("data"));
        if (!prefix.isEmpty() && !prefix.getFirst().equals("unshare")) {
            var users = base.getFileSystem().getUserPrincipalLookupService();
            Files.setOwner(data, users.lookupPrincipalByName("nobody"));
        }
        var program = Stream.concat(prefix.stream(), Stream.of(bin.resolve("initdb").toString(), "-D", data.toString(),
                "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")).toList();
        var init = new ProcessBuilder(program).directory(base.toFile())
                .redirectErrorStream(true).redirectOutput(base.resolve("log").toFile()).start();
        if (exitOf(init) != 0) throw new IllegalStateException("initdb failed, started as " + prefix + ": " + log());
    }

    // Another process may take the port after it was found free.
    private synchronized void startOnFreePort() throws IOException {
        for (int attempt = 0; attempt < STARTS; attempt++) {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            launch();
            if (isReady()) return;
        }
        throw new IllegalStateException("Postgres did not start: " + log());
    }

    private void launch() {
        var program = new ArrayList<>(List.of("sh", "-c", WATCHER, "sh", base.toString()));
        program.addAll(prefix);
        program.addAll(List.of(bin.resolve("postgres").toString(), "-D", base.resolve("data").toString(), "-p", "" + port,
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200"));
        for (var setting : settings) program.addAll(List.of("-c", setting));
        try {
            watcher = new ProcessBuilder(program).directory(base.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + bin.resolve("postgres"), e);
        }
    }

    private boolean isReady() {
        for (var deadline = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < deadline; glance()) {
            var status = pidFile();
            if (status.size() > 7 && status.get(7).startsWith("ready")) return true;
            if (!watcher.isAlive()) return false;
        }
        return false;
    }

    private synchronized void end(String signal) {
        signal(signal, false);
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!watcher.waitFor(PATIENCE)) throw new IllegalStateException("Postgres did not stop: " + log());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    // Uses the shell's built-in kill; includes the children, since each connection has its own process.
    private synchronized void signal(String signal, boolean all) {
        var server = process().orElseThrow(() -> new IllegalStateException("server is not running"));
        var program = new ArrayList<>(List.of("sh", "-c", "kill -" + signal + " \"$@\" 2>&1 || :", "sh", "" + server.pid()));
        if (all) server.descendants().forEach(child -> program.add("" + child.pid()));
        try {
            exitOf(new ProcessBuilder(program).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + signal, e);
        }
    }

    private Optional<ProcessHandle> process() {
        var status = pidFile();
        return status.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(status.getFirst().strip()));
    }

    private List<String> pidFile() {
        try {
            return Files.readAllLines(base.resolve("data/postmaster.pid"));
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read postmaster.pid", e);
        }
    }

    private String log() {
        try {
            var log = Files.readString(base.resolve("log"));
            return log.substring(Math.max(0, log.length() - LOG_SHOWN)).strip();
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    private static List<String> notAsRoot() throws IOException {
        if (!idOf(List.of()).equals("0")) return List.of();
        for (var prefix : NOT_AS_ROOT) {
            var id = idOf(prefix);
            if (!id.isEmpty() && !id.equals("0")) return prefix;
        }
        throw new IllegalStateException("Postgres does not run as root, and none of these is permitted here: " + NOT_AS_ROOT);
    }

    private static String idOf(List<String> prefix) throws IOException {
        try {
            var id = new ProcessBuilder(Stream.concat(prefix.stream(), Stream.of("id", "-u")).toList())
                    .redirectErrorStream(true).start();
            var said = new String(id.getInputStream().readAllBytes(), UTF_8).strip();
            return exitOf(id) == 0 ? said : "";
        } catch (IOException e) {
            if (prefix.isEmpty()) throw e;
            return ""; // not installed
        }
    }

    private static int exitOf(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void glance() {
        try {
            Thread.sleep(GLANCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static void deleteAll(Path directory) {
        if (!Files.exists(directory)) return;
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
