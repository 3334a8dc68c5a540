package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.regex.Pattern;

/// The part of HTTP that the clients need: requests as bytes and answers as text, over a blocking channel.
final class Http {

    /// The first request of every client.
    static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
            "capabilities":{},"clientInfo":{"name":"benchmark","version":"1"}}}""";

    private static final Pattern SESSION = Pattern.compile("(?i)\r\nmcp-session-id: (\\S+)");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)");
    private static final Pattern CHUNKED = Pattern.compile("(?i)\r\ntransfer-encoding: *chunked");
    private static final String END_OF_CHUNKS = "0\r\n\r\n";
    private static final String END_OF_HEAD = "\r\n\r\n";

    private Http() {}

    static SocketChannel connect(int port) throws IOException {
        return connect(port, 0);
    }

    /// Connects with a receive buffer of a certain size, or of the system's choice if that is 0.
    static SocketChannel connect(int port, int buffer) throws IOException {
        var channel = SocketChannel.open();
        if (buffer > 0) channel.setOption(StandardSocketOptions.SO_RCVBUF, buffer); // before the handshake, which announces it
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        return channel;
    }

    /// Creates a request with further headers, and with a session unless that is empty.
    static ByteBuffer request(String method, String path, String session, String headers, String body) {
        var head = method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json, text/event-stream\r\n"
                + "MCP-Protocol-Version: 2025-11-25\r\n" + headers
                + (session.isEmpty() ? "" : "Mcp-Session-Id: " + session + "\r\n")
                + (body.isEmpty() ? "" : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n");
        var bytes = (head + "\r\n" + body).getBytes(ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static void write(SocketChannel channel, ByteBuffer request) throws IOException {
        request.rewind();
        while (request.hasRemaining()) channel.write(request);
    }

    /// Reads an answer that has a `Content-Length`, or chunks, or no body.
    static String read(SocketChannel channel) throws IOException {
        var answer = readUntil(channel, END_OF_HEAD);
        if (CHUNKED.matcher(answer).find()) {
            return answer.endsWith(END_OF_CHUNKS) ? answer : answer + readUntil(channel, END_OF_CHUNKS);
        }
        var length = LENGTH.matcher(answer);
        var whole = answer.indexOf(END_OF_HEAD) + END_OF_HEAD.length() + (length.find() ? Integer.parseInt(length.group(1)) : 0);
        return answer.length() >= whole ? answer : answer + read(channel, whole - answer.length());
    }

    /// Reads until the given text arrives, which must be the end of the input so far.
    static String readUntil(SocketChannel channel, String last) throws IOException {
        var answer = new StringBuilder();
        while (answer.indexOf(last) < 0) answer.append(readSome(channel));
        return answer.toString();
    }

    private static String read(SocketChannel channel, int length) throws IOException {
        var rest = new StringBuilder();
        while (rest.length() < length) rest.append(readSome(channel));
        return rest.toString();
    }

    private static String readSome(SocketChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(8 << 10);
        if (channel.read(bytes) < 0) throw new IOException("server has closed the connection");
        return new String(bytes.array(), 0, bytes.position(), ISO_8859_1);
    }

    /// Begins a session on a connection.
    ///
    /// @return the session's id
    static String initialize(SocketChannel channel, String path, String headers) throws IOException {
        write(channel, request("POST", path, "", headers, INITIALIZE));
        var answer = read(channel);
        var session = SESSION.matcher(answer);
        if (!session.find()) throw new IOException("answer to initialize must name a session: " + answer.lines().findFirst());
        return session.group(1);
    }
}
