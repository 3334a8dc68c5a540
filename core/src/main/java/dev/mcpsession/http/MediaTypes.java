package dev.mcpsession.http;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads media types and media ranges from headers. Case and parameters other than a weight do not matter.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.1">RFC 9110, 12.5.1</a>
final class MediaTypes {

    private static final Pattern ZERO = Pattern.compile("0+(\\.0*)?|\\.0+");

    private MediaTypes() {}

    /// {@return whether a value names this type}
    static boolean is(String value, String type) {
        var semicolon = value.indexOf(';');
        return HeaderValue.strip(semicolon < 0 ? value : value.substring(0, semicolon)).equalsIgnoreCase(type);
    }

    /// {@return whether the lines of an `Accept` admit a type; without lines, every type is admitted} Of the ranges that match, the most
    /// specific ones count. A weight that is not a number does not exclude: clients in use send `*; q=.2`.
    static boolean admits(List<String> lines, String type) {
        var ranges = lines.stream().flatMap(line -> HeaderValue.split(line, ',').stream()).toList();
        if (ranges.isEmpty()) return true;
        return Stream.of(type, type.substring(0, type.indexOf('/')) + "/*", "*/*")
                .map(range -> matching(ranges, range)).filter(matches -> !matches.isEmpty()).findFirst()
                .filter(matches -> matches.stream().anyMatch(range -> !isExcluded(range))).isPresent();
    }

    /// {@return whether the lines of an `Accept` name a type itself, and do not exclude it}
    static boolean names(List<String> lines, String type) {
        return lines.stream().flatMap(line -> HeaderValue.split(line, ',').stream()).anyMatch(range -> is(range, type) && !isExcluded(range));
    }

    private static List<String> matching(List<String> ranges, String wanted) {
        return ranges.stream().filter(range -> is(range, wanted) || wanted.equals("*/*") && is(range, "*")).toList();
    }

    private static boolean isExcluded(String range) {
        return HeaderValue.split(range, ';').stream().skip(1).anyMatch(MediaTypes::isZeroWeight);
    }

    private static boolean isZeroWeight(String parameter) {
        return parameter.regionMatches(true, 0, "q=", 0, 2) && ZERO.matcher(parameter.substring(2)).matches();
    }
}
