package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Session;
import dev.mcpsession.contract.MarkdownPage;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.httpserver.McpHttpServer;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The documentation's code compiles unchanged, and its first program runs.
class ReadmeTest {

    static final Path ROOT = Path.of("..", "..");

    private static final Path ADAPTER = ROOT.resolve("adapter-jdk-httpserver");
    private static final List<String> LIBRARY = List.of(location(Session.class), location(McpHttpServer.class));
    private static final String CLASS_PATH = String.join(File.pathSeparator, LIBRARY);
    private static final String IMPORTS = """
            import com.sun.net.httpserver.*;
            import dev.mcpsession.*;
            import dev.mcpsession.broadcast.*;
            import dev.mcpsession.dialog.*;
            import dev.mcpsession.event.*;
            import dev.mcpsession.http.*;
            import dev.mcpsession.httpserver.*;
            import dev.mcpsession.json.Json;
            import dev.mcpsession.memory.*;
            import java.net.InetSocketAddress;
            import java.time.Duration;

            """;

    @Test
    void program_onTheClassPath_servesSessionsAndStreams(@TempDir Path classes) throws Exception {
        var program = MarkdownPage.read(ROOT.resolve("README.md")).code("java", "package hello;");
        MarkdownPage.compile(classes, List.of("-classpath", CLASS_PATH), Map.of("hello/Hello.java", program));

        MarkdownPage.compile(classes, List.of("-classpath", CLASS_PATH), Map.of("hello/Hello.java", onAnyPort(program)));
        assertServes("-classpath", classes + File.pathSeparator + CLASS_PATH, "hello.Hello");
    }

    @Test
    void program_asAModule_servesSessionsAndStreams(@TempDir Path classes) throws Exception {
        var program = MarkdownPage.read(ROOT.resolve("README.md")).code("java", "package hello;");
        var module = "module hello { requires dev.mcpsession.httpserver; }";
        MarkdownPage.compile(classes, List.of("--module-path", CLASS_PATH),
                Map.of("hello/Hello.java", onAnyPort(program), "module-info.java", module));

        assertServes("--module-path", classes + File.pathSeparator + CLASS_PATH, "-m", "hello/hello.Hello");
    }

    /// Replaces the port: several builds may run on one machine, but only one can have that of the example.
    private static String onAnyPort(String program) {
        var changed = program.replace("McpHttpServer.start(", "McpHttpServer.start(0, ");
        assertEquals(program.length() + "0, ".length(), changed.length());
        return changed;
    }

    private static void assertServes(String... arguments) throws Exception {
        var command = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()), Stream.of(arguments));
        var process = new ProcessBuilder(command.toList()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var typed = process.outputWriter();
        try (var http = HttpClient.newHttpClient()) {
            var mcp = HttpRequest.newBuilder(URI.create(process.inputReader().readLine()));
            var created = http.send(mcp.copy().header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(Messages.initialize("2025-11-25"))).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertTrue(created.body().contains("\"name\":\"hello\""), created::body);
            var stream = new EventReader(http.send(
                    mcp.copy().header("Mcp-Session-Id", created.headers().firstValue("Mcp-Session-Id").orElseThrow())
                            .header("Accept", "text/event-stream").build(),
                    HttpResponse.BodyHandlers.ofInputStream()).body());
            assertEquals(": connected\n\n", stream.next());
            assertTrue(stream.next().startsWith("id: "));

            typed.write("\n");
            typed.flush();

            assertTrue(stream.next().contains("\"method\":\"notifications/tools/list_changed\""));
            typed.close();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void pom_ofTheReadme_namesThisVersionAndThePluginsOfThisBuild() throws IOException {
        var pom = MarkdownPage.read(ROOT.resolve("README.md")).code("xml", "<project");
        var ours = Files.readString(ROOT.resolve("pom.xml"));

        assertEquals(between("<maven.compiler.release>", ours), between("<maven.compiler.release>", pom));
        assertEquals(between("<version>", ours), between("<artifactId>mcp-session-jdk-httpserver</artifactId>\n      <version>", pom));
        for (var plugin : List.of("maven-compiler-plugin", "maven-toolchains-plugin")) {
            var artifact = "<artifactId>" + plugin + "</artifactId>";
            assertEquals(between(artifact + "\n          <version>", ours), between(artifact + "<version>", pom));
        }
    }

    private static String between(String start, String text) {
        var from = text.indexOf(start) + start.length();
        assertTrue(from >= start.length(), () -> "there is no " + start);
        return text.substring(from, text.indexOf('<', from));
    }

    @Test
    void snippets_ofTheAdapter_compile(@TempDir Path directory) throws Exception {
        var page = MarkdownPage.read(ADAPTER.resolve("README.md"));
        var topics = page.code("java", "static final Topic").split("\n", 2);
        var operating = MarkdownPage.read(ADAPTER.resolve("OPERATING.md")).code("java", "var server");

        MarkdownPage.compile(directory, List.of("-classpath", CLASS_PATH), Map.of(
                "Parts.java", inAClass("Parts", "", "HttpHandler yourHandler", page.code("java", "var store")),
                "Asking.java", inAClass("Asking", "static Json.Obj accepted(Json.Obj result) { return result; }\n"
                        + "static Json.Obj failed(Outcome outcome) { return Json.obj(); }",
                        "SessionStore store, Broadcaster events, HttpExchange exchange, Json.Obj message, Json id, Json token, Json.Obj params",
                        page.code("java", "var requests") + "\n" + page.code("java", "if (message")),
                "Operating.java", inAClass("Operating", "", "SessionHandler sessions, HttpHandler yourHandler", operating),
                "Topics.java", inAClass("Topics", topics[0], "SessionStore store, Broadcaster events", topics[1])));
    }

    @Test
    void bridge_ofTheAdapter_compilesOnTheClassPath(@TempDir Path directory) throws Exception {
        var sdk = Stream.concat(LIBRARY.stream(), Stream.of(location(McpSchema.class), System.getProperty("java.class.path")))
                .collect(Collectors.joining(File.pathSeparator));
        var bridge = "dev/mcpsession/httpserver/SdkBridge.java";
        var use = MarkdownPage.read(ADAPTER.resolve("README.md")).code("java", "var bridge");

        MarkdownPage.compile(directory, List.of("-classpath", sdk), Map.of(
                bridge, Files.readString(ADAPTER.resolve("src/test/java").resolve(bridge)),
                "dev/mcpsession/httpserver/Use.java", "package dev.mcpsession.httpserver;\n"
                        + "import io.modelcontextprotocol.server.McpServer;\nimport io.modelcontextprotocol.spec.McpSchema;\n"
                        + inAClass("Use", "", "McpSchema.Tool tool, SessionStore store, Broadcaster events, ClientRequests requests", use)));
    }

    private static String inAClass(String name, String members, String parameters, String code) {
        return IMPORTS + "class " + name + " {\n" + members + "\nvoid run(" + parameters + ") throws Exception {\n" + code + "}}\n";
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
