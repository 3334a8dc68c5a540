package dev.mcpsession.reference.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.regex.Pattern;

/// The network between a client and a server, which can be cut: connections are reset, and new ones wait until it is mended. It records how
/// clients opened their event streams.
///
/// Thread-safe.
final class CuttingProxy implements AutoCloseable {

    private static final Duration TO_NOTICE = Duration.ofMillis(500);
    private static final Pattern RETRY = Pattern.compile("retry: (\\d+)");
    private static final Pattern HEARTBEAT = Pattern.compile("(?m)^: keep-alive$");
    private static final Pattern LAST_EVENT_ID = Pattern.compile("(?i)\r\nlast-event-id: *([^\r]+)\r\n");

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final InetSocketAddress server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> streams = ConcurrentHashMap.newKeySet();
    private final List<Opening> openings = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Phaser mended = new Phaser(1);
    private boolean isCut;
    private int begunStreams;
    private long heartbeats;
    private OptionalLong retryMillis = OptionalLong.empty();

    /// A client's request for its stream.
    ///
    /// @param at          the time, by `System.nanoTime`
    /// @param lastEventId the position after which it resumes, or empty
    record Opening(long at, String lastEventId) {}

    CuttingProxy(URI server) throws IOException {
        this.server = new InetSocketAddress(server.getHost(), server.getPort());
        threads.execute(this::accept);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    /// Resets all connections. New ones wait until [#mend].
    synchronized void cut() {
        isCut = true;
        sockets.forEach(CuttingProxy::reset);
        sockets.clear();
        streams.clear();
    }

    /// Resets all connections, those without an event stream first. Otherwise a client that retries only once, immediately, might or might
    /// not retry on one of those, by chance.
    void cutStreamsLast() throws InterruptedException {
        synchronized (this) {
            isCut = true;
            sockets.stream().filter(socket -> !streams.contains(socket)).forEach(CuttingProxy::reset);
        }
        Thread.sleep(TO_NOTICE);
        cut();
    }

    synchronized void mend() {
        isCut = false;
        mended.arrive();
    }

    synchronized List<Opening> openings() {
        return List.copyOf(openings);
    }

    /// The number of event streams that have begun.
    synchronized int begunStreams() {
        return begunStreams;
    }

    /// The number of heartbeats that have passed.
    synchronized long heartbeats() {
        return heartbeats;
    }

    /// The last reconnection time sent to a client.
    synchronized OptionalLong retryMillis() {
        return retryMillis;
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                threads.execute(() -> connect(client));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void connect(Socket client) {
        try {
            awaitMended();
            var upstream = new Socket(server.getAddress(), server.getPort());
            if (!keep(client, upstream)) return;
            threads.execute(() -> pump(client, upstream, this::sent));
            pump(upstream, client, text -> answered(text, client, upstream));
        } catch (IOException _) {
            reset(client);
        }
    }

    private void awaitMended() {
        var phase = mended.getPhase();
        synchronized (this) {
            if (!isCut) return;
        }
        mended.awaitAdvance(phase);
    }

    private synchronized boolean keep(Socket client, Socket upstream) {
        sockets.addAll(List.of(client, upstream));
        if (isCut) cut();
        return !isCut;
    }

    private interface Observer {

        void saw(String text);
    }

    private static void pump(Socket from, Socket to, Observer observer) {
        try (from; to) {
            pump(from.getInputStream(), to.getOutputStream(), observer);
        } catch (IOException _) {
            // cut, or one of them has closed
        }
    }

    private static void pump(InputStream in, OutputStream out, Observer observer) throws IOException {
        var buffer = new byte[8 << 10];
        for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            observer.saw(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            out.write(buffer, 0, n);
        }
    }

    private synchronized void sent(String text) {
        if (!text.startsWith("GET ")) return;
        var id = LAST_EVENT_ID.matcher(text);
        openings.add(new Opening(System.nanoTime(), id.find() ? id.group(1) : ""));
    }

    private synchronized void answered(String text, Socket client, Socket upstream) {
        if (text.contains("text/event-stream")) streams.addAll(List.of(client, upstream));
        if (text.contains(": connected")) begunStreams++;
        heartbeats += HEARTBEAT.matcher(text).results().count();
        RETRY.matcher(text).results().forEach(retry -> retryMillis = OptionalLong.of(Long.parseLong(retry.group(1))));
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException _) {
            // it is gone, as intended
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
        mended.forceTermination();
        threads.shutdownNow();
    }
}
