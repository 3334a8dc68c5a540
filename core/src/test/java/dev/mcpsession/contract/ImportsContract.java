package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The structure of a module's main source: the direction of its imports, and the length of its files and methods.
///
/// Names in comments are ignored, and so are `package-info` and `module-info`, which may refer to anything.
public interface ImportsContract {

    int LINES_OF_A_FILE = 280;
    int LINES_OF_A_METHOD = 40;

    /// For each package of the module, the packages of this project that it may use. It may also use whatever those may.
    Map<String, Set<String>> arrows();

    /// The number of public types that may lack `@ForAdapters`, which users have to learn.
    default int publicTypes() {
        return Integer.MAX_VALUE;
    }

    /// Packages that are one type with its reader and its printer, which need each other.
    default Set<String> packagesOfOneType() {
        return Set.of();
    }

    @Test
    default void files_ofEachPackage_useEachOtherWithoutCircles() throws IOException {
        requireNone(mainSource().circles().stream()
                .filter(circle -> packagesOfOneType().stream().noneMatch(name -> circle.startsWith(name + ":"))).toList());
    }

    @Test
    default void packages_useOnlyThoseBelow() throws IOException {
        requireNone(mainSource().strayArrows(arrows()));
    }

    @Test
    default void files_areShort() throws IOException {
        requireNone(mainSource().longFiles(LINES_OF_A_FILE));
    }

    @Test
    default void methods_areShort() throws IOException {
        requireNone(mainSource().longMethods(LINES_OF_A_METHOD));
    }

    @Test
    default void publicTypes_areFew() throws IOException {
        var learned = mainSource().publicTypesWithout("ForAdapters");
        assertTrue(learned.size() <= publicTypes(), () -> learned.size() + " of " + publicTypes() + ":\n" + String.join("\n", learned));
    }

    private static void requireNone(List<String> violations) {
        assertTrue(violations.isEmpty(), () -> violations.size() + ":\n" + String.join("\n", violations));
    }

    private static SourceGraph mainSource() throws IOException {
        try (var files = Files.walk(Path.of("src/main/java"))) {
            return new SourceGraph(files.filter(file -> file.toString().endsWith(".java") && !file.toString().endsWith("-info.java"))
                    .map(JavaSource::read).toList());
        }
    }
}
