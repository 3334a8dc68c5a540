package dev.mcpsession.postgres.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/// A Postgres server on a free local port, with `fsync` on, so that crashes are real. It can be stopped, crashed, killed, restarted on the
/// same port, paused and resumed, set back to an earlier state, and have a standby. It ends with this JVM, however that ends.
///
/// Its user is `postgres`, without a password. Thread-safe.
public final class PgServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(10);
    private static final int STARTS = 3;

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

    private final PgDirectory directory;
    private final List<String> settings;
    private int port;
    private Process watcher;

    private PgServer(List<String> settings) throws IOException {
        directory = new PgDirectory();
        this.settings = settings;
    }

    /// Starts a new server.
    ///
    /// @param settings such as `max_connections=20`
    /// @throws IllegalStateException with the reason, if that is not possible here
    public static PgServer start(String... settings) {
        try {
            var server = new PgServer(List.of(settings));
            server.directory.initialize();
            server.startOnFreePort();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start Postgres", e);
        }
    }

    /// Starts a standby of this server, which streams its log.
    ///
    /// @param settings as for [#start]
    public PgServer standby(String... settings) {
        try {
            var standby = new PgServer(List.of(settings));
            standby.copy(this);
            standby.startOnFreePort();
            return standby;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a standby", e);
        }
    }

    /// Starts this server again, which must not run, as a standby of another one: with a copy of the other's data, and on its own port.
    public void follow(PgServer primary) {
        try {
            copy(primary);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy the primary", e);
        }
        restart();
    }

    // As pg_basebackup does, which is not among the binaries.
    private void copy(PgServer primary) throws IOException {
        try (var connection = primary.connect(); var statement = connection.createStatement()) {
            var isOld = connection.getMetaData().getDatabaseMajorVersion() < 15;
            statement.execute(isOld ? "select pg_start_backup('standby', true, false)" : "select pg_backup_start('standby', true)");
            directory.replaceBy(primary.directory);
            try (var end = statement.executeQuery(
                    isOld ? "select labelfile from pg_stop_backup(false, false)" : "select labelfile from pg_backup_stop(false)")) {
                end.next();
                directory.append("backup_label", end.getString(1));
            }
        } catch (SQLException e) {
            throw new IOException("no backup", e);
        }
        directory.append("standby.signal", "");
        directory.append("postgresql.auto.conf", "primary_conninfo = 'host=127.0.0.1 port=" + primary.port() + " user=postgres'\n");
    }

    /// Makes a standby the primary, and waits until it is.
    public void promote() {
        execute("select pg_promote()");
    }

    /// Changes a setting of the running server that needs no restart; a standby keeps its own.
    public void set(String name, String value) {
        execute("alter system set " + name + " = '" + value + "'");
        execute("select pg_reload_conf()");
    }

    /// Returns the single value that a query returns.
    public String ask(String question) {
        try (var connection = connect(); var statement = connection.createStatement(); var answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("failed: " + question, e);
        }
    }

    private void execute(String sql) {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("failed: " + sql, e);
        }
    }

    private Connection connect() throws SQLException {
        var source = new PGSimpleDataSource();
        source.setURL(url("postgres"));
        return source.getConnection();
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
        end("INT", false);
    }

    /// Stops it as a crash would: notifies no connection, and the next start recovers from the log.
    public void crash() {
        end("QUIT", false);
    }

    /// Ends all its processes as a power failure would.
    public void kill() {
        end("KILL", true);
    }

    /// Starts it again after it has ended. A process that was forked while it was killed may hold its memory for a moment.
    public synchronized void restart() {
        if (watcher.isAlive()) throw new IllegalStateException("server must be stopped first");
        for (var deadline = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < deadline; glance()) {
            launch();
            if (isReady()) return;
        }
        throw new IllegalStateException("Postgres did not start again: " + directory.log());
    }

    /// Keeps a copy of its data; it must not run.
    public void save() {
        try {
            directory.save();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy the data", e);
        }
    }

    /// Replaces its data by the copy that was kept; it must not run.
    public void rollBack() {
        try {
            directory.rollBack();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy the data", e);
        }
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
        PgDirectory.deleteAll(directory.base());
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
        throw new IllegalStateException("Postgres did not start: " + directory.log());
    }

    private void launch() {
        var program = new ArrayList<>(List.of("sh", "-c", WATCHER, "sh", directory.base().toString()));
        program.addAll(Unprivileged.command(directory.program("postgres"), "-D", directory.data().toString(), "-p", "" + port,
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200"));
        for (var setting : settings) program.addAll(List.of("-c", setting));
        try {
            watcher = new ProcessBuilder(program).directory(directory.base().toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + directory.program("postgres"), e);
        }
    }

    // The file of a server that was killed still says that it is ready.
    private boolean isReady() {
        for (var deadline = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < deadline; glance()) {
            if (directory.isReady() && directory.process().isPresent()) return true;
            if (!watcher.isAlive()) return false;
        }
        return false;
    }

    private synchronized void end(String signal, boolean all) {
        signal(signal, all);
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!watcher.waitFor(PATIENCE)) throw new IllegalStateException("Postgres did not stop: " + directory.log());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    // Uses the shell's built-in kill; includes the children if all are meant, since each connection has its own process.
    private synchronized void signal(String signal, boolean all) {
        var server = directory.process().orElseThrow(() -> new IllegalStateException("server is not running"));
        var program = new ArrayList<>(List.of("sh", "-c", "kill -" + signal + " \"$@\" 2>&1 || :", "sh", "" + server.pid()));
        if (all) server.descendants().forEach(child -> program.add("" + child.pid()));
        try {
            Unprivileged.exitOf(new ProcessBuilder(program).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + signal, e);
        }
    }

    static void glance() {
        try {
            Thread.sleep(GLANCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
