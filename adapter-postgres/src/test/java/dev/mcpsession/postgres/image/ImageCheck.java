package dev.mcpsession.postgres.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.postgres.server.PgDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The image that this build made, and the plain command line, each in a process of its own.
class ImageCheck {

    private static final Image IMAGE = new Image(Path.of(System.getProperty("image.home")));
    private static final List<String> LAUNCHER = List.of(IMAGE.launcher().toString());
    private static final List<String> JAVA = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + System.getProperty("image.arguments"));

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        http.shutdownNow();
    }

    static Stream<List<String>> commands() {
        return Stream.of(LAUNCHER, JAVA);
    }

    private ImageServer start(String options, List<String> command, String... arguments) throws IOException {
        return ImageServer.start(http, directory, options, with(command, arguments));
    }

    private static List<String> with(List<String> command, String... arguments) {
        return Stream.concat(command.stream(), Stream.of(arguments)).toList();
    }

    private void assertEnds(int status, String error, List<String> command, String... arguments) throws Exception {
        var process = ImageServer.process(directory, "", with(command, arguments));
        assertEquals(status, ImageServer.status(process));
        assertTrue(ImageServer.errors(process).matches(error), () -> "must match " + error);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_inMemory_servesAndDrains(List<String> command) throws Exception {
        try (var server = start("", command)) {
            server.exercise();
            var stream = server.stream(server.initialize());

            assertEquals(143, server.terminate());

            ImageServer.awaitLine(stream, "retry: ");
            assertTrue(server.output().contains("draining"));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_twiceOnPostgres_isOneService(List<String> command) throws Exception {
        try (var database = PgDatabase.create();
                var first = start("", command, "--backend", database.url());
                var second = start("", command, "--backend", database.url())) {
            first.exercise();
            var session = first.initialize();

            assertEquals(200, second.call(session, "ping"));
            assertEquals(143, first.terminate());
            assertEquals(200, second.call(session, "ping"));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_misuse_isOneLineAndStatus2(List<String> command) throws Exception {
        assertEnds(2, "unknown option, see --help: --bogus option\n", command, "--bogus option");
        assertEnds(2, "--backend: must be memory, or a JDBC URL .*: foo\n", command, "--backend", "foo");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_failure_isOneLineAndStatus1(List<String> command) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());
            assertEnds(1, "cannot listen on 127.0.0.1:" + port + ": .*\n", command, "--port", port);
        }
        assertEnds(1, "cannot open backend jdbc:postgresql: .*\n", command, "--backend", "jdbc:postgresql://127.0.0.1:1/none");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_help_isStatus0(List<String> command) throws Exception {
        assertEnds(0, "", command, "--help");
    }

    @Test
    void cache_ofTheImage_holdsTheServersClasses() throws Exception {
        var log = classesOf(IMAGE);

        var ours = log.stream().filter(line -> line.contains(" dev.mcpsession.") && !line.contains("$$"))
                .filter(line -> !line.contains("JfrEvents")) // the JVM caches no events
                .toList();
        assertTrue(ours.size() > 100, () -> "few classes: " + ours);
        assertEquals(List.of(), ours.stream().filter(line -> !line.contains("shared objects file")).toList());
    }

    @Test
    void cache_ofAnImageThatWasMoved_isUsed() throws Exception {
        var moved = copy("an image");

        assertTrue(classesOf(moved).stream().anyMatch(line -> line.contains("ReferenceServer source: shared objects file")));
    }

    @Test
    void cache_thatDoesNotFit_isIgnoredInSilence() throws Exception {
        var cut = copy("cut");
        try (var file = FileChannel.open(cut.cache(), StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
        assertIgnores(cut);
        Files.writeString(cut.cache(), "not a cache");
        assertIgnores(cut);
        Files.delete(cut.cache());
        assertIgnores(cut);
    }

    private void assertIgnores(Image image) throws Exception {
        var process = ImageServer.process(directory, "", List.of(image.launcher().toString(), "--help"));
        assertTrue(process.inputReader().readLine().startsWith("Serves MCP"));
        assertEquals(0, ImageServer.status(process));
        assertEquals("", ImageServer.errors(process));
        assertFalse(classesOf(image).stream().anyMatch(line -> line.contains("ReferenceServer source: shared objects file")));
    }

    @Test
    void options_anotherCollector_replacesTheImages() throws Exception {
        try (var server = start("-XX:+UseZGC -Xmx200m", LAUNCHER)) {
            server.exercise();
        }
    }

    /// Returns the log of the classes that a server loaded, each with its source.
    private List<String> classesOf(Image image) throws Exception {
        var log = directory.resolve("classes.log");
        Files.deleteIfExists(log);
        try (var server = start("-Xlog:class+load:file=classes.log", List.of(image.launcher().toString()))) {
            server.exercise();
            server.terminate();
        }
        return Files.readAllLines(log);
    }

    private Image copy(String name) throws Exception {
        var copy = directory.resolve(name);
        assertEquals(0, new ProcessBuilder("cp", "-a", IMAGE.home().toString(), copy.toString()).start().waitFor());
        return new Image(copy);
    }
}
