package dev.mcpsession.httpserver;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A client that sends exactly the given bytes and shows the whole answer. One connection, used by one thread.
final class RawHttp implements AutoCloseable {

    private static final int READ_TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /// An answer; header names in lower case, without `Date`.
    record Response(int status, Map<String, List<String>> headers, String body) {

        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT))).map(List::getFirst);
        }
    }

    RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static RawHttp connect(InetSocketAddress address) throws IOException {
        return new RawHttp(new Socket(address.getAddress(), address.getPort()));
    }

    /// Sends one request on a connection of its own and reads the answer.
    static Response exchange(InetSocketAddress address, String request) throws IOException {
        try (var http = connect(address)) {
            return http.exchange(request);
        }
    }

    /// Composes a request. Adds a `Host` unless one is given (`Host:` alone omits it), and a `Content-Length` if there is a body.
    static String request(String method, String target, String body, String... headers) {
        var text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        if (!List.of(headers).stream().anyMatch(h -> h.startsWith("Host:"))) text.append("Host: 127.0.0.1\r\n");
        for (var header : headers) if (!header.equals("Host:")) text.append(header).append("\r\n");
        if (!body.isEmpty()) text.append("Content-Length: " + utf8(body).length + "\r\n");
        return text.append("\r\n").append(body).toString();
    }

    Response exchange(String request) throws IOException {
        send(request);
        return read(request.startsWith("HEAD "));
    }

    void send(String text) throws IOException {
        send(utf8(text));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    Response read() throws IOException {
        return read(false);
    }

    private Response read(boolean toHead) throws IOException {
        var head = readHead();
        if (toHead || head.status() == 204) return head;
        var length = head.header("Content-Length").map(Integer::valueOf);
        var body = length.isPresent() ? in.readNBytes(length.get()) : readChunks();
        return new Response(head.status(), head.headers(), new String(body, StandardCharsets.UTF_8));
    }

    /// Reads status and headers only; an event stream's body follows through [#readChunk].
    Response readHead() throws IOException {
        var status = Integer.parseInt(readLine().split(" ")[1]);
        var headers = new TreeMap<String, List<String>>();
        for (var line = readLine(); !line.isEmpty(); line = readLine()) {
            var colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        headers.remove("date");
        return new Response(status, headers, "");
    }

    /// Reads one chunk.
    ///
    /// @return its text, or empty at the regular end of the body
    Optional<String> readChunk() throws IOException {
        var size = Integer.parseInt(readLine(), 16);
        var bytes = in.readNBytes(size);
        if (bytes.length < size) throw new EOFException("chunk cut off");
        readLine();
        return size == 0 ? Optional.empty() : Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }

    private byte[] readChunks() throws IOException {
        var body = new ByteArrayOutputStream();
        for (var chunk = readChunk(); chunk.isPresent(); chunk = readChunk()) body.write(utf8(chunk.get()));
        return body.toByteArray();
    }

    /// Reads chunks until one holds a text.
    void readUntil(String text) throws IOException {
        var seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            seen.append(readChunk().orElseThrow(() -> new EOFException("ended before " + text + ": " + seen)));
        }
    }

    /// Reads up to the end of a text, whether the body is chunked or not.
    void skipTo(String text) throws IOException {
        var last = new StringBuilder();
        while (!last.toString().equals(text)) {
            var c = in.read();
            if (c < 0) throw new EOFException("ended before " + text + ": " + last);
            last.append((char) c);
            if (last.length() > text.length()) last.deleteCharAt(0);
        }
    }

    private String readLine() throws IOException {
        var line = new ByteArrayOutputStream();
        for (var c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException("connection closed after " + line);
            line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /// Reads everything up to the end of the connection.
    String readToEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Whether the server has closed the connection.
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
