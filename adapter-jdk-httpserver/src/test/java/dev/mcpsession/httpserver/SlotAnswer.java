package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// An application's answer, in two halves; its client leaves between them.
///
/// @param body   the kind of body
/// @param closer the part that ends it
/// @param bytes  the length of each half; one larger than the kernel's buffers stalls when its client does not read
/// @param gone   opened when a client has left, by its number
record SlotAnswer(Body body, Closer closer, int bytes, Map<String, CountDownLatch> gone) {

    private static final int PIECE = 32 << 10;
    private static final int LONGEST_HEAD = 8 << 10;
    private static final long PATIENCE_SECONDS = 10;

    /// How the answer announces its body.
    enum Body {
        FIXED, CHUNKED, SHORT, NO_CONTENT, TO_HEAD, NONE;

        boolean isSmall() {
            return this == NO_CONTENT || this == TO_HEAD || this == NONE;
        }
    }

    /// The part that ends the answer.
    enum Closer { BODY, EXCHANGE, ADAPTER, EXCEPTION, ERROR, INTERRUPT }

    static SlotAnswer of(Body body, Closer closer, int bytes) {
        return new SlotAnswer(body, closer, bytes, new ConcurrentHashMap<>());
    }

    CountDownLatch gone(String client) {
        return gone.computeIfAbsent(client, _ -> new CountDownLatch(1));
    }

    void give(HttpExchange exchange) throws IOException {
        var client = exchange.getRequestHeaders().getFirst("X-Client");
        if (client == null) { // only probes for a free slot
            Endpoint.answer(exchange, 200, "served");
            return;
        }
        var flushes = Integer.parseInt(client) % 2 == 0;
        exchange.getRequestBody().readAllBytes();
        if (body.isSmall()) {
            awaitLeft(client);
            exchange.getResponseHeaders().set("X-Padding", "x".repeat(Math.min(bytes, LONGEST_HEAD)));
            if (body != Body.NONE) exchange.sendResponseHeaders(body == Body.NO_CONTENT ? 204 : 200, -1);
        } else {
            exchange.sendResponseHeaders(200, length());
            write(exchange, flushes);
            awaitLeft(client);
            writeWhateverBecomesOfIt(exchange, flushes);
        }
        end(exchange);
    }

    private long length() {
        return switch (body) {
            case FIXED -> 2L * bytes;
            case SHORT -> 2L * bytes + 1;
            default -> 0;
        };
    }

    private void awaitLeft(String client) throws IOException {
        try {
            if (!gone(client).await(PATIENCE_SECONDS, TimeUnit.SECONDS)) throw new IOException("client has not left: " + client);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void write(HttpExchange exchange, boolean flushes) throws IOException {
        var out = exchange.getResponseBody();
        for (var left = bytes; left > 0; left -= PIECE) out.write(new byte[Math.min(left, PIECE)]);
        if (flushes) out.flush();
    }

    /// Ignores a failed write, as many applications do.
    private void writeWhateverBecomesOfIt(HttpExchange exchange, boolean flushes) {
        try {
            write(exchange, flushes);
        } catch (IOException _) {
            // continues, and ends the answer in its way
        }
    }

    private void end(HttpExchange exchange) throws IOException {
        switch (closer) {
            case BODY -> exchange.getResponseBody().close();
            case EXCHANGE -> exchange.close();
            case ADAPTER -> {}
            case EXCEPTION -> throw new IOException("on purpose");
            case ERROR -> throw new AssertionError("on purpose");
            case INTERRUPT -> closeInterrupted(exchange);
        }
    }

    /// As an application that interrupts itself when its time is over, and then finishes.
    private static void closeInterrupted(HttpExchange exchange) {
        Thread.currentThread().interrupt();
        try {
            exchange.getResponseBody().close();
        } catch (IOException _) {
            Thread.interrupted();
        }
    }
}
