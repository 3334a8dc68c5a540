package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;

/// Where a request ends, and the next one on its connection begins. The JDK's server is more generous about that than the proxies
/// before it, and whatever two servers read differently can smuggle a request past one of them.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-11.2">RFC 9112, 11.2</a>
final class Framing {

    private Framing() {}

    /// After a chunked request the connection has to be closed: the JDK takes a chunk's size that overflows an `int`, or that is
    /// empty, for the end of the body, and what follows for a request.
    static boolean isChunked(HttpExchange exchange) {
        return exchange.getRequestHeaders().containsKey("Transfer-Encoding");
    }

    static void closeConnectionAfter(HttpExchange exchange) {
        exchange.getResponseHeaders().set("Connection", "close");
    }

    /// Whether the length is more than digits, such as `+5`, or the line that names the protocol has a line end in it.
    static boolean isUnclear(HttpExchange exchange) {
        var length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length != null && !length.chars().allMatch(c -> c >= '0' && c <= '9') || !isProtocol(exchange.getProtocol());
    }

    private static boolean isProtocol(String protocol) {
        return protocol.startsWith("HTTP/") && protocol.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
