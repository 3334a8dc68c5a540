package dev.mcpsession.http;

import java.util.ArrayList;
import java.util.List;

/// Splits header values as RFC 9110 does: optional whitespace is space and tab and nothing else, and a quoted string is never cut.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6">RFC 9110, 5.6</a>
final class HeaderSyntax {

    private HeaderSyntax() {}

    /// Returns the text without the spaces and tabs around it. [String#strip] would also take U+001C to U+001F, which are no
    /// whitespace to anything else that reads the header.
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

    /// Returns what stands between the separators, stripped; what is empty is left out.
    static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        var from = 0;
        var quoted = false;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (quoted && c == '\\') i++; // the next character is escaped
            else if (c == '"') quoted = !quoted;
            else if (c == separator && !quoted) {
                addNonEmpty(parts, text.substring(from, i));
                from = i + 1;
            }
        }
        addNonEmpty(parts, text.substring(from));
        return parts;
    }

    private static void addNonEmpty(List<String> parts, String part) {
        var stripped = strip(part);
        if (!stripped.isEmpty()) parts.add(stripped);
    }
}
