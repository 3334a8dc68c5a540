package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;

/// Where a request ends, and the next one on its connection begins. The JDK's server is more lenient about that than the proxies in
/// front of it, and whatever two servers read differently can smuggle a request past one of them.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-11.2">RFC 9112, 11.2</a>
final class Framing {

    private Framing() {}

    /// Whether the body comes in chunks. The connection has to be closed after it: the JDK takes a chunk size that overflows an `int`,
    /// or that is empty, for the end of the body, and what follows for another request.
    static boolean isChunked(HttpExchange exchange) {
        return exchange.getRequestHeaders().containsKey("Transfer-Encoding");
    }

    static void closeConnectionAfter(HttpExchange exchange) {
        exchange.getResponseHeaders().set("Connection", "close");
    }

    /// Whether the length has anything but digits, such as `+5`, or the protocol's name has a line end in it.
    static boolean isUnclear(HttpExchange exchange) {
        var length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length != null && !length.chars().allMatch(c -> c >= '0' && c <= '9') || !isProtocol(exchange.getProtocol());
    }

    private static boolean isProtocol(String protocol) {
        return protocol.startsWith("HTTP/") && protocol.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
