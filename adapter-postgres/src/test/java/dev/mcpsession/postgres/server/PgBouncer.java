package dev.mcpsession.postgres.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// A real PgBouncer between clients and a local server, on machines where it is installed. Immutable.
public final class PgBouncer implements AutoCloseable {

    private static final int ATTEMPTS = 500;

    private final int target;
    private final int port;
    private final Path directory;
    private final Process process;

    private PgBouncer(String program, int target, String settings) throws IOException {
        this.target = target;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        directory = Unprivileged.directory("mcp-session-pgbouncer-");
        var file = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%s user=postgres
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %s
                unix_socket_dir =
                auth_type = any
                ignore_startup_parameters = extra_float_digits
                %s
                """.formatted("" + target, "" + port, settings));
        process = new ProcessBuilder(Unprivileged.command(program, file.toString())).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
        awaitPort();
    }

    /// The installed program.
    public static Optional<String> program() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(path -> Path.of(path, "pgbouncer")).filter(Files::isExecutable).map(Path::toString).findFirst();
    }

    /// Starts one in front of the server of a database.
    ///
    /// @param program  the program
    /// @param url      the database's address
    /// @param settings lines of its configuration, such as `pool_mode = transaction`
    public static PgBouncer start(String program, String url, String settings) throws IOException {
        return new PgBouncer(program, Integer.parseInt(url.replaceFirst(".*//[^/]*:(\\d+)/.*", "$1")), settings);
    }

    private void awaitPort() throws IOException {
        for (var attempt = 0; attempt < ATTEMPTS && process.isAlive(); attempt++) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException _) {
                PgServer.glance();
            }
        }
        throw new IOException("PgBouncer did not start: " + Files.readString(directory.resolve("log")));
    }

    /// The same address, through this pooler.
    public String through(String url) {
        return url.replace(":" + target + "/", ":" + port + "/");
    }

    /// Ends it.
    @Override
    public void close() throws IOException {
        process.destroy();
        Unprivileged.exitOf(process);
        PgDirectory.deleteAll(directory);
    }
}
