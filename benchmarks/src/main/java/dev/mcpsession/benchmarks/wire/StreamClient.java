package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/// Many clients with an event stream each, in one thread with one selector. They share the machine with the measured server, so they only
/// scan the input for [marks][StreamEvent#MARK].
///
/// Commands, each with its answer:
/// - `open PORT N OPENING SMALL`: `opened`; opens a stream on each connection, in the [way][StreamServer.Opening] of the server. The
///   first connections have a small buffer.
/// - `stall N`: `stalled`; this many clients do not read any more, and their events do not count.
/// - `close`: `closed`.
/// - `count`: `count RECEIVED DISORDER`; the number of events received since the clients were opened, and how many of them came twice or
///   late.
///
/// Without a command, the client writes `SEQUENCE NANOS` as soon as every client that reads has an event, by [System#nanoTime()], which is
/// the same clock in all processes of a machine.
public final class StreamClient {

    private static final int OPENERS = 8;
    private static final int BUFFER = 64 << 10;
    private static final int SMALL_BUFFER = 16 << 10;
    private static final int FIRST_EVENTS = 1 << 12;

    private final Selector selector = Selector.open();
    private final Queue<String> commands = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final byte[] bytes = new byte[BUFFER];
    private List<Client> clients = List.of();
    private int[] arrivals = new int[FIRST_EVENTS];
    private int reading;
    private long received;
    private long disorder;

    private StreamClient() throws IOException {}

    /// Executes commands until standard input ends.
    ///
    /// @param arguments none
    /// @throws Exception if a connection fails
    public static void main(String[] arguments) throws Exception {
        var client = new StreamClient();
        Thread.ofPlatform().daemon().start(client::listen);
        while (true) {
            for (var command = client.commands.poll(); command != null; command = client.commands.poll()) {
                client.execute(command.split(" "));
            }
            client.selector.select(client::read);
        }
    }

    private void listen() {
        try (var lines = new BufferedReader(new InputStreamReader(System.in, US_ASCII))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                commands.add(line);
                selector.wakeup();
            }
        } catch (IOException | ClosedSelectorException _) {
            // treated like the end of the stream
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    private void execute(String[] command) throws Exception {
        switch (command[0]) {
            case "open" -> open(Integer.parseInt(command[1]), Integer.parseInt(command[2]), StreamServer.Opening.valueOf(command[3]),
                    Integer.parseInt(command[4]));
            case "stall" -> stall(Integer.parseInt(command[1]));
            case "close" -> close();
            case "count" -> say("count " + received + ' ' + disorder);
            default -> throw new IllegalArgumentException("no such command: " + command[0]);
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void open(int port, int count, StreamServer.Opening opening, int small) throws Exception {
        reading = count;
        received = 0;
        disorder = 0;
        clients = new ArrayList<>(count);
        try (var openers = Executors.newFixedThreadPool(OPENERS)) {
            var tasks = new ArrayList<Callable<SocketChannel>>();
            for (var i = 0; i < count; i++) {
                var buffer = i < small ? SMALL_BUFFER : 0;
                tasks.add(() -> opened(port, opening, buffer));
            }
            for (var channel : openers.invokeAll(tasks)) add(channel.get());
        }
        say("opened");
    }

    private static SocketChannel opened(int port, StreamServer.Opening opening, int buffer) throws IOException {
        var channel = Http.connect(port, buffer);
        var session = opening == StreamServer.Opening.NO_SESSION ? "" : Http.initialize(channel, StreamServer.PATH, "");
        Http.write(channel, Http.request("GET", StreamServer.PATH, session, "", ""));
        if (opening == StreamServer.Opening.SESSION) Http.readUntil(channel, StreamServer.CONNECTED);
        return channel;
    }

    private void stall(int count) {
        for (var client : clients.subList(0, count)) client.channel.keyFor(selector).interestOps(0);
        reading = clients.size() - count;
        say("stalled");
    }

    private void add(SocketChannel channel) throws IOException {
        var client = new Client(channel);
        clients.add(client);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, client);
    }

    private void close() throws IOException {
        for (var client : clients) client.channel.close();
        clients = List.of();
        selector.selectNow();
        say("closed");
    }

    private void read(SelectionKey key) {
        var client = (Client) key.attachment();
        try {
            buffer.clear();
            var length = client.channel.read(buffer);
            if (length < 0) throw new IOException("server has ended a stream");
            buffer.flip().get(bytes, 0, length);
            client.scan(bytes, length);
        } catch (IOException e) {
            throw new IllegalStateException("stream failed", e);
        }
    }

    private void arrived(Client client, int sequence) {
        received++;
        if (sequence <= client.last) disorder++;
        client.last = sequence;
        if (sequence >= arrivals.length) arrivals = Arrays.copyOf(arrivals, Math.max(sequence + 1, 2 * arrivals.length));
        if (++arrivals[sequence] == reading) say(sequence + " " + System.nanoTime());
    }

    /// One stream, and the position within a mark, because a read may end anywhere in a mark.
    private final class Client {

        private final SocketChannel channel;
        private int last;
        private int digitsLeft;
        private int value;

        Client(SocketChannel channel) {
            this.channel = channel;
        }

        void scan(byte[] bytes, int length) {
            for (var i = 0; i < length; i++) {
                if (digitsLeft > 0) digit(bytes[i]);
                else if (bytes[i] == StreamEvent.MARK) begin();
            }
        }

        private void begin() {
            digitsLeft = StreamEvent.DIGITS;
            value = 0;
        }

        private void digit(byte digit) {
            value = 10 * value + digit - '0';
            if (--digitsLeft == 0) arrived(this, value);
        }
    }
}
