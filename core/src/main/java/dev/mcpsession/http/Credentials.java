package dev.mcpsession.http;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads credentials from header lines. A credential is readable only if it is one value.
final class Credentials {

    // RFC 6750, 2.1, but with every visible character, because tokens in use contain some that its grammar excludes, such as `1|abc`.
    // The comma is excluded, since it joins values.
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([\\x21-\\x2B\\x2D-\\x7E]+)");
    private static final Pattern KEY = Pattern.compile("([\\x20-\\x2B\\x2D-\\x7E]+)");

    private Credentials() {}

    /// {@return the token of an `Authorization`, if it is one bearer token}
    static Optional<String> bearerToken(List<String> lines) {
        return only(lines, BEARER);
    }

    /// {@return the key of an `X-API-Key`, if it is one key}
    static Optional<String> apiKey(List<String> lines) {
        return only(lines, KEY);
    }

    private static Optional<String> only(List<String> lines, Pattern form) {
        return HeaderValue.of(lines).one().map(form::matcher).filter(Matcher::matches).map(match -> match.group(1));
    }
}
