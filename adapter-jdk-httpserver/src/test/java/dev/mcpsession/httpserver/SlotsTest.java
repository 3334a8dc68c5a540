package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Session;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The JDK's server counts connections, and refuses all when its count is full. However an answer ends and its client leaves,
/// the connection is counted no more.
class SlotsTest {

    /// More than there are slots, so that a server that gives none back refuses everybody. `-Dslots.rounds=200` for more.
    private static final String ROUNDS = System.getProperty("slots.rounds", "52");
    private static final long PATIENCE_MINUTES = 15;

    @Test
    void connections_everyEndOfEveryAnswer_areServedAgain() throws Exception {
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                "-Djdk.httpserver.maxConnections=" + Slots.SLOTS,
                "-Dsun.net.httpserver.idleInterval=1", "-Dsun.net.httpserver.clockTick=100",
                "-cp", classPath(), Slots.class.getName(), ROUNDS).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertTrue(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES), "still running");
            assertEquals(0, process.exitValue(), printed);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPath() throws Exception {
        var main = location(McpHttpServer.class);
        return Stream.of(main, main.resolveSibling("test-classes"), location(Session.class), location(Test.class))
                .map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
