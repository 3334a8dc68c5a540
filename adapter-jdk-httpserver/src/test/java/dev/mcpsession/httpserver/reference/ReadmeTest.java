package dev.mcpsession.httpserver.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.SessionScope;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the README shows is what works.
class ReadmeTest {

    private static final Path README = Path.of("..", "README.md");
    private static final Path EXAMPLE = Path.of("src/test/java/dev/mcpsession/httpserver/reference/Example.java");

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
                            .POST(HttpRequest.BodyPublishers.ofString(RunningServer.initializing("2025-11-25"))).build(),
                    HttpResponse.BodyHandlers.ofString());
            var session = minted.headers().firstValue("Mcp-Session-Id").orElseThrow();
            assertEquals("{\"client\":\"test\"}", minted.body());
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
        var client = SessionScope.current().orElseThrow().client().name();
        Exchanges.reply(exchange, Replies.json(200, Json.obj().with("client", client)));
    }

    @Test
    void options_ofTheReadme_areThoseThereAre() throws IOException {
        var readme = Files.readString(README);
        var options = Pattern.compile("^ {2}(--[a-z-]+)", Pattern.MULTILINE).matcher(CommandLine.HELP).results();

        options.map(option -> option.group(1))
                .forEach(option -> assertTrue(readme.contains("`" + option), () -> "README.md does not name " + option));
    }
}
