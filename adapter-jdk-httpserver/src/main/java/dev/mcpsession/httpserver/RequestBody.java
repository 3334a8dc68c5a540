package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The body of a request. It records whether reading failed: if so, the client has left or sent nonsense, and later failures are not the
/// handler's fault. For some chunk sizes the JDK throws unchecked exceptions; here each becomes an [IOException].
///
/// The JDK's server is more lenient about where a body ends than proxies are. A body whose end two servers see differently can smuggle a
/// request past one of them, hence [#isChunked] and [#isUnclear].
///
/// Used by one thread.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-11.2">RFC 9112, 11.2</a>
final class RequestBody extends FilterInputStream {

    private static final int MAX_DRAIN_BYTES = 16 << 20;

    private boolean broken;

    RequestBody(InputStream in) {
        super(in);
    }

    /// Whether the body comes in chunks. The connection must be closed after it: the JDK takes a chunk size that is empty or overflows an
    /// `int` for the end of the body, and the rest for another request.
    static boolean isChunked(HttpExchange exchange) {
        return exchange.getRequestHeaders().containsKey("Transfer-Encoding");
    }

    /// Whether the length contains anything but digits, as in `+5`, or the protocol is not `HTTP/` followed by visible ASCII, as when it
    /// contains a line end.
    static boolean isUnclear(HttpExchange exchange) {
        var length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length != null && !isWithin(length, '0', '9') || !isProtocol(exchange.getProtocol());
    }

    private static boolean isProtocol(String protocol) {
        return protocol.startsWith("HTTP/") && isWithin(protocol, '!', '~');
    }

    private static boolean isWithin(String text, char first, char last) {
        for (var i = 0; i < text.length(); i++) {
            if (text.charAt(i) < first || text.charAt(i) > last) return false;
        }
        return true;
    }

    /// Reads the rest of a body, up to 16 MiB. A client that is still sending when its connection is closed gets a reset, and may never
    /// read the answer; the server itself reads no more than 64 KiB.
    static void drain(InputStream body) throws IOException {
        var buffer = new byte[8 << 10];
        var left = MAX_DRAIN_BYTES;
        for (var n = body.read(buffer); n >= 0 && left > 0; n = body.read(buffer)) left -= n;
    }

    boolean isBroken() {
        return broken;
    }

    @Override
    public int read() throws IOException {
        return read(in::read);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return read(() -> in.read(bytes, offset, length));
    }

    private int read(Read read) throws IOException {
        if (broken) throw new IOException("request cannot be read to its end");
        try {
            return read.run();
        } catch (IOException e) {
            broken = true;
            throw e;
        } catch (RuntimeException e) {
            broken = true;
            throw new IOException("request body is malformed", e);
        }
    }

    private interface Read {

        int run() throws IOException;
    }
}
