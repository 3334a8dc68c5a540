package dev.mcpsession.reference.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.MarkdownPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExcusesTest {

    @Test
    void excuses_areThoseOfTheDocumentation() throws IOException {
        var page = MarkdownPage.read(Path.of("..", "README.md"));
        for (var row : page.rows("revision", "passed", "not passed")) {
            var revision = row.get("revision");
            var scenarios = row.get("not passed").equals("none") ? Set.of() : Set.of(row.get("not passed").split(", "));
            assertEquals(Excuses.of(revision), scenarios, revision);
        }

        var version = page.text().replaceFirst("(?s).*With the suite's version ([^,]+),.*", "$1");
        assertTrue(Files.readString(Path.of("src/test/conformance/package.json")).contains("\"" + version + '"'), version);
    }
}
