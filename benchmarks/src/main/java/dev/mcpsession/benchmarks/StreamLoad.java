package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.suite.Percentiles;
import dev.mcpsession.benchmarks.suite.Window;
import dev.mcpsession.benchmarks.wire.ClientProcess;
import dev.mcpsession.benchmarks.wire.StreamEvent;
import dev.mcpsession.benchmarks.wire.StreamServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/// Publishes to event streams and accounts for what arrives. Used by one thread.
final class StreamLoad {

    private static final int WARM_UP_CLIENTS = 200;
    private static final int WARM_UP_EVENTS = 40;
    private static final int UNHEARD_EVENTS = 20_000;
    private static final Duration SETTLE = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(2);

    private final StreamServer server;
    private final ClientProcess client;
    private final int clients;
    private final int stalled;
    private final int padding;
    private final List<Long> starts = new ArrayList<>(List.of(0L)); // by sequence number
    private final Histogram publish = new SynchronizedHistogram(3);
    private final Histogram last = new Histogram(3);

    /// @param clients how many streams are open
    /// @param stalled how many of them stop reading
    /// @param padding the number of characters to add to each event
    StreamLoad(StreamServer server, ClientProcess client, int clients, int stalled, int padding) {
        this.server = server;
        this.client = client;
        this.clients = clients;
        this.stalled = stalled;
        this.padding = padding;
    }

    /// Runs generations of streams that live for a few events, because a virtual thread keeps the interpreted frame of a loop that it
    /// has entered too early.
    void warmUp(Duration time) throws InterruptedException {
        var start = System.nanoTime();
        do {
            open(Math.min(clients, WARM_UP_CLIENTS));
            for (var i = 0; i < WARM_UP_EVENTS; i++) publishAlone();
            client.call("close");
            awaitGone();
        } while (System.nanoTime() - start < time.toNanos());
        if (time.compareTo(SETTLE) > 0) compilePublish();
    }

    /// The code of a publish runs once for each event, so it would stay interpreted for most of a measurement.
    private void compilePublish() throws InterruptedException {
        for (var i = 0; i < UNHEARD_EVENTS; i++) {
            publish(next());
            if (i % 1_000 == 0) Thread.sleep(SETTLE); // lets the compiler run
        }
    }

    void open() throws InterruptedException {
        open(clients);
    }

    private void open(int count) throws InterruptedException {
        client.call("open", server.port(), count, server.opening(), stalled);
        for (var start = System.nanoTime(); server.streams() < count; Thread.sleep(SETTLE)) {
            if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                throw new IllegalStateException("streams must open: " + server.streams() + " of " + count);
            }
        }
    }

    void stall() throws InterruptedException {
        client.call("stall", stalled);
    }

    /// Publishes until all streams are gone: a server notices only when it writes that a client has left.
    private void awaitGone() throws InterruptedException {
        for (var start = System.nanoTime(); server.streams() > 0; Thread.sleep(SETTLE)) {
            if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                throw new IllegalStateException("streams must end when their clients leave: " + server.streams());
            }
            publish(next());
        }
    }

    private synchronized StreamEvent next() {
        starts.add(0L);
        return StreamEvent.of(starts.size() - 1, padding);
    }

    private void publish(StreamEvent event) {
        var start = System.nanoTime();
        began(event.sequence(), start);
        server.publish(event);
        publish.recordValue(System.nanoTime() - start);
    }

    private synchronized void began(int sequence, long nanos) {
        starts.set(sequence, nanos);
    }

    private synchronized void arrived(String[] event) {
        last.recordValue(Long.parseLong(event[1]) - starts.get(Integer.parseInt(event[0])));
    }

    private void publishAlone() throws InterruptedException {
        publish(next());
        arrived(client.receive());
    }

    /// Publishes each event when every client that reads has the previous one.
    SequencedMap<String, Double> alone(Duration time, int atLeast) throws InterruptedException {
        return measure(() -> {
            for (var start = System.nanoTime(); last.getTotalCount() < atLeast || System.nanoTime() - start < time.toNanos(); ) {
                Thread.sleep(SETTLE); // until all wait again
                publishAlone();
            }
            return last.getTotalCount();
        });
    }

    /// Publishes at a given rate. A publisher that cannot keep up is abandoned some time after it should have finished; what it
    /// has not published then counts as not delivered.
    SequencedMap<String, Double> paced(int rate, Duration time, Duration grace) throws InterruptedException {
        return measure(() -> {
            var publisher = Thread.ofPlatform().daemon().start(() -> publishPaced(rate, time));
            if (!publisher.join(time.plus(grace))) {
                publisher.interrupt();
                publish.recordValue(grace.toNanos()); // that of the event that is under way, at least
            }
            return offered(rate, time);
        });
    }

    private static long offered(int rate, Duration time) {
        return Math.ceilDiv(time.toNanos(), 1_000_000_000L / rate);
    }

    private void publishPaced(int rate, Duration time) {
        var pause = 1_000_000_000L / rate;
        var begin = System.nanoTime();
        for (var due = begin; due - begin < time.toNanos() && !Thread.currentThread().isInterrupted(); due += pause) {
            for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) LockSupport.parkNanos(left);
            publish(next());
        }
    }

    @FunctionalInterface
    private interface Load {

        /// {@return the number of events that were to be published}
        long run() throws InterruptedException;
    }

    private SequencedMap<String, Double> measure(Load load) throws InterruptedException {
        publish.reset();
        last.reset();
        var receivedBefore = received();
        var lostBefore = server.lost();
        var window = Window.open();
        var expected = load.run() * (clients - stalled);
        awaitAll(expected + receivedBefore + lostBefore);
        var used = window.load();

        var received = received() - receivedBefore;
        var metrics = new LinkedHashMap<String, Double>();
        if (last.getTotalCount() > 0) Percentiles.put("last", last, metrics);
        Percentiles.put("publish", publish, metrics);
        metrics.put("delivered_share", received / (double) expected);
        metrics.put("missing", (double) (expected - received - (server.lost() - lostBefore)));
        metrics.put("delivered_per_s", received * 1e9 / used.wallNanos());
        metrics.put("cpu_per_delivery_ns", used.cpuNanos() / (double) received);
        used.addTo(metrics);
        return metrics;
    }

    /// Waits until all is accounted for, or nothing more comes.
    private void awaitAll(long expected) throws InterruptedException {
        var progress = System.nanoTime();
        for (var known = received() + server.lost(); known < expected && System.nanoTime() - progress < LONGEST_SILENCE.toNanos(); ) {
            Thread.sleep(SETTLE);
            var now = received() + server.lost();
            if (now != known) progress = System.nanoTime();
            known = now;
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
