package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sends one request repeatedly on persistent connections, in one thread with one selector. The first answer gives the length of all
/// answers; the client does not parse the others.
///
/// Commands, each with its answer:
/// - `open NAME PORT PATH CONNECTIONS [SESSION]`: `opened`; all requests belong to the given session, or to a new one.
/// - `load NAME MILLIS`: `load REQUESTS NANOS`; each connection sends its next request as soon as it has an answer.
/// - `turnover NAME MILLIS`: `turnover SESSIONS NANOS`; one connection creates sessions and deletes them again.
public final class LoadClient {

    private static final String HEADERS = "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl\r\n";
    private static final String CALL = """
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query","arguments":{"sql":"select * from orders limit 10"}}}""";

    private final Map<String, Target> targets = new HashMap<>();

    private LoadClient() {}

    /// Executes commands until standard input ends.
    ///
    /// @param arguments none
    /// @throws IOException if a connection fails
    public static void main(String[] arguments) throws IOException {
        var client = new LoadClient();
        var lines = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(client.execute(line.split(" ")));
            System.out.flush();
        }
    }

    private String execute(String[] command) throws IOException {
        switch (command[0]) {
            case "open" -> {
                targets.put(command[1], new Target(Integer.parseInt(command[2]), command[3], Integer.parseInt(command[4]),
                        command.length > 5 ? command[5] : ""));
                return "opened";
            }
            case "load" -> {
                return "load " + targets.get(command[1]).load(millis(command[2]));
            }
            case "turnover" -> {
                return "turnover " + targets.get(command[1]).turnover(millis(command[2]));
            }
            default -> throw new IllegalArgumentException("no such command: " + command[0]);
        }
    }

    private static Duration millis(String text) {
        return Duration.ofMillis(Long.parseLong(text));
    }

    /// A server, and the connections to it.
    private static final class Target {

        private final Selector selector = Selector.open();
        private final List<Connection> connections = new ArrayList<>();
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
        private final SocketChannel spare;
        private final String path;
        private final ByteBuffer request;
        private final int answerLength;
        private long deadline;
        private long requests;
        private int busy;

        Target(int port, String path, int count, String known) throws IOException {
            this.path = path;
            spare = Http.connect(port);
            var session = known.isEmpty() ? Http.initialize(spare, path, HEADERS) : known;
            request = Http.request("POST", path, session, HEADERS, CALL);
            Http.write(spare, request);
            answerLength = Http.read(spare).length();
            for (var i = 0; i < count; i++) connections.add(new Connection(Http.connect(port)));
        }

        String load(Duration time) throws IOException {
            var start = System.nanoTime();
            deadline = start + time.toNanos();
            requests = 0;
            busy = connections.size();
            for (var connection : connections) connection.send();
            while (busy > 0) selector.select(this::read);
            return requests + " " + (System.nanoTime() - start);
        }

        private void read(SelectionKey key) {
            try {
                ((Connection) key.attachment()).read();
            } catch (IOException e) {
                throw new IllegalStateException("request failed", e);
            }
        }

        String turnover(Duration time) throws IOException {
            var start = System.nanoTime();
            var sessions = 0;
            for (; System.nanoTime() - start < time.toNanos(); sessions++) {
                var session = Http.initialize(spare, path, HEADERS);
                Http.write(spare, Http.request("DELETE", path, session, HEADERS, ""));
                var answer = Http.read(spare);
                if (!answer.startsWith("HTTP/1.1 204 ")) throw new IOException("DELETE must be answered 204: " + answer);
            }
            return sessions + " " + (System.nanoTime() - start);
        }

        private final class Connection {

            private final SocketChannel channel;
            private int missing;

            Connection(SocketChannel channel) throws IOException {
                this.channel = channel;
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, this);
            }

            void send() throws IOException {
                missing = answerLength;
                Http.write(channel, request);
            }

            void read() throws IOException {
                var length = channel.read(buffer.clear());
                if (length < 0) throw new IOException("server has closed the connection");
                missing -= length;
                if (missing < 0) throw new IOException("answers must be of one length: " + answerLength);
                if (missing > 0) return;
                requests++;
                if (System.nanoTime() - deadline < 0) send();
                else busy--;
            }
        }
    }
}
