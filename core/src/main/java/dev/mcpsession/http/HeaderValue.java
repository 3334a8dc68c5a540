package dev.mcpsession.http;

import java.util.List;
import java.util.Optional;

/// The value of a header that has one, whatever proxies did to it: a blank header is absent, and equal values count once,
/// whether they stand in several lines or were joined with commas. Different values are never one.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-5.3">RFC 9110, 5.3</a>
sealed interface HeaderValue {

    /// The header is not there, or blank.
    record Absent() implements HeaderValue {}

    /// The header has one value.
    record One(String value) implements HeaderValue {}

    /// The header has different values.
    ///
    /// @param line all of them, joined
    record Several(String line) implements HeaderValue {}

    HeaderValue ABSENT = new Absent();

    /// Reads the lines of a header.
    static HeaderValue of(List<String> lines) {
        if (lines.isEmpty()) return ABSENT;
        if (lines.size() == 1 && lines.getFirst().indexOf(',') < 0) return ofSingle(HeaderSyntax.strip(lines.getFirst()));
        var members = lines.stream().flatMap(line -> HeaderSyntax.split(line, ',').stream()).distinct().toList();
        return members.size() > 1 ? new Several(String.join(", ", lines)) : ofSingle(members.isEmpty() ? "" : members.getFirst());
    }

    private static HeaderValue ofSingle(String value) {
        return value.isEmpty() ? ABSENT : new One(value);
    }

    /// The one value, if there is one.
    default Optional<String> one() {
        return this instanceof One(var value) ? Optional.of(value) : Optional.empty();
    }
}
