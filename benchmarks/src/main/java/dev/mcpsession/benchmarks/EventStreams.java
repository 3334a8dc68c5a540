package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.Harness;
import dev.mcpsession.benchmarks.suite.Heap;
import dev.mcpsession.benchmarks.suite.Percentiles;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Window;
import dev.mcpsession.benchmarks.wire.ClientProcess;
import dev.mcpsession.benchmarks.wire.StreamClient;
import dev.mcpsession.benchmarks.wire.StreamServer;
import dev.mcpsession.benchmarks.wire.StreamServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// Over real connections: how long until the last client has an event, and does every client receive every event?
///
/// Data: 1,000 to 10,000 event streams over loopback, each with its own session, to a client process that does little but read; frames of
/// about 150 bytes. Events are published `alone`, each when every client has the previous one, or at a given rate by the clock for three
/// seconds, in which slow designs fall behind. `last` is the time from the start of `publish` until the last client has the event, over the
/// events that reach every client. Processor time is the server's alone. Heap is the server's for one more client, including its session.
/// Every event must be accounted for as received or lost, once and in order at each client; otherwise the measurement fails.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="EventStreams"`
public final class EventStreams implements Harness {

    static final String ALONE = "alone";

    private static final String NAME = EventStreams.class.getSimpleName();
    private static final int WARM_UP_CLIENTS = 200;
    private static final int WARM_UP_EVENTS = 40;
    private static final int SMOKE_RATE = 100;
    private static final Duration PACED = Duration.ofSeconds(3);
    private static final Duration SETTLE = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    @Override
    public String title() {
        return "Over real connections: how long until the last client has an event, and does everybody get all of them?";
    }

    @Override
    public List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> Grid.union(
                    grid(3, ALONE).each("design", StreamServers.ALL.toArray()),
                    grid(3, SMOKE_RATE).each("design", StreamServers.MCP_SESSION));
            case QUICK -> Grid.union(
                    grid(10_000, ALONE).each("design", StreamServers.MCP_SESSION, StreamServers.WRITE_LOOP),
                    grid(1_000, 400).each("design", StreamServers.MCP_SESSION, StreamServers.WRITE_PER_EVENT, StreamServers.SINGLE_LOCK));
            case FULL -> Grid.union(
                    Grid.of(NAME).each("clients", 1_000, 5_000, 10_000).each("events/s", ALONE).each("design",
                            StreamServers.MCP_SESSION, StreamServers.MCP_SESSION_ROBAHO, StreamServers.WRITE_LOOP),
                    grid(10_000, ALONE).each("design", StreamServers.SINGLE_LOCK),
                    grid(1_000, 100, 400).each("design",
                            StreamServers.MCP_SESSION, StreamServers.MCP_SESSION_ROBAHO, StreamServers.WRITE_PER_EVENT,
                            StreamServers.SINGLE_LOCK));
        };
    }

    private static Grid grid(int clients, Object... rates) {
        return Grid.of(NAME).each("clients", clients).each("events/s", rates);
    }

    static Cell cell(int clients, Object rate, Design<?> design) {
        return grid(clients, rate).each("design", design).cells().getFirst();
    }

    @Override
    public List<String> metrics() {
        return List.of("last_p50_ns", "last_p99_ns", "publish_p50_ns", "delivered_share", "delivered_per_s", "cpu_per_delivery_ns",
                "heap_bytes");
    }

    @Override
    public List<String> compared() {
        return List.of("last_p50_ns", "cpu_per_delivery_ns");
    }

    @Override
    public String baseline() {
        return StreamServers.WRITE_LOOP.toString();
    }

    @Override
    public SequencedMap<String, Double> measure(Cell cell, Size size) throws InterruptedException {
        try (var server = Design.opener(cell.text("design"), StreamServers.ALL).open();
                var client = new ClientProcess(StreamClient.class)) {
            return new Streams(server, client, cell.number("clients")).measure(cell.text("events/s"), size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Streams {

        private final StreamServer server;
        private final ClientProcess client;
        private final int clients;
        private final List<Long> starts = new ArrayList<>(List.of(0L)); // by sequence number
        private final Histogram publish = new Histogram(3);
        private final Histogram last = new Histogram(3);

        Streams(StreamServer server, ClientProcess client, int clients) {
            this.server = server;
            this.client = client;
            this.clients = clients;
        }

        SequencedMap<String, Double> measure(String rate, Size size) throws InterruptedException {
            warmUp(size.preWarm());
            var before = Heap.used();
            client.call("open", server.port(), clients);
            measure(rate, size.warmUp(), size.warmUp(), 2);
            var metrics = measure(rate, size.time(), size == Size.SMOKE ? size.time() : PACED, size.rounds());
            metrics.put("heap_bytes", (double) Math.round((double) (Heap.used() - before) / clients));
            return metrics;
        }

        private SequencedMap<String, Double> measure(String rate, Duration alone, Duration paced, int atLeast) throws InterruptedException {
            return rate.equals(ALONE) ? alone(alone, atLeast) : paced(Integer.parseInt(rate), paced);
        }

        /// Runs generations of streams that live for a few events, because a virtual thread keeps the interpreted frame of a loop that it
        /// has entered too early.
        private void warmUp(Duration time) throws InterruptedException {
            var start = System.nanoTime();
            do {
                client.call("open", server.port(), Math.min(clients, WARM_UP_CLIENTS));
                for (var i = 0; i < WARM_UP_EVENTS; i++) publishAlone();
                client.call("close");
                awaitGone();
            } while (System.nanoTime() - start < time.toNanos());
        }

        /// Publishes until all streams are gone: a server notices only when it writes that a client has left.
        private void awaitGone() throws InterruptedException {
            for (var start = System.nanoTime(); server.streams() > 0; Thread.sleep(SETTLE)) {
                if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                    throw new IllegalStateException("streams must end when their clients leave: " + server.streams());
                }
                publish();
            }
        }

        private void publish() {
            var start = System.nanoTime();
            starts.add(start);
            server.publish(starts.size() - 1);
            publish.recordValue(System.nanoTime() - start);
        }

        private void publishAlone() throws InterruptedException {
            publish();
            arrived(client.receive());
        }

        private void arrived(String[] event) {
            last.recordValue(Long.parseLong(event[1]) - starts.get(Integer.parseInt(event[0])));
        }

        private SequencedMap<String, Double> alone(Duration time, int atLeast) throws InterruptedException {
            return measure(() -> {
                for (var start = System.nanoTime(); last.getTotalCount() < atLeast || System.nanoTime() - start < time.toNanos(); ) {
                    Thread.sleep(SETTLE); // until all wait again
                    publishAlone();
                }
            });
        }

        private SequencedMap<String, Double> paced(int rate, Duration time) throws InterruptedException {
            return measure(() -> {
                var pause = 1_000_000_000L / rate;
                var begin = System.nanoTime();
                for (var due = begin; due - begin < time.toNanos(); due += pause) {
                    for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) LockSupport.parkNanos(left);
                    publish();
                }
            });
        }

        private SequencedMap<String, Double> measure(Load load) throws InterruptedException {
            publish.reset();
            last.reset();
            var receivedBefore = received();
            var lostBefore = server.lost();
            var window = Window.open();
            load.run();
            var published = publish.getTotalCount() * clients;
            awaitAll(published + receivedBefore + lostBefore);
            return metrics(published, published - (server.lost() - lostBefore), window.load());
        }

        private SequencedMap<String, Double> metrics(long published, long received, Window.Load load) {
            var metrics = new LinkedHashMap<String, Double>();
            if (last.getTotalCount() > 0) Percentiles.put("last", last, metrics);
            Percentiles.put("publish", publish, metrics);
            metrics.put("delivered_share", received / (double) published);
            metrics.put("delivered_per_s", received * 1e9 / load.wallNanos());
            metrics.put("cpu_per_delivery_ns", load.cpuNanos() / (double) received);
            load.addTo(metrics);
            return metrics;
        }

        private void awaitAll(long expected) throws InterruptedException {
            var start = System.nanoTime();
            for (var known = received() + server.lost(); known != expected; known = received() + server.lost()) {
                if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                    throw new IllegalStateException("events must be received or counted as lost; unaccounted for: " + (expected - known));
                }
                Thread.sleep(SETTLE);
            }
        }

        /// The number of events received; also processes the arrivals that the client reported before.
        private long received() throws InterruptedException {
            client.send("count");
            var line = client.receive();
            for (; !line[0].equals("count"); line = client.receive()) arrived(line);
            if (!line[2].equals("0")) throw new IllegalStateException("events must come once and in order; did not: " + line[2]);
            return Long.parseLong(line[1]);
        }
    }

    @FunctionalInterface
    private interface Load {

        void run() throws InterruptedException;
    }
}
