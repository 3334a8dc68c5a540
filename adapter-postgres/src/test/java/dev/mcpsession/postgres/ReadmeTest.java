package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.Session;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

    private static final Pattern STATEMENTS = Pattern.compile("^```java\n(PostgresSchema\\.create.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void statements_ofTheReadme_compile(@TempDir Path sources) throws Exception {
        var statements = STATEMENTS.matcher(Files.readString(Path.of("..", "README.md"))).results().toList();
        assertEquals(1, statements.size());
        var source = Files.writeString(sources.resolve("Example.java"), """
                import dev.mcpsession.*;
                import dev.mcpsession.postgres.*;
                import javax.sql.DataSource;

                class Example {
                    void open(DataSource pool, DataSource direct) throws Exception {
                        %s
                    }
                }
                """.formatted(statements.getFirst().group(1)));

        var said = new StringWriter();
        var status = ToolProvider.findFirst("javac").orElseThrow().run(new PrintWriter(said), new PrintWriter(said),
                "-proc:none", "-d", sources.toString(), "-classpath",
                location(Session.class) + File.pathSeparator + location(PostgresSchema.class), source.toString());

        assertEquals(0, status, said::toString);
    }

    private static String location(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}
