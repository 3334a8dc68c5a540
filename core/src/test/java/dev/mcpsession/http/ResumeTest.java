package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.initialize;
import static dev.mcpsession.http.TestRequest.post;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a session's stream begins, which position its client receives, and what follows when it resumes there.
@Timeout(30)
class ResumeTest {

    // Any signal may be lost; the one that is known heals the loss besides.
    private static final List<String> ONE_OF_EACH = List.of("notifications/prompts/list_changed", "notifications/resources/list_changed",
            "notifications/tools/list_changed");
    private static final List<String> HEALED = Stream.concat(ONE_OF_EACH.stream(), Stream.of("notifications/tools/list_changed")).toList();

    private static final Pattern PRIMED = Pattern.compile("(?m)^id: (mcps-[0-9a-f]+-[0-9]+-[0-9a-f]+)\ndata:\n\n");
    private static final Pattern ID = Pattern.compile("(?m)^id: (.*)$");
    private static final Pattern METHOD = Pattern.compile("\"method\":\"([^\"]*)\"");

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    private SessionId asking(String version) {
        var request = post(initialize("1", TestRequest.PARAMS.replace("2025-11-25", version))).by(ALICE);
        var forward = endpoint.forward(request);
        forward.completed(200);
        return forward.session().orElseThrow().id();
    }

    private static TestRequest reading(SessionId id) {
        return get().within(id).by(ALICE);
    }

    private static TestRequest reading(SessionId id, EventId last) {
        return reading(id).with(McpHeaders.LAST_EVENT_ID, last.toString());
    }

    /// {@return what the client sees of a stream that is cut off now}
    private static String cutOff(Decision.Stream stream) {
        stream.stream().end(StreamEnd.DRAINED);
        var out = new ByteArrayOutputStream();
        stream.stream().writeTo(out);
        return out.toString(UTF_8);
    }

    /// {@return what the session's stream writes until the session ends}
    private String toItsEnd(SessionId id, Decision.Stream stream) {
        endpoint.end(id);
        return endpoint.written(stream).text();
    }

    private static Optional<EventId> primedAt(String text) {
        var match = PRIMED.matcher(text);
        return match.find() ? EventId.parse(match.group(1)) : Optional.empty();
    }

    private static List<String> methods(String text) {
        return METHOD.matcher(text).results().map(match -> match.group(1)).toList();
    }

    @ParameterizedTest(name = "asked for {0}, says {1}: {2}")
    @CsvSource(nullValues = "-", textBlock = """
            2025-11-25, -,          true
            2025-11-25, 2025-11-25, true
            2025-06-18, 2025-11-25, true
            2025-11-25, 2025-06-18, false
            2025-11-25, 2025-03-26, false
            2025-06-18, -,          false
            2025-03-26, -,          false
            2024-11-05, -,          false
            nonsense,   -,          false
            2024-11-05, 2025-11-25, true
            """)
    void get_eachRevision_primesThoseThatUnderstandIt(String asked, String says, boolean primed) {
        var id = asking(asked);
        var request = says == null ? reading(id) : reading(id).with(McpHeaders.PROTOCOL_VERSION, says);

        var text = toItsEnd(id, endpoint.stream(request));

        assertEquals(primed, primedAt(text).isPresent(), text);
        if (!primed) assertEquals(": connected\n\n", text);
    }

    @Test
    void get_beforeAnyEvent_canBeResumedWithoutLoss() {
        var id = asking("2025-11-25");
        endpoint.publish("before");
        var begun = primedAt(cutOff(endpoint.stream(reading(id)))).orElseThrow();
        assertEquals(endpoint.position(), begun);

        endpoint.publish("1");
        endpoint.broadcaster.publish(Event.of("2").to(id));
        endpoint.broadcaster.publish(Event.of("3").to(Owner.principal(ALICE)));
        endpoint.broadcaster.publish(Event.of("other").to(SessionId.random()));
        endpoint.broadcaster.publish(Event.of("other").to(Owner.principal("bob")));
        var resumed = endpoint.stream(reading(id, begun));
        endpoint.publish("4");

        var text = toItsEnd(id, resumed);
        assertEquals(List.of("1", "2", "3", "4"), methods(text));
        assertEquals(Optional.of(begun), primedAt(text));
        assertFalse(text.contains("lagged"));
    }

    @Test
    void get_cutOffAgainAndAgain_missesNothingAndRepeatsNothing() {
        var id = asking("2025-11-25");
        var seen = new ArrayList<String>();
        var expected = new ArrayList<String>();
        var position = primedAt(cutOff(endpoint.stream(reading(id)))).orElseThrow();

        for (var round = 0; round < 200; round++) {
            for (var n = 0; n < round % 4; n++) {
                var method = round + "/" + n;
                expected.add(method);
                endpoint.broadcaster.publish(n == 1 ? Event.of(method).to(id) : Event.of(method));
            }
            var stream = endpoint.stream(reading(id, position));
            if (round % 3 == 0) {
                stream.stream().close(); // cut off before anything was written
                continue;
            }
            var events = new Cut(Math.min(round % 5, expected.size() - seen.size())); // it would wait for more
            stream.stream().writeTo(events);
            seen.addAll(methods(events.text()));
            position = events.last().orElse(position);
        }
        seen.addAll(methods(toItsEnd(id, endpoint.stream(reading(id, position)))));

        assertEquals(expected, seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcps-abc-3", "mcps-0-0", "mcps-ffffffffffffffffffffffffffffffff-999999999999999999"})
    void get_afterAPositionOfAnotherEpoch_isToldAndHealed(String position) {
        var id = asking("2025-11-25");
        endpoint.publish("notifications/tools/list_changed");
        endpoint.broadcaster.publish(Event.of("other").to(SessionId.random()));

        var text = toItsEnd(id, endpoint.stream(reading(id).with(McpHeaders.LAST_EVENT_ID, position)));

        assertTrue(text.contains("\n\n: lagged, "), text);
        assertEquals(HEALED, methods(text));
    }

    /// Numbers of the same epoch are lost, as when rows were deleted that this replica had not read.
    @Test
    void get_healedWithinTheEpoch_resumesBehindIt() {
        var id = asking("2025-11-25");
        var start = primedAt(cutOff(endpoint.stream(reading(id)))).orElseThrow();
        endpoint.publish("notifications/tools/list_changed");
        for (var n = 0; n < 5; n++) endpoint.publish("m" + n);
        var seen = new Cut(6);
        endpoint.stream(reading(id, start)).stream().writeTo(seen);
        var before = seen.last().orElseThrow();
        new LogFeed(endpoint.broadcaster).reset(new EventId(before.epoch(), before.sequence() + 2));

        var healed = new Cut(HEALED.size());
        endpoint.stream(reading(id, before)).stream().writeTo(healed);
        var after = healed.last().orElse(before);
        endpoint.publish("later");

        assertTrue(healed.text().contains(": lagged, "), healed.text());
        assertEquals(HEALED, methods(healed.text()));
        assertTrue(after.isAfter(before), after + " after " + before);
        assertEquals(List.of("later"), methods(toItsEnd(id, endpoint.stream(reading(id, after)))));
    }

    @Test
    void get_afterAPositionThatIsGone_isToldAndHealed() {
        try (var small = new Endpoint(Endpoint.POLICY, BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).build(), b -> b)) {
            var id = small.used(ALICE);
            var position = small.position();
            small.publish("notifications/tools/list_changed");
            for (var n = 0; n < 10; n++) small.broadcaster.publish(Event.of("other").to(SessionId.random()));
            for (var n = 0; n < 10; n++) small.publish("m" + n);

            var stream = small.stream(reading(id, position));
            small.end(id);
            var text = small.written(stream).text();

            assertTrue(text.contains("\n\n: lagged, "), text);
            assertEquals(List.of("notifications/tools/list_changed", "m6", "m7", "m8", "m9"), methods(text));
        }
    }

    @Test
    void get_againAndAgain_repeatsNoIdOfAnEarlierStream() {
        var id = asking("2025-11-25");
        var ids = new ArrayList<String>();

        for (var round = 0; round < 40; round++) {
            if (round % 2 == 0) endpoint.publish("m");
            var stream = endpoint.stream(round % 4 < 2 ? reading(id) : reading(id).with(McpHeaders.LAST_EVENT_ID, ids.getLast()));
            if (round % 3 == 0) endpoint.publish("n");
            endpoint.broadcaster.subscribe(EventFilter.of(id, Owner.principal(ALICE)), Start.now()).close(); // ends it after what was published
            ids.addAll(ids(endpoint.written(stream).text()));
        }

        assertTrue(ids.size() > 60, ids::toString);
        assertEquals(ids.size(), ids.stream().distinct().count(), ids::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcps-abc-3", "mcps-ffffffffffffffffffffffffffffffff-999999999999999999"})
    void get_afterAPositionOfAnotherEpoch_isPrimedWithOneOfThisEpochOnceHealed(String foreign) throws IOException {
        var id = asking("2025-11-25");
        endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed"));
        endpoint.broadcaster.publish(Event.of("other").to(SessionId.random()));

        var text = silent(endpoint.stream(reading(id).with(McpHeaders.LAST_EVENT_ID, foreign)));

        assertEquals(endpoint.position(), primedAt(text).orElseThrow());
        assertTrue(text.indexOf("list_changed") < text.lastIndexOf("\nid: "), text);
        assertFalse(text.contains(foreign), text);
        var resumed = toItsEnd(id, endpoint.stream(reading(id, primedAt(text).orElseThrow())));
        assertEquals(List.of(), methods(resumed));
        assertFalse(resumed.contains("lagged"), resumed);
    }

    @Test
    void get_afterAPositionThatWasNeverGiven_isPrimedWithTheRealOneAtOnce() {
        var id = asking("2025-11-25");
        var position = endpoint.position();

        var text = cutOff(endpoint.stream(reading(id, new EventId(position.epoch(), 999))));

        assertEquals(Optional.of(position), primedAt(text), text);
        endpoint.publish("between");
        assertEquals(List.of("between"), methods(toItsEnd(id, endpoint.stream(reading(id, position)))));
    }

    @Test
    void get_afterAPositionThatIsGone_isPrimedUnlessSomethingNewerCame() throws IOException {
        try (var small = new Endpoint(Endpoint.POLICY, BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).build(), b -> b)) {
            var id = small.used(ALICE);
            var position = small.position();
            small.broadcaster.publish(Event.of("lost").to(id));
            for (var n = 0; n < 10; n++) small.broadcaster.publish(Event.of("other").to(SessionId.random()));
            assertEquals(List.of(position, small.position()), positions(silent(small.stream(reading(id, position)))));
            for (var n = 0; n < 10; n++) small.publish("m");

            var stream = small.stream(reading(id, position));
            small.publish("last");

            var text = silent(stream);
            assertEquals(Optional.of(position), primedAt(text), text);
            assertEquals(small.position().toString(), ids(text).getLast());
            assertEquals(1, PRIMED.matcher(text).results().count());
        }
    }

    /// As on a replica that has yet to read up to where the stream begins.
    @Test
    void writeTo_silentBeforeItIsHealed_isPrimedOnlyAfterThat() {
        var deliveries = new ArrayDeque<Delivery>(List.of(
                new Delivery.Idle(), new Delivery.Lagged(1, 1), new Delivery.Closed(Delivery.Cause.CANCELLED)));
        var subscription = new Subscription() {
            @Override
            public EventId start() {
                return new EventId("b", 0);
            }

            @Override
            public Delivery next() {
                return deliveries.remove();
            }

            @Override
            public Optional<Delivery> poll() {
                return Optional.empty();
            }

            @Override
            public void close() {}
        };
        var writer = new SessionStreamWriter(SessionId.random(), List::of, EventId.parse("mcps-abc-3"), new EventId("e", 5), true);
        var out = new ByteArrayOutputStream();

        var streams = new OpenStreams(Limits.DEFAULT, Duration.ZERO, false, new InFlight(), _ -> {}, () -> {});
        new EventStream(writer, Owner.anonymous(), subscription, SessionHolds.Hold.NONE, streams, streams.newDeadline()).writeTo(out);

        var text = out.toString(UTF_8);
        assertTrue(text.matches("(?s): connected\n\n: keep-alive\n: lagged, 1 events missed\nid: mcps-e-5-[0-9a-f]+\ndata:\n\n"), text);
    }

    @Test
    void get_cutOffBeforeItIsHealed_isHealedNextTime() throws IOException {
        var id = asking("2025-11-25");
        endpoint.publish("notifications/tools/list_changed");
        var taken = new Cut(0); // only the beginning
        endpoint.stream(reading(id).with(McpHeaders.LAST_EVENT_ID, "mcps-abc-3")).stream().writeTo(taken);
        assertEquals(Optional.empty(), taken.last());

        var text = silent(endpoint.stream(reading(id).with(McpHeaders.LAST_EVENT_ID, "mcps-abc-3")));

        assertEquals(HEALED, methods(text));
    }

    @Test
    void get_healedByAnOlderEvent_doesNotGoBack() {
        var id = asking("2025-11-25");
        var stream = endpoint.stream(reading(id));
        endpoint.publish("notifications/tools/list_changed");
        for (var n = 2; n < 8; n++) endpoint.publish("m" + n);
        var last = endpoint.position();
        new LogFeed(endpoint.broadcaster).reset(new EventId(last.epoch(), 20)); // events were lost up to there

        var text = toItsEnd(id, stream);

        assertEquals(3, methods(text).stream().filter("notifications/tools/list_changed"::equals).count(), text);
        assertEquals(last, positions(text).getLast());
        assertEquals(8, ids(text).size());
    }

    @Test
    void get_healedByAnEarlierEpoch_doesNotGoBack() {
        var id = asking("2025-11-25");
        var stream = endpoint.stream(reading(id));
        endpoint.publish("notifications/tools/list_changed");
        new LogFeed(endpoint.broadcaster).reset(new EventId("b", 0));
        for (var n = 0; n < 5; n++) endpoint.publish("m" + n);
        var last = endpoint.position();
        new LogFeed(endpoint.broadcaster).reset(new EventId("c", 0));

        var text = toItsEnd(id, stream);

        assertEquals(5, methods(text).stream().filter("notifications/tools/list_changed"::equals).count(), text);
        assertEquals(last, positions(text).getLast(), text);
    }

    /// As when a server is connected to the old primary again.
    @Test
    void get_epochComesBack_goesOnInIt() {
        var id = asking("2025-11-25");
        var stream = endpoint.stream(reading(id));
        var first = endpoint.broadcaster.publish(Event.of("m0"));
        new LogFeed(endpoint.broadcaster).reset(new EventId("b", 0));
        endpoint.publish("m1");
        new LogFeed(endpoint.broadcaster).reset(first);
        var last = endpoint.broadcaster.publish(Event.of("m2"));

        var text = toItsEnd(id, stream);

        assertEquals(List.of("m0", "m1", "m2"), methods(text).stream().filter(method -> method.startsWith("m")).toList());
        assertEquals(2 * ONE_OF_EACH.size(), methods(text).stream().filter(ONE_OF_EACH::contains).count());
        assertEquals(last, positions(text).getLast(), text);
    }

    private static List<EventId> positions(String text) {
        return ids(text).stream().map(id -> EventId.parse(id).orElseThrow()).toList();
    }

    private static List<String> ids(String text) {
        return ID.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /// {@return what a stream writes until nothing more is there}
    private static String silent(Decision.Stream stream) throws IOException {
        var out = new ByteArrayOutputStream() {
            private int flushes;

            @Override
            public void flush() {
                if (++flushes == 2) stream.stream().end(StreamEnd.DRAINED); // the beginning, and all that was there
            }
        };
        stream.stream().writeTo(out);
        return out.toString(UTF_8);
    }

    /// A body that breaks after some events.
    private static final class Cut extends OutputStream {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int events;
        private int written;

        Cut(int events) {
            this.events = events;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (new String(bytes, from, length, UTF_8).contains("event: message") && ++written > events) throw new IOException("cut off");
            taken.write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            if (written >= events) throw new IOException("cut off");
        }

        /// {@return what arrived whole; the rest is no event yet}
        String text() {
            var text = taken.toString(UTF_8);
            return text.substring(0, text.lastIndexOf("\n\n") + 2);
        }

        Optional<EventId> last() {
            return ids(text()).stream().reduce((_, id) -> id).flatMap(EventId::parse);
        }
    }

    @Test
    void decide_eventIdOfAnotherServerWithoutStreamsOfTheApplication_healsAndGoesOn() {
        try (var library = new Endpoint(builder -> builder.applicationStreams(false))) {
            var id = library.used(ALICE);
            library.publish("notifications/tools/list_changed");
            var stream = library.stream(get().within(id).by(ALICE).with(McpHeaders.LAST_EVENT_ID, "another server's, 7"));
            library.end(id);

            assertTrue(library.written(stream).text().contains("notifications/tools/list_changed"));
        }
    }
}
