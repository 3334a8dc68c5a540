package dev.mcpsession.reference.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.MarkdownPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SuiteTest {

    @Test
    void version_isThatOfTheDocumentation() throws IOException {
        var version = MarkdownPage.read(Path.of("..", "README.md")).text().replaceFirst("(?s).*With the suite's version ([^,]+),.*", "$1");

        assertTrue(Files.readString(Path.of("src/test/conformance/package.json")).contains("\"" + version + '"'), version);
    }
}
