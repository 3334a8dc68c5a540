package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Session;
import dev.mcpsession.contract.DocumentedLimits;
import dev.mcpsession.contract.MarkdownPage;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The documentation of this adapter, and what the first page says of it.
class ReadmeTest {

    private static final Path ROOT = Path.of("..");
    private static final Path HERE = Path.of("README.md");
    private static final Path TESTS = Path.of("src/test/java/dev/mcpsession/postgres");

    @Test
    void statements_ofBothPages_compile(@TempDir Path directory) throws Exception {
        var library = Stream.of("dev.mcpsession.httpserver.McpHttpServer", Session.class.getName(), PostgresSchema.class.getName())
                .map(ReadmeTest::location).collect(Collectors.joining(File.pathSeparator));

        MarkdownPage.compile(directory, List.of("-classpath", library), Map.of(
                "SetUp.java", inAClass("SetUp", MarkdownPage.read(HERE).code("java", "PostgresSchema.create")),
                "Replica.java", inAClass("Replica", MarkdownPage.read(ROOT.resolve("README.md")).code("java", "var store"))));
    }

    private static String inAClass(String name, String statements) {
        return """
                import com.sun.net.httpserver.HttpHandler;
                import dev.mcpsession.*;
                import dev.mcpsession.http.*;
                import dev.mcpsession.httpserver.*;
                import dev.mcpsession.postgres.*;
                import javax.sql.DataSource;

                class %s {
                    void open(DataSource pool, DataSource direct, HttpHandler yourHandler) throws Exception {
                        %s
                    }
                }
                """.formatted(name, statements);
    }

    private static String location(String type) {
        try {
            return Path.of(Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void limits_areTheDefaults() throws IOException {
        DocumentedLimits.verify(MarkdownPage.read(HERE).rows("limit", "option", "default"), List.of(PostgresOptions.DEFAULT));
    }

    @Test
    void versions_areThoseOfTheBuild() throws IOException {
        var build = Files.readString(ROOT.resolve("pom.xml"));
        var postgres = between("<postgres.binaries.version>", build).replaceFirst("\\.0$", "");

        var tested = "Postgres " + postgres + " and pgjdbc " + between("<postgresql.version>", build) + '.';
        assertTrue(MarkdownPage.read(HERE).text().contains(tested), () -> "there is no " + tested);
        assertEquals(between("<version>", build), between("<version>", MarkdownPage.read(HERE).code("xml", "<dependency>")));
    }

    private static String between(String start, String text) {
        var from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf('<', from));
    }

    @Test
    void properties_areThoseOfTheTests() throws IOException {
        for (var row : MarkdownPage.read(HERE).rows("property", "default", "of")) {
            var test = Files.readString(TESTS.resolve(row.get("of").split(",")[0] + ".java"));
            var read = "Integer.getInteger(\"" + row.get("property") + "\", " + row.get("default").replace(",", "_") + ')';
            assertTrue(test.contains(read), () -> row + " is not " + read);
        }
    }
}
