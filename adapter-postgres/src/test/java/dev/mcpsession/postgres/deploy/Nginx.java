package dev.mcpsession.postgres.deploy;

import dev.mcpsession.contract.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A real nginx with the settings that `OPERATING.md` recommends, on machines where it is installed.
final class Nginx implements Proxy {

    private static final Path DOCUMENT = Path.of("..", "adapter-jdk-httpserver", "OPERATING.md");
    private static final String BLOCK = "```nginx\n";
    private static final long PATIENCE_SECONDS = 30;

    private final String program;
    private final String settings;
    private final Path directory;
    private final int port;
    private final Process process;

    private Nginx(String program, List<URI> replicas) throws IOException {
        this.program = program;
        settings = settings();
        directory = Files.createTempDirectory("mcp-session-nginx-");
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        configure(replicas);
        process = command("-g", "daemon off;");
        Await.await("nginx listens; see " + directory, this::listens);
    }

    /// The installed program.
    static Optional<String> program() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(path -> Path.of(path, "nginx")).filter(Files::isExecutable).map(Path::toString).findFirst();
    }

    static Nginx start(String program, List<URI> replicas) throws IOException {
        return new Nginx(program, replicas);
    }

    private static String settings() throws IOException {
        var text = Files.readString(DOCUMENT);
        var start = text.indexOf(BLOCK) + BLOCK.length();
        return text.substring(start, text.indexOf("```", start));
    }

    private void configure(List<URI> replicas) throws IOException {
        var servers = replicas.stream().map(uri -> "    server " + uri.getAuthority() + " max_fails=0;\n").collect(Collectors.joining());
        var temporary = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                .map(each -> "%s_temp_path %s;\n".formatted(each, directory.resolve(each))).collect(Collectors.joining());
        Files.writeString(directory.resolve("nginx.conf"), """
                pid %1$s/pid;
                error_log %1$s/error.log;
                worker_processes 1;
                worker_rlimit_nofile 8192;
                events { worker_connections 8000; }
                http {
                access_log off;
                keepalive_timeout 0; # a reload would close the connections that clients keep
                %2$s%3$s}
                """.formatted(directory, temporary, settings.replaceFirst("listen 443 ssl;", "listen 127.0.0.1:" + port + ";")
                .replaceFirst("( *server [0-9.:]+ max_fails=0;.*\n)+", servers)));
    }

    private Process command(String... options) throws IOException {
        var command = Stream.concat(Stream.of(program, "-p", directory.toString(), "-c", "nginx.conf"), Stream.of(options)).toList();
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("out").toFile()).start();
    }

    private boolean listens() {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port + "/mcp");
    }

    @Override
    public void balance(List<URI> replicas) throws IOException, InterruptedException {
        configure(replicas);
        if (!command("-s", "reload").waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) throw new IOException("nginx must reload");
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted((one, other) -> other.compareTo(one)).toList()) Files.deleteIfExists(file);
        }
    }
}
