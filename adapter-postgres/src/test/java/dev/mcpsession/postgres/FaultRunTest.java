package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.PublishOutcomeUnknownException;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.postgres.server.PgServer;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// Three replicas, four publishers, and clients that read over HTTP, while everything fails: connections of listeners and
/// publishers are killed, cut and swallowed, answers to commits are lost, and the server is stopped, crashed and paused.
/// Each client must read every committed event addressed to it, once and in order.
///
/// Everything fails once, which takes about 20 s; `-Dfault.seconds=60` or more lets it fail again and again for that long.
@Isolated // records where any virtual thread of this JVM keeps its carrier
class FaultRunTest {

    private static final int SECONDS = Integer.getInteger("fault.seconds", 15);
    private static final int REPLICAS = 3;
    private static final int CLIENTS = 9;
    private static final int PUBLISHERS = 4;
    private static final String PINNED_EVENT = "jdk.VirtualThreadPinned";
    private static final Duration PINNED = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration RECOVERED = Duration.ofSeconds(10); // on a busy machine
    private static final Duration NOTICED = Duration.ofSeconds(12);
    private static final int BURST = 20;
    private static final String BEGIN = "test/begin";

    private final PgServer server = PgServer.start();
    private final EventDatabase database = EventDatabase.in(PgDatabase.on(server));
    private final List<FaultReplica> replicas = new ArrayList<>();
    private final List<FaultClient> clients = new ArrayList<>();
    private final Random random = new Random(4); // decides what happens, but not when
    private final ConcurrentSkipListSet<String> contradictions = new ConcurrentSkipListSet<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>(); // by id
    private final ConcurrentSkipListSet<Long> back = new ConcurrentSkipListSet<>(); // when the database was available again
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger killedListeners = new AtomicInteger();
    private final AtomicInteger killedPublishers = new AtomicInteger();
    private final AtomicLong slowestNotice = new AtomicLong();
    private volatile boolean over;

    @Test
    void events_whileEverythingFails_reachEachClientOnceAndInOrder() throws Exception {
        try (server; database; var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
                var threads = Executors.newVirtualThreadPerTaskExecutor(); var recording = new Recording()) {
            recording.enable(PINNED_EVENT).withThreshold(PINNED);
            for (var n = 0; n < REPLICAS; n++) replicas.add(new FaultReplica(database, store));
            try (var http = HttpClient.newHttpClient()) {
                var uris = replicas.stream().map(FaultReplica::uri).toList();
                for (var n = 0; n < CLIENTS; n++) clients.add(new FaultClient(http, uris, n % REPLICAS, n / REPLICAS == 2));
                run(threads, recording);
            } finally {
                replicas.forEach(FaultReplica::close);
            }
        }
    }

    private void run(ExecutorService threads, Recording recording) throws Exception {
        var reading = clients.stream().map(client -> threads.submit(client::run)).toList();
        while (clients.stream().anyMatch(client -> client.seen().isEmpty())) publishKnown(0, "", Event.of(BEGIN));
        recording.start(); // only now: loading a class for the first time pins a thread
        var plain = new PlainNotify();
        var heard = new ArrayList<Future<BitSet>>();
        for (var replica : replicas) {
            var source = replica.plain(database);
            heard.add(threads.submit(() -> plain.listen(source)));
        }
        var plainSource = replicas.getFirst().plain(database);
        var plainPublisher = threads.submit(() -> plain.publish(plainSource));
        var publishing = IntStream.range(0, PUBLISHERS).mapToObj(n -> threads.submit(() -> publish(n, threads))).toList();

        fail(System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos());

        over = true;
        plain.end();
        for (var each : publishing) result(each);
        result(plainPublisher);
        var plainHeard = new ArrayList<BitSet>();
        for (var each : heard) plainHeard.add(result(each));
        publishKnown(0, "end", Event.of(FaultClient.MARKER));
        for (var each : reading) result(each);
        recording.stop();
        judge(plain, plainHeard, recording);
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    // --- publishing

    /// Publishes one event after the other, and now and then a burst whose events another replica publishes by the same keys.
    private Void publish(int publisher, ExecutorService threads) throws Exception {
        for (var round = 1; !over; round++) {
            if (round % 50 == 0) publishBurst(publisher, threads);
            publishKnown(publisher, "", newEvent());
            Thread.sleep(5);
        }
        return null;
    }

    private void publishBurst(int publisher, ExecutorService threads) throws Exception {
        var publishing = new ArrayList<Future<Void>>();
        for (var n = 0; n < BURST; n++) {
            var event = newEvent();
            for (var each : List.of(publisher, publisher + 1)) {
                publishing.add(threads.submit(() -> publishKnown(each, "key of " + number(event), event)));
            }
        }
        for (var each : publishing) result(each);
    }

    private Event newEvent() {
        var n = numbers.incrementAndGet();
        var event = Event.of("notifications/message", Json.obj().with("n", n));
        return n % 4 == 0 ? event.to(clients.get(n / 4 % CLIENTS).session()) : event;
    }

    /// Publishes until the outcome is known; an event without a key may be refused.
    private Void publishKnown(int publisher, String given, Event event) throws InterruptedException {
        var key = given;
        while (true) {
            var broadcaster = replicas.get(publisher % REPLICAS).broadcaster;
            try {
                var id = key.isEmpty() ? broadcaster.publish(event) : broadcaster.publish(key, event);
                var other = acknowledged.put(id.toString(), number(event));
                if (other != null && other != number(event)) contradictions.add(id + " was told for " + other + " and " + number(event));
                return null;
            } catch (PublishOutcomeUnknownException e) {
                unknown.incrementAndGet();
                key = e.key();
            } catch (BroadcasterException e) {
                refused.incrementAndGet();
                if (key.isEmpty()) return null;
            }
            Thread.sleep(20);
        }
    }

    private static int number(Event event) {
        return event.params().get("n").map(n -> Integer.parseInt(n.toString())).orElse(-1);
    }

    // --- failing

    private void fail(long until) throws Exception {
        var faults = List.<Fault>of(this::killListeners, this::loseAnswers, this::killPublishers, this::restart, this::cut,
                this::loseAnswers, this::crash, this::pause, this::swallowStatements, this::swallowListener, this::killListeners);
        for (var n = 0; n < faults.size() || System.nanoTime() - until < 0; n++) {
            faults.get(n % faults.size()).happen();
            back.add(System.nanoTime());
            Thread.sleep(300);
        }
    }

    private interface Fault {
        void happen() throws Exception;
    }

    private void killListeners() throws InterruptedException {
        for (var n = 0; n < 8; n++) {
            killedListeners.addAndGet(kill("application_name = 'listener'"));
            kill("application_name = 'plain'");
            Thread.sleep(60);
        }
    }

    private void killPublishers() throws InterruptedException {
        for (var n = 0; n < 8; n++) {
            killedPublishers.addAndGet(kill("application_name = 'publisher'"));
            Thread.sleep(60);
        }
    }

    private int kill(String which) {
        return Integer.parseInt(database.ask("select count(pg_terminate_backend(pid)) from pg_stat_activity where " + which));
    }

    private void loseAnswers() throws InterruptedException {
        replicas.forEach(replica -> replica.statements.loseAnswers(3));
        Thread.sleep(400);
        replicas.forEach(replica -> replica.statements.loseAnswers(0));
    }

    private void cut() throws InterruptedException {
        for (var n = 0; n < 5; n++) {
            for (var replica : replicas) {
                (random.nextBoolean() ? replica.statements : replica.listening).cut();
                replica.plain.cut();
                Thread.sleep(30);
            }
        }
    }

    private void restart() {
        server.stop();
        server.restart();
    }

    private void crash() {
        server.crash();
        server.restart();
    }

    private void pause() throws InterruptedException {
        server.pause();
        Thread.sleep(1_500);
        server.resume();
    }

    private void swallowStatements() throws InterruptedException {
        var network = replicas.get(random.nextInt(REPLICAS)).statements;
        network.swallow();
        Thread.sleep(SECONDS < 60 ? 2_500 : 6_500); // longer than a publisher waits
        network.heal();
    }

    /// Measures how long the listener takes to abandon a silent connection.
    private void swallowListener() throws InterruptedException {
        var replica = replicas.get(random.nextInt(REPLICAS));
        var begun = System.nanoTime();
        replica.listening.swallow();
        replica.plain.swallow();
        while (replica.listening.connections() > 0) Thread.sleep(10);
        slowestNotice.accumulateAndGet((System.nanoTime() - begun) / 1_000_000, Math::max);
        replica.listening.heal();
        replica.plain.heal();
    }

    // --- judging

    private void judge(PlainNotify plain, List<BitSet> plainHeard, Recording recording) throws Exception {
        var committed = committed();
        var inTable = new HashMap<String, Integer>();
        committed.forEach(row -> inTable.put(row.id(), row.number()));
        var lost = plain.lost(plainHeard);
        var recoveries = recoveries();
        System.out.println("committed " + committed.size() + ", refused " + refused + ", unknown at first " + unknown
                + ", listeners killed " + killedListeners + ", publishers killed " + killedPublishers
                + "; streams " + clients.stream().mapToInt(FaultClient::streams).sum()
                + "; recovery p50 " + percentile(recoveries, 50) + " ms, p99 " + percentile(recoveries, 99) + " ms"
                + "; a silent network noticed after " + slowestNotice + " ms"
                + "; plain NOTIFY lost " + lost + " of 3 x " + plain.published());
        assertEquals(Set.of(), contradictions);
        assertEquals(inTable, Map.copyOf(acknowledged)); // and nothing else is in the table
        assertEquals(committed.size(), committed.stream().filter(row -> row.number() >= 0).map(Row::number).distinct().count()
                + committed.stream().filter(row -> row.number() < 0).count());
        for (var n = 0; n < CLIENTS; n++) assertEquals("", difference(clients.get(n), committed), "of client " + n);
        assertTrue(lost > 0, "plain NOTIFY lost nothing, so this run proves nothing");
        assertTrue(slowestNotice.get() <= NOTICED.toMillis(), () -> "noticed after " + slowestNotice + " ms");
        assertTrue(percentile(recoveries, 99) <= RECOVERED.toMillis(), () -> "recovery: " + recoveries);
        assertEquals(List.of(), pinned(recording));
    }

    /// How the events that a client read differ from those it had to read after its first one; empty if they do not.
    private static String difference(FaultClient client, List<Row> committed) {
        var seen = client.seen().stream().map(event -> event.id() + ' ' + FaultClient.numberOf(event.data())).toList();
        var expected = committed.stream().filter(row -> row.isFor(client.session().value()))
                .map(row -> row.id() + ' ' + row.number()).dropWhile(event -> !event.equals(seen.getFirst())).toList();
        if (expected.equals(seen) && client.comments().isEmpty()) return "";
        var lost = new LinkedHashSet<>(expected);
        seen.forEach(lost::remove);
        var order = 0;
        while (order < Math.min(seen.size(), expected.size()) && seen.get(order).equals(expected.get(order))) order++;
        return "lost " + lost.size() + ": " + lost.stream().limit(20).toList() + "; twice " + (seen.size() - new HashSet<>(seen).size())
                + "; differs at " + seen.stream().skip(Math.max(0, order - 2)).limit(10).toList() + "; comments " + client.comments();
    }

    /// A row of the log.
    private record Row(String id, int number, String session) {
        boolean isFor(String other) {
            return session == null || session.equals(other);
        }
    }

    private List<Row> committed() throws SQLException {
        var rows = new ArrayList<Row>();
        try (var connection = database.database().connect(); var statement = connection.createStatement();
                var answer = statement.executeQuery("select id, params, session from mcp_event where kind = 0 order by id")) {
            var epoch = clients.getFirst().seen().getLast().id().replaceFirst("-[^-]*$", "");
            while (answer.next()) {
                var n = ((Json.Obj) Json.parse(answer.getString(2))).get("n");
                var number = n.map(value -> Integer.parseInt(value.toString())).orElse(-1);
                rows.add(new Row(epoch + '-' + answer.getLong(1), number, answer.getString(3)));
            }
        }
        return rows;
    }

    /// How long after each fault each staying client read the next event.
    private List<Long> recoveries() {
        var all = new ArrayList<Long>();
        for (var client : clients.subList(0, 2 * REPLICAS)) {
            var seen = client.seen();
            for (var time : back) {
                seen.stream().mapToLong(FaultClient.Seen::at).filter(at -> at >= time).findFirst()
                        .ifPresent(at -> all.add((at - time) / 1_000_000));
            }
        }
        return all.stream().sorted().toList();
    }

    private static long percentile(List<Long> sorted, int percent) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    /// The events of virtual threads that pinned their carrier for too long, not counting the first use of a class.
    private static List<String> pinned(Recording recording) throws Exception {
        var file = Files.createTempFile("fault-run", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(PINNED_EVENT))
                    .filter(event -> !event.getString("pinnedReason").startsWith("Waited for initialization"))
                    .map(Object::toString).toList();
        } finally {
            Files.delete(file);
        }
    }
}
