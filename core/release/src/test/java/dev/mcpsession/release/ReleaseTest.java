package dev.mcpsession.release;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a release would publish.
class ReleaseTest {

    private static final List<String> POM = List.of(".pom", "-cyclonedx.json");
    private static final List<String> LIBRARY = List.of(".pom", "-cyclonedx.json", ".jar", "-sources.jar", "-javadoc.jar");
    private static final Map<String, List<String>> PUBLISHED = Map.of(
            "mcp-session", POM,
            "mcp-session-bom", POM,
            "mcp-session-core", List.of(".pom", "-cyclonedx.json", ".jar", "-sources.jar", "-javadoc.jar", "-tests.jar"),
            "mcp-session-jdk-httpserver", LIBRARY,
            "mcp-session-postgres", LIBRARY);
    private static final Map<String, Set<String>> DEPENDENCIES = Map.of(
            "mcp-session", Set.of(),
            "mcp-session-bom", Set.of(),
            "mcp-session-core", Set.of(),
            "mcp-session-jdk-httpserver", Set.of("mcp-session-core"),
            "mcp-session-postgres", Set.of("mcp-session-core", "postgresql"));
    private static final List<String> ALGORITHMS = List.of("md5", "sha1");
    private static final Pattern COMPONENT = Pattern.compile("\"purl\" : \"pkg:maven/[^/]+/([^@]+)@");

    @TempDir
    static Path directory;

    private static SigningKey key;
    private static DryRun first;
    private static DryRun second;

    @BeforeAll
    static void release() throws Exception {
        key = SigningKey.generate();
        first = DryRun.release(directory.resolve("first"), key);
        second = DryRun.release(directory.resolve("a second one"), key);
    }

    @Test
    void release_files_areExactlyThese() throws Exception {
        var expected = new TreeSet<String>();
        PUBLISHED.forEach((artifact, rests) -> rests.stream().flatMap(rest -> List.of(rest, rest + ".asc").stream()).forEach(rest -> {
            var file = first.repository().relativize(first.file(artifact, rest)).toString();
            expected.add(file);
            if (!rest.endsWith(".asc")) ALGORITHMS.forEach(algorithm -> expected.add(file + '.' + algorithm));
        }));

        var found = new TreeSet<>(first.files().keySet());
        found.removeIf(file -> file.matches(".*\\.asc\\.(md5|sha1)"));
        assertEquals(expected, found);
    }

    @Test
    void release_everyFile_isSignedAndHasItsChecksums() throws Exception {
        for (var file : first.files().values()) {
            var name = file.toString();
            if (name.endsWith(".asc") || ALGORITHMS.stream().anyMatch(name::endsWith)) continue;
            assertTrue(key.hasSigned(file, Path.of(name + ".asc")), () -> "signature of " + name);
            assertFalse(key.hasSigned(file.resolveSibling(file.getFileName() + ".md5"), Path.of(name + ".asc")), "of another file");
            assertEquals(checksum("MD5", file), Files.readString(Path.of(name + ".md5")));
            assertEquals(checksum("SHA-1", file), Files.readString(Path.of(name + ".sha1")));
        }
    }

    private static String checksum(String algorithm, Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
    }

    @Test
    void release_twice_hasTheSameBytes() throws Exception {
        assertEquals(first.files().keySet(), second.files().keySet());
        for (var file : first.files().entrySet()) {
            if (file.getKey().contains(".asc")) continue;
            assertArrayEquals(Files.readAllBytes(file.getValue()), Files.readAllBytes(second.files().get(file.getKey())), file.getKey());
        }
    }

    @Test
    void bom_managed_isExactlyWhatIsPublished() throws Exception {
        var bom = Xml.read(first.file("mcp-session-bom", ".pom"));
        assertEquals(List.of(), bom.all("parent"));
        var managed = bom.all("dependencyManagement/dependencies/dependency").stream()
                .map(each -> each.text("artifactId") + (each.text("type").equals("test-jar") ? "-tests.jar" : ".jar"))
                .collect(Collectors.toCollection(TreeSet::new));

        var published = PUBLISHED.entrySet().stream().flatMap(each -> each.getValue().stream()
                .filter(rest -> rest.equals(".jar") || rest.equals("-tests.jar")).map(rest -> each.getKey() + rest));
        assertEquals(published.collect(Collectors.toCollection(TreeSet::new)), managed);
    }

    @Test
    void sbom_components_areExactlyTheDependencies() throws Exception {
        for (var artifact : PUBLISHED.keySet()) {
            var sbom = Files.readString(first.file(artifact, "-cyclonedx.json"));
            var components = COMPONENT.matcher(sbom).results().skip(1) // the artifact itself
                    .map(found -> found.group(1)).collect(Collectors.toSet());
            assertEquals(DEPENDENCIES.get(artifact), components, artifact);
            assertFalse(sbom.contains("\"timestamp\"") || sbom.contains("\"serialNumber\""), artifact);
        }
    }

    @Test
    void poms_haveWhatMavenCentralRequires() throws Exception {
        for (var artifact : PUBLISHED.keySet()) {
            var pom = Xml.read(first.file(artifact, ".pom"));
            assertFalse(pom.text("name").isEmpty() || pom.text("description").isEmpty(), artifact);
            if (!pom.all("parent").isEmpty()) continue; // inherits the rest
            for (var path : List.of("url", "licenses/license/name", "licenses/license/url", "developers/developer/name", "scm/url",
                    "scm/connection", "scm/developerConnection")) {
                assertFalse(pom.text(path).isEmpty(), () -> artifact + " has no " + path);
            }
            assertEquals(pom.text("scm/url"), pom.text("url"), artifact);
        }
    }

    @Test
    void project_thatImportsTheBom_compiles() throws Exception {
        var project = Files.createDirectories(directory.resolve("project/src/main/java")).getParent().getParent().getParent();
        Files.writeString(project.resolve("src/main/java/Outside.java"), """
                import dev.mcpsession.http.SessionHandler;
                import dev.mcpsession.httpserver.McpHttpServer;
                import dev.mcpsession.postgres.PostgresSchema;

                class Outside {
                    SessionHandler sessions;
                    McpHttpServer server;
                    PostgresSchema schema;
                }
                """);
        Files.writeString(project.resolve("pom.xml"), pom());

        // A local repository of its own, because an artifact of this project may be installed in the other one.
        DryRun.maven(project, Map.of(), "-Dmaven.repo.local=" + directory.resolve("local"), "compile");

        assertTrue(Files.exists(project.resolve("target/classes/Outside.class")));
    }

    private static String pom() {
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>outside</groupId><artifactId>outside</artifactId><version>1</version>
                  <properties>
                    <maven.compiler.release>25</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <repositories><repository><id>dry-run</id><url>%s</url></repository></repositories>
                  <dependencyManagement><dependencies><dependency>
                    <groupId>dev.mcpsession</groupId><artifactId>mcp-session-bom</artifactId><version>%s</version>
                    <type>pom</type><scope>import</scope>
                  </dependency></dependencies></dependencyManagement>
                  <dependencies>
                    <dependency><groupId>dev.mcpsession</groupId><artifactId>mcp-session-jdk-httpserver</artifactId></dependency>
                    <dependency><groupId>dev.mcpsession</groupId><artifactId>mcp-session-postgres</artifactId></dependency>
                  </dependencies>
                  <build><plugins>
                    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
                    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
                    <plugin>
                      <artifactId>maven-toolchains-plugin</artifactId><version>3.2.0</version>
                      <executions><execution><goals><goal>select-jdk-toolchain</goal></goals></execution></executions>
                      <configuration><version>[25,)</version></configuration>
                    </plugin>
                  </plugins></build>
                </project>
                """.formatted(first.repository().toUri(), DryRun.VERSION);
    }
}
