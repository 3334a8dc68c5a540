package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Session;
import dev.mcpsession.contract.Messages;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The JDK's server counts connections, and refuses all when its count is full. However an answer ends and its client leaves,
/// the connection is counted no more.
///
/// Each case has 8 clients; `-Dslots.clients=200` makes them 200.
class SlotsTest {

    private static final String CLIENTS = System.getProperty("slots.clients", "8");
    private static final long PATIENCE_MINUTES = 15;

    @Test
    void connections_everyEndOfEveryAnswer_areServedAgain() throws Exception {
        run("-Xmx512m", "-Djdk.httpserver.maxConnections=" + Slots.SLOTS,
                "-Dsun.net.httpserver.idleInterval=1", "-Dsun.net.httpserver.clockTick=100",
                "-cp", classPath(), Slots.class.getName(), CLIENTS);
    }

    /// Headers that proxies add are read; a head beyond a limit is cut, which its client cannot tell from a broken network.
    @Test
    void connections_manyHeaders_areServedUpToTheLimits() throws Exception {
        run("-cp", classPath(), HeaderLimits.class.getName());
    }

    /// Runs in a JVM of its own, because the JDK's server reads its limits once.
    private static void run(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
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
        return Stream.of(main, main.resolveSibling("test-classes"), location(Session.class), location(Messages.class), location(Test.class))
                .map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
