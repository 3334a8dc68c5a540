package dev.mcpsession.http;

import static dev.mcpsession.http.TestRequest.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.BroadcasterOptions;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that are cut off at any byte and come back, while publishers go on: what they have seen in the end, all streams of one
/// client put together.
@Timeout(120)
class SeamTest {

    private static final int CLIENTS = 200;
    private static final int OWNERS = 20;
    private static final int PUBLISHERS = 4;
    private static final int EVENTS = 300; // of each publisher
    private static final int MAX_TAKEN = 3_000; // bytes of one stream, some 25 events
    private static final String LAST = "test/last";
    private static final Comparator<EventId> IN_ORDER = Comparator.comparingLong(EventId::sequence);
    private static final Pattern EVENT = Pattern.compile("id: (\\S+)\ndata: \\S+\n\n");
    private static final Pattern LAGGED = Pattern.compile(": lagged, (\\d+) events missed\n\n");

    private static final Pattern FOR = Pattern.compile("\"method\":\"for/([^\"]*)\"");

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<EventId, Event> published = new ConcurrentHashMap<>();
    private final long seed = System.nanoTime();
    private Endpoint endpoint;

    private record Client(String name, SessionId session) {

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

        TestRequest reading(EventId behind) {
            return get().within(session).by(name).with(McpHeaders.LAST_EVENT_ID, behind.toString());
        }
    }

    /// What one stream brought whole.
    ///
    /// @param behind where it was to begin
    /// @param events what came
    /// @param missed how many it said are gone
    private record Part(EventId behind, List<EventId> events, long missed) {

        EventId end() {
            return events.isEmpty() ? behind : events.getLast();
        }
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        endpoint.close();
    }

    private List<Client> open(int ringEntries, int clients) {
        endpoint = new Endpoint(Endpoint.POLICY, BroadcasterOptions.DEFAULT.withRing(ringEntries, 64L << 20), builder -> builder);
        return IntStream.range(0, clients).mapToObj(n -> "owner" + n % OWNERS).map(name -> new Client(name, endpoint.used(name))).toList();
    }

    private Map<Client, List<Part>> seenBy(List<Client> clients) throws Exception {
        var start = endpoint.position();
        var reading = new ArrayList<Future<List<Part>>>();
        for (var client : clients) {
            var own = new Random(seed + reading.size());
            reading.add(threads.submit(() -> read(client, start, own)));
        }
        var publishing = IntStream.range(0, PUBLISHERS).<Future<?>>mapToObj(n -> threads.submit(() -> publish(clients, n))).toList();
        for (var publisher : publishing) publisher.get();

        publish(Event.of(LAST));

        var seen = new LinkedHashMap<Client, List<Part>>();
        for (var n = 0; n < clients.size(); n++) seen.put(clients.get(n), reading.get(n).get());
        return seen;
    }

    private void publish(List<Client> clients, int publisher) {
        var own = new Random(seed - publisher - 1);
        for (var n = 0; n < EVENTS; n++) {
            var event = Event.of("test/" + publisher + "/" + n);
            var client = clients.get(own.nextInt(clients.size()));
            publish(switch (own.nextInt(4)) {
                case 0 -> event.to(client.session());
                case 1 -> event.to(client.owner());
                default -> event;
            });
            if (own.nextInt(4) == 0) Thread.yield();
        }
    }

    private void publish(Event event) {
        published.put(endpoint.broadcaster.publish(event), event);
    }

    /// Opens stream after stream, each behind the last event that was taken whole, until the last one is there.
    private List<Part> read(Client client, EventId start, Random own) {
        var parts = new ArrayList<Part>();
        for (var position = start; ; position = parts.getLast().end()) {
            var body = new Cut(own.nextInt(MAX_TAKEN));
            assertEquals(StreamEnd.CLIENT_GONE, endpoint.stream(client.reading(position)).stream().writeTo(body));
            parts.add(body.taken(position));
            if (body.isAtTheLast()) return parts;
        }
    }

    private List<EventId> wantedBy(Client client) {
        return published.entrySet().stream().filter(one -> client.wants(one.getValue())).map(Map.Entry::getKey)
                .sorted(IN_ORDER).toList();
    }

    @Test
    void get_cutAtAnyByteWhilePublishersRun_isCompleteAndInOrder() throws Exception {
        var seen = seenBy(open(4_096, CLIENTS));

        seen.forEach((client, parts) -> {
            assertEquals(wantedBy(client), parts.stream().flatMap(part -> part.events().stream()).toList(), () -> "seed " + seed);
            assertTrue(parts.stream().allMatch(part -> part.missed() == 0), () -> "nothing was lost, seed " + seed);
        });
    }

    @Test
    void get_cutAtAnyByteOnASmallLog_isInOrderAndToldOfEveryLoss() throws Exception {
        var seen = seenBy(open(32, CLIENTS));

        var lost = 0L;
        for (var one : seen.entrySet()) lost += requireTold(wantedBy(one.getKey()), one.getValue());
        assertTrue(lost > CLIENTS, "the log was small enough: " + lost);
    }

    /// Each stream goes on behind its position, and says that at least so many are gone as are gone up to where it was cut.
    private long requireTold(List<EventId> wanted, List<Part> parts) {
        var lost = 0L;
        for (var part : parts) {
            var due = wanted.stream().filter(id -> part.behind().sequence() < id.sequence() && id.sequence() <= part.end().sequence()).toList();
            var missing = new ArrayList<>(due);
            missing.removeAll(part.events());
            assertEquals(due.size() - missing.size(), part.events().size(), () -> "wanted, and each once: " + part + ", seed " + seed);
            assertEquals(part.events().stream().sorted(IN_ORDER).toList(), part.events(), () -> "in order, seed " + seed);
            assertTrue(missing.size() <= part.missed(), () -> missing.size() + " are gone: " + part + ", seed " + seed);
            lost += missing.size();
        }
        assertEquals(wanted.getLast(), parts.getLast().end(), "the last event came");
        return lost;
    }

    /// Events for each of 1,000 sessions and for their owners: whatever position a session comes back with, be it another's, gone
    /// or made up.
    @ParameterizedTest
    @ValueSource(ints = {4_096, 128})
    void get_anyPosition_replaysNothingThatIsForAnotherSession(int ringEntries) {
        var clients = open(ringEntries, 1_000);
        var random = new Random(seed);
        var positions = new ArrayList<>(List.of(endpoint.position(), new EventId("abc", 5)));
        for (var n = 0; n < 3_000; n++) {
            var client = clients.get(n / 3);
            positions.add(endpoint.broadcaster.publish(switch (n % 3) {
                case 0 -> Event.of("for/" + client.session().value()).to(client.session());
                case 1 -> Event.of("for/" + client.name()).to(client.owner());
                default -> Event.of("for/all");
            }));
        }

        for (var client : clients) {
            var position = positions.get(random.nextInt(positions.size()));
            var stream = endpoint.stream(client.reading(position));
            endpoint.end(client.session());
            var addressees = FOR.matcher(endpoint.written(stream).text()).results().map(match -> match.group(1)).collect(Collectors.toSet());
            addressees.removeAll(Set.of("all", client.session().value(), client.name()));
            assertEquals(Set.of(), addressees, () -> "behind " + position + ", seed " + seed);
        }
    }

    /// A body that breaks after some bytes, or when the last event is there.
    private static final class Cut extends OutputStream {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int most;

        Cut(int most) {
            this.most = most;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            var fits = Math.min(length, most - taken.size());
            taken.write(bytes, from, fits);
            if (fits < length) throw new IOException("cut off");
        }

        @Override
        public void flush() throws IOException {
            if (isAtTheLast()) throw new IOException("there is no more");
        }

        boolean isAtTheLast() {
            return taken.toString(UTF_8).endsWith("\"" + LAST + "\",\"params\":{}}\n\n");
        }

        Part taken(EventId behind) {
            var text = taken.toString(UTF_8);
            return new Part(behind, EVENT.matcher(text).results().map(match -> EventId.parse(match.group(1)).orElseThrow()).toList(),
                    LAGGED.matcher(text).results().mapToLong(match -> Long.parseLong(match.group(1))).sum());
        }
    }
}
