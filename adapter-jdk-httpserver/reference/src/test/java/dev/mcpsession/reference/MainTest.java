package dev.mcpsession.reference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.mcpsession.Session;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The server in a separate process.
class MainTest {

    /// More than the promised 3 s, because the machine may be busy with other tests.
    private static final Duration END = Duration.ofSeconds(5);

    private final List<ProcessHandle> started = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private static List<String> command(String... args) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmcpsession.exitWithParent=true",
                "--module-path", String.join(File.pathSeparator, location(Session.class), location(McpHttpServer.class), location(Main.class)),
                "--module", "dev.mcpsession.reference/" + Main.class.getName()));
        command.addAll(List.of(args));
        return command;
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    private Process start(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).start();
        started.add(process.toHandle());
        return process;
    }

    /// Reads the server's output until it has named its endpoint.
    private static URI endpoint(BufferedReader out) throws IOException {
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("MCP endpoint")) return URI.create(line.substring(line.indexOf("http")));
        }
        return fail("the server ended before it was ready");
    }

    private static int exitStatus(Process process) throws InterruptedException {
        assertTrue(process.waitFor(RunningServer.PATIENCE.toSeconds(), TimeUnit.SECONDS), "still running");
        return process.exitValue();
    }

    private static String errors(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), UTF_8);
    }

    @Test
    void main_wrongOption_isOneLineAndStatus2() throws Exception {
        var process = start(command("--prot", "1"));

        assertEquals(2, exitStatus(process));
        assertEquals("unknown option, see --help: --prot\n", errors(process));
    }

    @Test
    void main_unknownBackend_isOneLineAndStatus2() throws Exception {
        var process = start(command("--port", "0", "--backend", "cassandra://user:secret@host"));

        assertEquals(2, exitStatus(process));
        assertEquals("--backend: must be memory, or a JDBC URL such as jdbc:postgresql://127.0.0.1:5432/app if the Postgres adapter is there: cassandra\n", errors(process));
    }

    @Test
    void main_portInUse_isOneLineAndStatus1() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var process = start(command("--port", Integer.toString(taken.getLocalPort())));

            assertEquals(1, exitStatus(process));
            assertEquals("cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use\n", errors(process));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--bogus"})
    void main_buildOfItsOwn_isDeletedAtTheEnd(String option, @TempDir Path directory) throws Exception {
        var build = Files.createDirectories(directory.resolve("build"));
        Files.writeString(Files.createDirectories(build.resolve("classes")).resolve("A.class"), "");
        var command = command(option);
        command.add(1, "-Dmcpsession.deleteAtExit=" + build);

        assertEquals(option.equals("--help") ? 0 : 2, exitStatus(start(command)));

        assertFalse(Files.exists(build));
        assertTrue(Files.exists(directory));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void main_signalWhileBusy_drainsAndEnds(String signal) throws Exception {
        var process = start(command("--port", "0"));
        var endpoint = endpoint(process.inputReader());
        try (var http = HttpClient.newHttpClient(); var slow = new Socket(endpoint.getHost(), endpoint.getPort())) {
            var session = initialize(http, endpoint);
            slow.getOutputStream().write(("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nMcp-Session-Id: "
                    + session + "\r\nContent-Length: 100\r\n\r\n{").getBytes(UTF_8));
            var stream = open(http, endpoint, session);
            assertEquals(": connected\n\n", stream.next());
            var logOut = HttpRequest.newBuilder(endpoint.resolve("/sessions?owner=principal:nobody")).DELETE().build();
            assertEquals(200, http.send(logOut, HttpResponse.BodyHandlers.discarding()).statusCode());

            var asked = System.nanoTime();
            assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor());

            assertTrue(stream.next().matches("retry: [0-9]+\n\n"));
            assertEquals(signal.equals("TERM") ? 143 : 130, exitStatus(process));
            var took = Duration.ofNanos(System.nanoTime() - asked);
            assertTrue(took.compareTo(END) < 0, () -> "took " + took);
            assertEquals(EventReader.END, stream.next());
            assertTrue(process.inputReader().readAllAsString().endsWith(
                    "\ndraining: streams end, and requests in progress are answered\ndrained\n"));
            var logged = errors(process);
            assertFalse(logged.contains("\tat "), "no stack trace");
            assertTrue(logged.contains("operator: DELETE /sessions answered 200"), logged);
            http.shutdownNow();
        }
        new ServerSocket(endpoint.getPort(), 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void main_parentKilled_ends() throws Exception {
        var shell = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" & wait", "sh"));
        shell.addAll(command("--port", "0"));
        var parent = start(shell);
        var endpoint = endpoint(parent.inputReader());
        var server = parent.children().findFirst().orElseThrow();
        started.add(server);

        parent.destroyForcibly();

        server.onExit().get(RunningServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        new ServerSocket(endpoint.getPort(), 1, InetAddress.getLoopbackAddress()).close();
    }

    private static String initialize(HttpClient http, URI endpoint) throws Exception {
        var request = HttpRequest.newBuilder(endpoint).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Messages.initialize("2025-06-18"))).build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private static EventReader open(HttpClient http, URI endpoint, String session) throws Exception {
        var request = HttpRequest.newBuilder(endpoint).header("Mcp-Session-Id", session).header("Accept", "text/event-stream").build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        return new EventReader(response.body());
    }
}
