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

/// The network between a client and a server, which can be cut: connections are reset, and new ones come through only when it is
/// mended. It remembers how clients opened their event streams.
///
/// Safe for use by many threads.
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

    /// That a client asked for its stream.
    ///
    /// @param at          when, of `System.nanoTime`
    /// @param lastEventId where it wants to go on, or empty
    record Opening(long at, String lastEventId) {}

    CuttingProxy(URI server) throws IOException {
        this.server = new InetSocketAddress(server.getHost(), server.getPort());
        threads.execute(this::accept);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    /// Resets all connections, those to come when it is mended not.
    synchronized void cut() {
        isCut = true;
        sockets.forEach(CuttingProxy::reset);
        sockets.clear();
        streams.clear();
    }

    /// The same, connections without an event stream first. A client that tries once and at once to open its stream again would try it
    /// on one of them, or not, as chance has it.
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

    /// How many event streams have begun to come through.
    synchronized int begunStreams() {
        return begunStreams;
    }

    /// How many heartbeats have come through.
    synchronized long heartbeats() {
        return heartbeats;
    }

    /// How long clients were last told to wait before they come back.
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
            // it is gone, which is all we want
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
