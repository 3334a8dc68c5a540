package dev.mcpsession.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.EventStream;
import dev.mcpsession.http.Request;
import dev.mcpsession.http.StreamEnd;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// One run of [SeamContract]: its clients, its publishers, and what was published and received.
final class SeamRun implements AutoCloseable {

    private static final int OWNERS = 20;
    private static final int PUBLISHERS = 4;
    private static final int MAX_TAKEN = 3_000; // bytes of one stream, about 25 events
    private static final int PATIENCE_SECONDS = 60; // for the last event: a client that missed it would wait indefinitely
    private static final String LAST = "test/last";
    private static final Comparator<EventId> IN_ORDER = Comparator.comparingLong(EventId::sequence);
    private static final Pattern EVENT = Pattern.compile("id: (\\S+)\nevent: message\ndata: \\S+\n\n");
    private static final Pattern LAGGED = Pattern.compile(": lagged, (\\d+) events missed\n");

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<EventId, Event> published = new ConcurrentHashMap<>();
    private final long seed = System.nanoTime();
    private final List<SeamContract.Replica> replicas;
    private final List<Reader> readers;

    /// A client with a session.
    record Reader(String name, SessionId session) {

        Owner owner() {
            return Owner.principal(name);
        }

        boolean wants(Event event) {
            return switch (event.audience()) {
                case Audience.Everyone() -> true;
                case Audience.OneSession(var id) -> id.equals(session);
                case Audience.SessionsOf(var owner) -> owner.equals(owner());
            };
        }
    }

    /// What one stream delivered completely.
    ///
    /// @param behind the position after which it resumed
    /// @param events the events received
    /// @param missed the number of losses that it reported
    record Part(EventId behind, List<EventId> events, long missed) {

        EventId end() {
            return events.isEmpty() ? behind : events.getLast();
        }
    }

    SeamRun(List<SeamContract.Replica> replicas, int clients) {
        this.replicas = replicas;
        readers = IntStream.range(0, clients).mapToObj(n -> newReader("owner" + n % OWNERS)).toList();
    }

    private Reader newReader(String name) {
        var reader = new Reader(name, SessionId.random());
        var store = replicas.getFirst().store();
        store.create(reader.session(), reader.owner(), new Client("2025-11-25", "a client", Json.obj()));
        assertTrue(store.touch(reader.session()));
        return reader;
    }

    /// Publishes while the clients read, until they have the last event.
    ///
    /// @param before the number of events per publisher before the clients read
    /// @param events the number of events per publisher after that
    /// @return the parts received by each client
    Map<Reader, List<Part>> seen(int before, int events) throws Exception {
        var begun = replicas.getFirst().broadcaster().subscribe(EventFilter.all(), Start.now());
        begun.close();
        publishAll(0, before);
        var reading = new ArrayList<Future<List<Part>>>();
        for (var reader : readers) {
            var own = new Random(seed + reading.size());
            reading.add(threads.submit(() -> read(reader, begun.start(), own)));
        }
        publishAll(before, before + events);
        publish(Event.of(LAST), new Random(seed));

        var seen = new LinkedHashMap<Reader, List<Part>>();
        for (var n = 0; n < readers.size(); n++) seen.put(readers.get(n), reading.get(n).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        return seen;
    }

    private void publishAll(int from, int to) throws Exception {
        var publishing = IntStream.range(0, PUBLISHERS).<Future<?>>mapToObj(n -> threads.submit(() -> publish(n, from, to))).toList();
        for (var publisher : publishing) publisher.get();
    }

    private void publish(int publisher, int from, int to) {
        var own = new Random(seed - publisher - 1 - from);
        for (var n = from; n < to; n++) {
            var event = Event.of("test/" + publisher + "/" + n);
            var reader = readers.get(own.nextInt(readers.size()));
            publish(switch (own.nextInt(4)) {
                case 0 -> event.to(reader.session());
                case 1 -> event.to(reader.owner());
                default -> event;
            }, own);
            if (own.nextInt(4) == 0) Thread.yield();
        }
    }

    private void publish(Event event, Random own) {
        published.put(any(own).broadcaster().publish(event), event);
    }

    private SeamContract.Replica any(Random own) {
        return replicas.get(own.nextInt(replicas.size()));
    }

    /// Opens stream after stream, each resuming after the last complete event, until the last event arrives. An abandoned stream either
    /// breaks immediately, or stays open until the next one takes over, like one on a half-open connection.
    private List<Part> read(Reader reader, EventId start, Random own) throws Exception {
        var parts = new ArrayList<Part>();
        var left = new ArrayList<Future<StreamEnd>>();
        for (var position = start; ; position = parts.getLast().end()) {
            var body = new Cut(own.nextInt(MAX_TAKEN), own.nextBoolean());
            var stream = open(SeamRequest.get(reader.session(), reader.name(), position), own);
            var end = CompletableFuture.supplyAsync(() -> stream.writeTo(body), threads);
            CompletableFuture.anyOf(end, body.cut).get();
            parts.add(body.taken(position));
            if (body.isAtTheLast()) break;
            if (body.staysOpen) left.add(end);
            else assertEquals(StreamEnd.CLIENT_GONE, end.get());
        }
        for (var end : left) assertEquals(StreamEnd.TAKEN_OVER, end.get());
        return parts;
    }

    private EventStream open(Request request, Random own) throws Exception {
        while (!Thread.interrupted()) { // an abandoned run would retry endlessly
            switch (any(own).handler().decide(request)) {
                case Decision.Stream(_, var stream) -> {
                    return stream;
                }
                case Decision.Reply(var status, _, _) -> assertEquals(503, status); // too busy: try again
                case Decision.Forward _ -> throw new AssertionError("not a call");
            }
        }
        throw new InterruptedException();
    }

    List<EventId> wantedBy(Reader reader) {
        return published.entrySet().stream().filter(one -> reader.wants(one.getValue())).map(Map.Entry::getKey)
                .sorted(IN_ORDER).toList();
    }

    /// Checks that the client received every event it wanted, once and in order, and that no stream reported a loss.
    void requireComplete(Reader reader, List<Part> parts) {
        var seen = parts.stream().flatMap(part -> part.events().stream()).toList();
        var wanted = wantedBy(reader);
        var sound = 0;
        while (sound < Math.min(seen.size(), wanted.size()) && seen.get(sound).equals(wanted.get(sound))) sound++;
        if (sound == seen.size() && sound == wanted.size() && parts.stream().allMatch(part -> part.missed() == 0)) return;
        var due = wanted.stream().skip(sound).findFirst().orElse(null);
        fail("what came differs at " + due + ", " + published.get(due) + ", in " + parts.stream()
                .filter(part -> part.missed() > 0 || due != null && part.end().sequence() + 50 > due.sequence()).limit(4).toList()
                + ", " + this);
    }

    /// Checks that each stream resumes after its position, and reports at least as many losses as there are up to its cut.
    ///
    /// @return how many events were lost
    long requireTold(Reader reader, List<Part> parts) {
        var wanted = wantedBy(reader);
        var lost = 0L;
        for (var part : parts) {
            var due = wanted.stream()
                    .filter(id -> part.behind().sequence() < id.sequence() && id.sequence() <= part.end().sequence()).toList();
            var missing = new ArrayList<>(due);
            missing.removeAll(part.events());
            assertEquals(due.size() - missing.size(), part.events().size(), () -> "wanted, and each once: " + part + ", " + this);
            assertEquals(part.events().stream().sorted(IN_ORDER).toList(), part.events(), () -> "in order, " + this);
            assertTrue(missing.size() <= part.missed(), () -> missing.size() + " are gone: " + part + ", " + this);
            lost += missing.size();
        }
        assertEquals(wanted.getLast(), parts.getLast().end(), "the last event came");
        return lost;
    }

    @Override
    public String toString() {
        return "seed " + seed;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /// A body whose client reads a number of bytes, or up to the last event. Then it breaks, or stays open while the client reads nothing
    /// more.
    private static final class Cut extends OutputStream {

        final CompletableFuture<Void> cut = new CompletableFuture<>();
        final boolean staysOpen;
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int most;

        Cut(int most, boolean staysOpen) {
            this.most = most;
            this.staysOpen = staysOpen;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            if (cut.isDone()) return;
            var fits = Math.min(length, most - taken.size());
            taken.write(bytes, from, fits);
            if (fits < length) cut();
        }

        @Override
        public synchronized void flush() throws IOException {
            if (isAtTheLast()) cut();
        }

        private void cut() throws IOException {
            cut.complete(null);
            if (!staysOpen || isAtTheLast()) throw new IOException("cut off");
        }

        synchronized boolean isAtTheLast() {
            return taken.toString(UTF_8).endsWith("\"" + LAST + "\",\"params\":{}}\n\n");
        }

        synchronized Part taken(EventId behind) {
            var text = taken.toString(UTF_8);
            return new Part(behind, EVENT.matcher(text).results().map(match -> EventId.parse(match.group(1)).orElseThrow()).toList(),
                    LAGGED.matcher(text).results().mapToLong(match -> Long.parseLong(match.group(1))).sum());
        }
    }
}
