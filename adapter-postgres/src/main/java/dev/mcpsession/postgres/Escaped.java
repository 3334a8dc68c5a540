package dev.mcpsession.postgres;

import dev.mcpsession.json.Json;

/// Texts that others chose, in a form that every text column takes: as they are written within a JSON string. Postgres has
/// no text with a NUL in it, and UTF-8 has no lone surrogate; JSON has escapes for both.
final class Escaped {

    private Escaped() {}

    static String of(String text) {
        var quoted = new Json.Str(text).toString();
        return quoted.substring(1, quoted.length() - 1);
    }

    static String undone(String escaped) {
        return escaped.indexOf('\\') < 0 ? escaped : ((Json.Str) Json.parse('"' + escaped + '"')).value();
    }
}
