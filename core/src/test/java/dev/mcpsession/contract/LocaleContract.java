package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A module's source formats nothing in the default locale: Persian has other digits, and in Turkish the lower case of `ID` is `ıd`.
/// SQL, JSON and HTTP allow neither.
public interface LocaleContract {

    /// Calls that always use the default locale.
    Pattern BY_DEFAULT = Pattern.compile("\\.to(?:Lower|Upper)Case\\(\\)|String\\.format\\((?!\\s*Locale\\.)"
            + "|new (?:DecimalFormat|SimpleDateFormat|MessageFormat)\\(|NumberFormat\\.get\\w*\\(\\)");

    /// Conversions that depend on the locale.
    Pattern CONVERTED = Pattern.compile("%(?:\\d+\\$)?[-#+ 0,(]*\\d*(?:\\.\\d+)?[defgEGaAStT]");

    Pattern FORMATTED = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"\\.formatted\\(");

    /// The module's source, relative to its directory.
    default Path source() {
        return Path.of("src");
    }

    @Test
    default void source_formatsNothingInTheDefaultLocale() throws IOException {
        try (var files = Files.walk(source())) {
            var ours = files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("LocaleContract.java")).toList();
            assertTrue(ours.size() > 10, ours::toString);

            assertEquals(List.of(), ours.stream().flatMap(LocaleContract::offences).toList());
        }
    }

    @Test
    default void offences_ofEachKind_areSeen() {
        for (var offence : List.of("x.toLowerCase()", "x.toUpperCase()", "String.format(\"%s\")", "\"%d\".formatted(1)",
                "\"\"\"\n limit %1$d \"\"\".formatted(1)", "\"%,.1f\".formatted(1.0)")) {
            assertEquals(1, offences(offence).count(), offence);
        }
        for (var fine : List.of("x.toLowerCase(Locale.ROOT)", "String.format(Locale.ROOT, \"%d\")", "\"%s %d\"", "\"%s%n\".formatted(1)",
                "\"%d\" + \"\"\"\n %s \"\"\".formatted(1)")) {
            assertEquals(0, offences(fine).count(), fine);
        }
    }

    private static Stream<String> offences(Path file) {
        try {
            return offences(Files.readString(file)).map(offence -> file + ": " + offence);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> offences(String source) {
        var parts = source.split("\"\"\"", -1); // every second one is a text block
        var blocks = IntStream.range(0, parts.length)
                .filter(i -> i % 2 == 1 && i + 1 < parts.length && parts[i + 1].startsWith(".formatted("))
                .mapToObj(i -> parts[i]);
        var code = IntStream.range(0, parts.length).filter(i -> i % 2 == 0).mapToObj(i -> parts[i]).toList();
        var texts = code.stream().flatMap(part -> FORMATTED.matcher(part).results()).map(found -> found.group(1));
        var formatted = Stream.concat(blocks, texts).filter(text -> CONVERTED.matcher(text).find());
        return Stream.concat(code.stream().flatMap(part -> BY_DEFAULT.matcher(part).results()).map(MatchResult::group), formatted);
    }
}
