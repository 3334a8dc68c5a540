package dev.mcpsession.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A load balancer without affinity: each request goes to the next replica that accepts a connection. A connection serves one request, and
/// its bytes stay as they are except for the `Connection` header. Thread-safe.
public final class RoundRobinProxy implements AutoCloseable {

    private static final int MAX_HEAD = 64 << 10;
    private static final byte[] CLOSE = "Connection: close\r\n".getBytes(ISO_8859_1);

    private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile List<InetSocketAddress> replicas;

    /// Balances between replicas.
    public RoundRobinProxy(List<URI> replicas) throws IOException {
        balance(replicas);
        threads.execute(this::accept);
    }

    /// Balances the requests to come between other replicas.
    public void balance(List<URI> replicas) {
        this.replicas = replicas.stream().map(uri -> new InetSocketAddress(uri.getHost(), uri.getPort())).toList();
    }

    /// Returns the URI of a path.
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            sockets.add(client);
            var request = new BufferedInputStream(client.getInputStream());
            var head = head(request).replaceAll("(?im)^connection:.*\r\n", "");
            answer(client, request, head);
        } catch (IOException _) {
            // one of them has gone, and so does the other
        } finally {
            sockets.removeIf(Socket::isClosed);
        }
    }

    private void answer(Socket client, InputStream request, String head) throws IOException {
        try (var replica = connect()) {
            sockets.add(replica);
            sendWithClose(head.getBytes(ISO_8859_1), replica);
            threads.execute(() -> copyAndClose(request, replica));
            var response = new BufferedInputStream(replica.getInputStream());
            sendWithClose((line(response) + "\r\n").getBytes(ISO_8859_1), client);
            response.transferTo(client.getOutputStream());
        }
    }

    private Socket connect() throws IOException {
        var first = requests.getAndIncrement();
        var all = replicas;
        for (var n = 0; n < all.size(); n++) {
            var replica = all.get(Math.floorMod(first + n, all.size()));
            try {
                return new Socket(replica.getAddress(), replica.getPort());
            } catch (ConnectException _) {
                // nothing was sent, so that the next one may have the request
            }
        }
        throw new ConnectException("no replica accepts a connection");
    }

    /// Sends a first line and what follows it, with one more header between them.
    private static void sendWithClose(byte[] bytes, Socket to) throws IOException {
        var first = new String(bytes, ISO_8859_1).indexOf('\n') + 1;
        var all = new ByteArrayOutputStream();
        all.write(bytes, 0, first);
        all.writeBytes(CLOSE);
        all.write(bytes, first, bytes.length - first);
        to.getOutputStream().write(all.toByteArray());
    }

    private static void copyAndClose(InputStream from, Socket to) {
        try (to) {
            from.transferTo(to.getOutputStream());
        } catch (IOException _) {
            // the client has gone
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        do {
            head.append(line(in)).append("\r\n");
        } while (!head.toString().endsWith("\r\n\r\n") && head.length() < MAX_HEAD);
        return head.toString();
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (var c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException();
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : sockets) socket.close();
        threads.shutdownNow();
    }
}
