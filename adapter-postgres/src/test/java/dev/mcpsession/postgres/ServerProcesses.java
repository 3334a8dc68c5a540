package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;

import dev.mcpsession.Session;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.reference.Main;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;

/// Reference servers, each in its own process and on a free port, and their database.
final class ServerProcesses implements AutoCloseable {

    private final PgDatabase database = PgDatabase.create();
    private final List<Process> started = new ArrayList<>();

    PgDatabase database() {
        return database;
    }

    Process start() throws IOException {
        return start(database.url());
    }

    /// Starts a server whose backend has this URL.
    Process start(String url) throws IOException {
        var modules = Stream.of(Session.class, McpHttpServer.class, Main.class, PostgresSessionStore.class, Driver.class)
                .map(ServerProcesses::location).collect(Collectors.joining(File.pathSeparator));
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmcpsession.exitWithParent=true", "--module-path", modules,
                "-m", "dev.mcpsession.reference/dev.mcpsession.reference.Main",
                "--port", "0", "--backend", url).start();
        started.add(process);
        return process;
    }

    private static String location(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
    }

    /// Waits until the server is ready, and returns its MCP endpoint.
    static URI endpoint(Process server) throws IOException {
        var out = server.inputReader();
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("MCP endpoint")) return URI.create(line.substring(line.indexOf("http")));
        }
        return fail("the server ended: " + new String(server.getErrorStream().readAllBytes(), UTF_8));
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
        database.close();
    }
}
