package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.http.Decision;
import java.io.IOException;
import java.io.InputStream;

/// Answers an exchange of the JDK's server.
final class Exchanges {

    private static final int NO_BODY = -1;
    private static final int MAX_DRAIN_BYTES = 16 << 20;

    private Exchanges() {}

    /// Sends a reply of exact length, in one write, and reads what is left of the request: a client that still sends when its
    /// connection is closed gets a reset, and may never read the reply. The server itself reads no more than 64 KiB of it.
    static void reply(HttpExchange exchange, Decision.Reply reply) throws IOException {
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        if (reply.body().length == 0 || exchange.getRequestMethod().equals("HEAD")) {
            drain(exchange.getRequestBody()); // first, for this closes the exchange
            exchange.sendResponseHeaders(reply.status(), NO_BODY);
            return;
        }
        exchange.sendResponseHeaders(reply.status(), reply.body().length);
        try (var out = exchange.getResponseBody()) {
            out.write(reply.body());
            out.flush();
            drain(exchange.getRequestBody());
        }
    }

    private static void drain(InputStream in) throws IOException {
        var buffer = new byte[8 << 10];
        var left = MAX_DRAIN_BYTES;
        for (var n = in.read(buffer); n >= 0 && left > 0; n = in.read(buffer)) left -= n;
    }
}
