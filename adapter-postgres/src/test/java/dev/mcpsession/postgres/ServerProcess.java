package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;

import dev.mcpsession.Session;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;

/// The reference server in a process of its own, on a free port.
final class ServerProcess {

    private ServerProcess() {}

    static Process start(String url) throws IOException {
        var modules = Stream.of(Session.class, McpHttpServer.class, PostgresSessionStore.class, Driver.class)
                .map(ServerProcess::location).collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmcpsession.exitWithParent=true", "--module-path", modules,
                "-m", "dev.mcpsession.httpserver/dev.mcpsession.httpserver.reference.Main",
                "--port", "0", "--backend", url).start();
    }

    private static String location(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
    }

    /// Waits until the server is ready, and gives its MCP endpoint.
    static URI endpoint(Process server) throws IOException {
        var out = server.inputReader();
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("MCP endpoint")) return URI.create(line.substring(line.indexOf("http")));
        }
        return fail("the server ended: " + new String(server.getErrorStream().readAllBytes(), UTF_8));
    }
}
