package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.Caller;
import dev.mcpsession.Session;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.httpserver.ExchangeResponse;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.json.Json;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README shows is what works.
class ReadmeTest {

    private static final Path README = Path.of("..", "..", "README.md");
    private static final Path EXAMPLE = Path.of("src/test/java/dev/mcpsession/reference/Example.java");

    @Test
    void example_ofTheReadme_isTheOneThatRuns() throws IOException {
        var source = Files.readString(EXAMPLE);
        var code = source.substring(source.indexOf("import"));

        assertTrue(Files.readString(README).contains("```java\n" + code + "```\n"), "README.md does not show " + EXAMPLE);
    }

    @Test
    void example_withAHandler_servesSessionsAndStreams() throws Exception {
        try (var example = new Example(ReadmeTest::answer, 0); var http = HttpClient.newHttpClient()) {
            var mcp = HttpRequest.newBuilder(example.server.uri("/mcp"));
            var minted = http.send(mcp.copy().header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(Messages.initialize("2025-11-25"))).build(),
                    HttpResponse.BodyHandlers.ofString());
            var session = minted.headers().firstValue("Mcp-Session-Id").orElseThrow();
            assertEquals("{\"client\":\"test\"}", minted.body());
            assertEquals(400, http.send(mcp.copy().header("Content-Type", "application/json")
                            .header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", "server/discover")
                            .POST(HttpRequest.BodyPublishers.ofString(Messages.stateless("1", "server/discover", ""))).build(),
                    HttpResponse.BodyHandlers.ofString()).statusCode(), "a revision that the handler does not speak");
            var stream = new EventReader(http.send(mcp.copy().header("Mcp-Session-Id", session).header("Accept", "text/event-stream")
                    .build(), HttpResponse.BodyHandlers.ofInputStream()).body());
            assertEquals(": connected\n\n", stream.next());
            assertTrue(stream.next().startsWith("id: "));

            example.toolsChanged();

            assertTrue(stream.next().contains("\"method\":\"notifications/tools/list_changed\""));
            http.shutdownNow();
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        var client = Caller.current().session().map(session -> session.client().name()).orElse("none");
        ExchangeResponse.send(exchange, Replies.json(200, Json.obj().with("client", client)));
    }

    /// On the class path, which is where a first program stands.
    @Test
    void classes_ofTheReadme_compileAsTheyStand(@TempDir Path directory) throws Exception {
        var classes = Pattern.compile("^```java\\n(import .*?^final class (\\w+).*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(README)).results().toList();
        assertEquals(List.of("Example", "SdkBridge"), classes.stream().map(block -> block.group(2)).toList());

        for (var block : classes) assertCompiles(directory, block.group(2), block.group(1));
    }

    @Test
    void topics_ofTheReadme_compile(@TempDir Path directory) throws Exception {
        var topics = Pattern.compile("^```java\\n(static final Topic [^\\n]*\\n)(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(README)).results().toList();
        assertEquals(1, topics.size());

        assertCompiles(directory, "Topics", """
                import dev.mcpsession.*;
                import dev.mcpsession.event.*;
                import dev.mcpsession.http.*;
                import dev.mcpsession.json.*;

                class Topics {
                    %s
                    void declare(SessionStore store, Broadcaster events) {
                        %s
                    }
                }
                """.formatted(topics.getFirst().group(1), topics.getFirst().group(2)));
    }

    private static void assertCompiles(Path directory, String name, String code) throws IOException {
        var classPath = Stream.of(Session.class, McpHttpServer.class, McpSchema.class).map(ReadmeTest::location)
                .collect(Collectors.joining(File.pathSeparator, "", File.pathSeparator + System.getProperty("java.class.path")));
        var source = Files.writeString(directory.resolve(name + ".java"), code);
        var said = new StringWriter();
        var status = ToolProvider.findFirst("javac").orElseThrow().run(new PrintWriter(said), new PrintWriter(said),
                "-proc:none", "-d", directory.toString(), "-classpath", classPath, source.toString());
        assertEquals(0, status, said::toString);
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void options_ofTheReadme_areThoseThereAre() throws IOException {
        var readme = Files.readString(README);
        var options = Pattern.compile("^ {2}(--[a-z-]+)", Pattern.MULTILINE).matcher(CommandLine.HELP).results();

        options.map(option -> option.group(1))
                .forEach(option -> assertTrue(readme.contains("`" + option), () -> "README.md does not name " + option));
    }
}
