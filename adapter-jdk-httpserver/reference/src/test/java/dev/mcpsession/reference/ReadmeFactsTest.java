package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.DocumentedLimits;
import dev.mcpsession.contract.MarkdownPage;
import dev.mcpsession.http.Limits;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The documentation's options, limits, revisions and figures match the code and the published report.
class ReadmeFactsTest {

    private static final Pattern OPTION = Pattern.compile("^ {2}(--[a-z-]+(?: [A-Z]+)?) +\\S.*?(?: \\(([^ ()]+)\\))?$", Pattern.MULTILINE);
    private static final Pattern FIGURE = Pattern.compile("[0-9][0-9,.]* (?:ns|µs|ms|%|M/s)|\\d+\\.\\d+ times");

    private static MarkdownPage page(String path) throws IOException {
        return MarkdownPage.read(ReadmeTest.ROOT.resolve(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "adapter-jdk-httpserver/README.md", "adapter-jdk-httpserver/reference/README.md", "adapter-jdk-httpserver/OPERATING.md",
            "adapter-postgres/README.md", "benchmarks/README.md", "CHANGELOG.md", ".github/SECURITY.md", ".github/RELEASING.md"})
    void links_leadToWhatIsThere(String path) throws IOException {
        var file = ReadmeTest.ROOT.resolve(path);
        for (var link : MarkdownPage.read(file).links().filter(it -> !it.startsWith("http")).map(URI::create).toList()) {
            var target = link.getPath().isEmpty() ? file : file.resolveSibling(link.getPath()).normalize();
            var page = target.toString().endsWith(".md") || !Files.isDirectory(target) ? target : target.resolve("README.md");
            assertTrue(Files.exists(page), () -> path + " links to " + link);
            var fragment = link.getFragment();
            assertTrue(fragment == null || MarkdownPage.read(page).anchors().contains(fragment), () -> path + " links to " + link);
        }
    }

    @Test
    void options_areThoseOfTheCommand() throws IOException {
        var documented = new LinkedHashMap<String, String>();
        page("adapter-jdk-httpserver/reference/README.md").rows("option", "meaning", "default")
                .forEach(row -> documented.put(row.get("option"), row.get("default")));

        var explained = new LinkedHashMap<String, String>();
        OPTION.matcher(CommandLine.HELP).results().forEach(option -> explained.put(option.group(1), option.group(2)));

        assertEquals(List.copyOf(explained.keySet()), List.copyOf(documented.keySet()));
        explained.forEach((option, value) -> {
            if (value == null) return;
            assertEquals(value, documented.get(option), option);
            if (!value.equals("all")) assertIsDefault(option.split(" ")[0], value);
        });
    }

    private static void assertIsDefault(String option, String value) {
        assertEquals(CommandLine.parse(List.of()).toString(), CommandLine.parse(List.of(option, value)).toString(), option);
    }

    @Test
    void revisions_areThoseThatAreServed() throws IOException {
        var eras = page("README.md").section("Two eras, one URL").rows().getFirst().keySet().stream().skip(1).toList();

        assertEquals(List.of(revisions(true), revisions(false)), eras);
    }

    private static String revisions(boolean withSessions) {
        return String.join(", ", Arrays.stream(ProtocolVersion.values()).filter(each -> each.hasSessions() == withSessions)
                .map(ProtocolVersion::toString).toList());
    }

    @Test
    void limits_areTheDefaults() throws IOException {
        var rows = page("adapter-jdk-httpserver/README.md").rows("limit", "option", "default");
        var stripes = rows.stream().filter(row -> row.get("option").equals("BroadcasterOptions.stripes")).toList();
        assertEquals(List.of("4 per processor, at least 16"), stripes.stream().map(row -> row.get("default")).toList());
        rows.removeAll(stripes);

        DocumentedLimits.verify(rows, List.of(SessionPolicy.DEFAULT, Limits.DEFAULT, BroadcasterOptions.DEFAULT), "stripes");
    }

    @Test
    void metrics_areThoseThatAreWritten() throws Exception {
        var documented = new TreeMap<String, String>();
        page("adapter-jdk-httpserver/OPERATING.md").rows("metric, after mcp_server_", "type", "meaning")
                .forEach(row -> documented.put(row.get("metric, after mcp_server_"), row.get("type")));

        try (var server = RunningServer.inMemory()) {
            var text = server.send(HttpRequest.newBuilder(server.uri("/metrics"))).body();
            var written = new TreeMap<String, String>();
            text.lines().filter(line -> line.startsWith("# TYPE mcp_server_")).map(line -> line.split(" "))
                    .forEach(parts -> written.put(parts[2].substring("mcp_server_".length()), parts[3]));

            assertEquals(written, documented);
            assertIn(page("adapter-jdk-httpserver/OPERATING.md").text(),
                    text.lines().filter(line -> !line.startsWith("#")).count() + "\nseries");
        }
    }

    @Test
    void signals_areThereForEveryLimit() throws IOException {
        var signals = page("adapter-jdk-httpserver/OPERATING.md").section("Each limit and its signal").text();
        for (var row : page("adapter-jdk-httpserver/README.md").rows("limit", "option", "default")) {
            var option = row.get("option");
            if (option.endsWith(".stripes") || option.endsWith(".heartbeat")) continue; // nothing happens beyond them
            assertIn(signals, option.substring(option.indexOf('.') + 1));
        }
    }

    @Test
    void properties_areThoseInForce() throws Exception {
        try (var _ = RunningServer.inMemory()) {
            var documented = new LinkedHashMap<String, String>();
            page("adapter-jdk-httpserver/README.md").rows("property", "set to")
                    .forEach(row -> documented.put(row.get("property"), row.get("set to").split(",")[0]));

            assertEquals(McpHttpServer.properties(), documented);
        }
    }

    @Test
    void versions_areThoseOfTheBuild() throws IOException {
        var page = page("adapter-jdk-httpserver/README.md");
        var build = Files.readString(Path.of("..", "pom.xml")) + Files.readString(ReadmeTest.ROOT.resolve("pom.xml"));

        for (var row : page.rows("provider", "tested with").subList(1, 3)) assertIn(build, "<version>" + row.get("tested with") + "</version>");
        assertIn(build, "<artifactId>mcp</artifactId>\n        <version>2.1.0</version>");
        assertIn(page.text(), "(`io.modelcontextprotocol.sdk:mcp` 2.1.0)");
    }

    @Test
    void figures_ofTheReadme_areThoseOfTheReport() throws IOException {
        var report = page("benchmarks/README.md");
        var commit = report.text().lines().filter(line -> line.startsWith("- commit: ")).findFirst().orElseThrow().substring(10);
        assertIn(page("README.md").text(), "commit `" + commit + "`");
        var rows = page("README.md").rows("what", "mcp-session", "the official SDK on Jetty");
        assertEquals(3, rows.size());

        assertFigures(rows.get(0), report, "20/s", "publish p50");
        assertFigures(rows.get(1), report, "20/s", "cpu per delivery");
        assertFigures(rows.get(2), report, "stalled", "delivered");
    }

    private static void assertFigures(Map<String, String> row, MarkdownPage report, String load, String column) {
        var table = products(report, load);
        assertEquals(figure(table, "mcp-session", column), row.get("mcp-session"));
        assertEquals(figure(table, "sdk-jetty", column), row.get("the official SDK on Jetty"));
    }

    private static List<Map<String, String>> products(MarkdownPage report, String load) {
        return report.section("Products").rows().stream().filter(each -> each.get("load").equals(load)).toList();
    }

    @Test
    void heap_ofAStream_isThatOfTheReport() throws IOException {
        var rows = page("adapter-jdk-httpserver/README.md").rows("provider", "tested with");
        var table = products(page("benchmarks/README.md"), "alone").stream().filter(each -> each.get("clients").equals("10000")).toList();
        var designs = List.of("mcp-session", "mcp-session-robaho", "mcp-session-jetty");

        for (var n = 0; n < designs.size(); n++) {
            assertEquals(figure(table, designs.get(n), "heap idle"), rows.get(n).get("heap of an idle stream"));
        }
    }

    private static String figure(List<Map<String, String>> table, String design, String column) {
        var rows = table.stream().filter(row -> row.get("design").equals(design)).toList();
        assertEquals(1, rows.size(), rows::toString);
        return rows.getFirst().get(column).replaceFirst(" \\[.*", "");
    }

    @Test
    void findings_ofTheBenchmarks_areThoseOfTheReport() throws IOException {
        var text = page("benchmarks/README.md").text();
        var report = text.substring(text.indexOf("<!-- report: begin -->"));
        var findings = text.substring(0, text.indexOf("## Running them"));
        FIGURE.matcher(findings).results().forEach(figure -> assertIn(report, "| " + figure.group().replace(" times", "") + " "));

        var bars = new MarkdownPage(report).rows("what", "bar", "measured");
        var passed = bars.stream().filter(bar -> bar.get("").equals("pass")).count();
        assertIn(findings, passed + " of " + bars.size() + " bars pass");
    }

    private static void assertIn(String text, String part) {
        assertTrue(text.contains(part), () -> "there is no " + part);
    }
}
