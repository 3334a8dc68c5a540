package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// The floor for everything that has a thread for each stream of the JDK's server: a handler that only waits, writes and flushes. It knows
/// no session, no slow client, no heartbeat and no filter, and skips an event for a client that still has the previous one.
final class BareHandler implements StreamServer {

    private static final int BLOCK = 64; // threads that are woken by one

    private record Latest(byte[] frame, int sequence) {}

    private final Servers.Plain server = Servers.jdk(PATH, this::handle);
    private final List<Thread> streams = new ArrayList<>(); // guarded by itself
    private volatile Latest latest = new Latest(new byte[0], 0);

    BareHandler() throws IOException {}

    private void handle(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("GET")) {
            stream(exchange);
        } else {
            exchange.getResponseHeaders().set("Mcp-Session-Id", "none");
            Servers.echo(exchange);
        }
    }

    private void stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("Connection", "close");
        exchange.sendResponseHeaders(200, 0);
        synchronized (streams) {
            streams.add(Thread.currentThread());
        }
        try {
            write(exchange.getResponseBody());
        } finally {
            synchronized (streams) {
                streams.remove(Thread.currentThread());
            }
        }
    }

    private void write(OutputStream out) throws IOException {
        var written = latest.sequence;
        out.write(CONNECTED.getBytes(US_ASCII));
        out.flush();
        while (true) written = writeNext(out, written);
    }

    /// A separate method, so that it is compiled although the loop around it never returns.
    private int writeNext(OutputStream out, int written) throws IOException {
        while (latest.sequence == written) LockSupport.park(this);
        var next = latest;
        out.write(next.frame);
        out.flush();
        return next.sequence;
    }

    @Override
    public void publish(StreamEvent event) {
        latest = new Latest(event.frame(), event.sequence());
        Thread[] waiting;
        synchronized (streams) {
            waiting = streams.toArray(Thread[]::new);
        }
        for (var from = 0; from < waiting.length; from += BLOCK) {
            var block = Arrays.copyOfRange(waiting, from, Math.min(waiting.length, from + BLOCK));
            Thread.startVirtualThread(() -> Arrays.stream(block).forEach(LockSupport::unpark));
        }
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public int streams() {
        synchronized (streams) {
            return streams.size();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
