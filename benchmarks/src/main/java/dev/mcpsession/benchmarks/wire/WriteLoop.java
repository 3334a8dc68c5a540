package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The floor for every server of event streams: the publisher encodes one chunk and writes it to each connection in turn. It is not an HTTP
/// server: it treats each read as one request, and ignores its content.
final class WriteLoop implements StreamServer {

    private static final byte[] SESSION = "HTTP/1.1 200 OK\r\nMcp-Session-Id: none\r\nContent-Length: 2\r\n\r\n{}".getBytes(US_ASCII);
    private static final byte[] STREAM = ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "d\r\n" + CONNECTED + "\r\n").getBytes(US_ASCII);

    private final ServerSocketChannel server;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final int port;

    WriteLoop() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1024);
        port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        Thread.ofPlatform().daemon().start(this::accept);
    }

    private void accept() {
        try {
            while (true) open(server.accept());
        } catch (ClosedChannelException _) {
            // closed
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void open(SocketChannel connection) throws IOException {
        connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
        answer(connection, SESSION);
        connections.add(connection); // nothing is published while clients connect
        answer(connection, STREAM);
    }

    private static void answer(SocketChannel connection, byte[] answer) throws IOException {
        if (connection.read(ByteBuffer.allocate(4 << 10)) < 0) throw new IOException("client went away");
        connection.write(ByteBuffer.wrap(answer));
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void publish(StreamEvent event) {
        var frame = event.frame();
        var head = (Integer.toHexString(frame.length) + "\r\n").getBytes(US_ASCII);
        var chunk = ByteBuffer.allocateDirect(head.length + frame.length + 2).put(head).put(frame).put((byte) '\r').put((byte) '\n');
        connections.removeIf(connection -> !isWritten(connection, chunk.rewind()));
    }

    private static boolean isWritten(SocketChannel connection, ByteBuffer chunk) {
        try {
            while (chunk.hasRemaining()) connection.write(chunk);
            return true;
        } catch (IOException _) { // the client went away
            close(connection);
            return false;
        }
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int streams() {
        return connections.size();
    }

    @Override
    public void close() {
        close(server);
        connections.forEach(WriteLoop::close);
    }
}
