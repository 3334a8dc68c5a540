package dev.mcpsession.httpserver;

import java.net.URI;

/// The target of a request, as it was written: [URI] takes the first segment of `//mcp` for a host, and turns `///mcp` into `/mcp`.
///
/// @param path      neither decoded nor normalized; of a target that is neither a path nor an `http` URI, all of it
/// @param authority of an absolute-form target; null of others
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2">RFC 9112, 3.2</a>
record RequestTarget(String path, String authority) {

    static RequestTarget of(URI uri) {
        var text = uri.toString();
        if (text.startsWith("/") || !isHttp(uri)) return new RequestTarget(withoutQuery(text), null);
        var authority = uri.getRawAuthority();
        var begin = text.indexOf("//") + 2 + authority.length();
        return new RequestTarget(withoutQuery(text.substring(begin)), authority);
    }

    private static boolean isHttp(URI uri) {
        var scheme = uri.getScheme();
        return uri.getRawAuthority() != null && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
    }

    private static String withoutQuery(String text) {
        var query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query);
    }
}
