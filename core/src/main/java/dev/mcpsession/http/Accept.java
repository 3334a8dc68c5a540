package dev.mcpsession.http;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a client accepts: media ranges, of which the most specific one that matches counts. A request without `Accept` admits
/// every type.
///
/// Parameters other than the weight do not matter, and a weight that is no number does not exclude: clients in use send
/// `*; q=.2`.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.1">RFC 9110, 12.5.1</a>
final class Accept {

    private static final String HEADER = "Accept";
    private static final Pattern ZERO = Pattern.compile("0+(\\.0*)?|\\.0+");

    private Accept() {}

    /// Whether a request admits an answer of this type.
    static boolean admits(Request request, String type) {
        var ranges = request.headers(HEADER).stream().flatMap(line -> HeaderSyntax.split(line, ',').stream()).toList();
        if (ranges.isEmpty()) return true;
        return Stream.of(type, type.substring(0, type.indexOf('/')) + "/*", "*/*")
                .map(range -> matching(ranges, range)).filter(matches -> !matches.isEmpty()).findFirst()
                .filter(matches -> matches.stream().anyMatch(range -> !isExcluded(range))).isPresent();
    }

    private static List<String> matching(List<String> ranges, String wanted) {
        return ranges.stream().filter(range -> MediaType.is(range, wanted) || wanted.equals("*/*") && MediaType.is(range, "*")).toList();
    }

    private static boolean isExcluded(String range) {
        return HeaderSyntax.split(range, ';').stream().skip(1).anyMatch(Accept::isZeroWeight);
    }

    private static boolean isZeroWeight(String parameter) {
        if (!parameter.regionMatches(true, 0, "q=", 0, 2)) return false;
        return ZERO.matcher(parameter.substring(2)).matches();
    }
}
