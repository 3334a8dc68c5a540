package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.ForAdapters;
import dev.mcpsession.http.Decision;
import java.io.IOException;

/// Answers an [HttpExchange] with a [Decision.Reply].
@ForAdapters
public final class ExchangeResponse {

    private static final int NO_BODY = -1;

    private ExchangeResponse() {}

    /// Sends a reply with its exact length, then reads the rest of the request, up to 16 MiB: a client that is still sending when its
    /// connection is closed gets a reset, and may never read the reply.
    ///
    /// Headers that are already set are kept unless the reply has them too; the fields of its `Vary` are added.
    ///
    /// @param exchange the exchange, whose headers have not been sent
    /// @param reply    the reply
    /// @throws IOException if the client went away
    public static void send(HttpExchange exchange, Decision.Reply reply) throws IOException {
        ResponseHeaders.set(exchange.getResponseHeaders(), reply.headers());
        if (reply.body().length == 0 || isHead(exchange)) {
            RequestBody.drain(exchange.getRequestBody()); // first, because an answer without a body ends the exchange
            exchange.sendResponseHeaders(reply.status(), NO_BODY);
            return;
        }
        exchange.sendResponseHeaders(reply.status(), reply.body().length);
        var out = exchange.getResponseBody();
        out.write(reply.body());
        out.flush();
        RequestBody.drain(exchange.getRequestBody());
        out.close();
    }

    static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }
}
