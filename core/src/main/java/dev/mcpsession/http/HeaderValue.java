package dev.mcpsession.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The value of a single-valued header, even if proxies have repeated or joined it: a blank header is absent, and equal values count
/// once, whether they are on several lines or joined with commas. Different values never become one.
///
/// Optional whitespace is space and tab only, and a quoted string is never split.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-5.3">RFC 9110, 5.3</a>
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6">RFC 9110, 5.6</a>
sealed interface HeaderValue {

    /// The header is missing or blank.
    record Absent() implements HeaderValue {}

    /// The header has one value.
    record One(String value) implements HeaderValue {}

    /// The header has different values.
    ///
    /// @param line all of them, joined
    record Several(String line) implements HeaderValue {}

    HeaderValue ABSENT = new Absent();

    /// {@return the value of a header with these lines}
    static HeaderValue of(List<String> lines) {
        if (lines.isEmpty()) return ABSENT;
        if (lines.size() == 1 && lines.getFirst().indexOf(',') < 0) return ofSingle(strip(lines.getFirst()));
        var members = lines.stream().flatMap(line -> split(line, ',').stream()).distinct().toList();
        return members.size() > 1 ? new Several(String.join(", ", lines)) : ofSingle(members.isEmpty() ? "" : members.getFirst());
    }

    private static HeaderValue ofSingle(String value) {
        return value.isEmpty() ? ABSENT : new One(value);
    }

    /// {@return the value, if there is exactly one}
    default Optional<String> one() {
        return this instanceof One(var value) ? Optional.of(value) : Optional.empty();
    }

    /// {@return the text without the spaces and tabs around it} [String#strip] would also remove U+001C to U+001F, which are not
    /// whitespace to other readers of the header.
    static String strip(String text) {
        var from = 0;
        var to = text.length();
        while (from < to && isSpace(text.charAt(from))) from++;
        while (to > from && isSpace(text.charAt(to - 1))) to--;
        return text.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /// {@return the parts between the separators, stripped, without empty ones}
    static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        var from = 0;
        var quoted = false;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (quoted && c == '\\') i++; // the next character is escaped
            else if (c == '"') quoted = !quoted;
            else if (c == separator && !quoted) {
                parts.add(strip(text.substring(from, i)));
                from = i + 1;
            }
        }
        parts.add(strip(text.substring(from)));
        parts.removeIf(String::isEmpty);
        return parts;
    }
}
