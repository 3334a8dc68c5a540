package dev.mcpsession.postgres.deploy;

import static org.junit.jupiter.api.Assertions.fail;

import dev.mcpsession.Session;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.postgres.PostgresSessionStore;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;

/// The process of a [ReplicaMain].
final class Replica implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;
    private static final int REFUSED = -1;

    private final Process process;
    private URI uri;

    private Replica(Process process) {
        this.process = process;
    }

    /// Starts a process, without waiting for it.
    static Replica start(String url, ReplicaMain.Stop stop) throws IOException {
        var classes = Stream.of(Session.class, McpHttpServer.class, PostgresSessionStore.class, Driver.class, ReplicaMain.class)
                .map(Replica::location).distinct().collect(Collectors.joining(File.pathSeparator));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new Replica(new ProcessBuilder(java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classes,
                ReplicaMain.class.getName(), url, stop.name()).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    private static String location(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
    }

    /// Its endpoint, as soon as it listens.
    URI uri() throws IOException {
        if (uri == null) {
            var line = process.inputReader().readLine();
            if (line == null) return fail("a replica ended instead of starting");
            uri = URI.create(line);
        }
        return uri;
    }

    /// What its readiness probe says; [#REFUSED] if it accepts no connection.
    int readiness(HttpClient http) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri().resolve("/ready")).build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException _) {
            return REFUSED;
        }
    }

    void terminate() {
        process.destroy();
    }

    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) fail("a replica must end when it is terminated");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
