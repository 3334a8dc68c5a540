package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.listen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import org.junit.jupiter.params.provider.EnumSource;

/// The bytes of whole streams, read by a parser that accepts no more than the least tolerant of the clients in use.
@Timeout(30)
class StreamBytesTest {

    private static final String TOOLS = "notifications/tools/list_changed";
    private static final Pattern RETRY = Pattern.compile("retry: ([0-9]+)");

    private final Endpoint endpoint = new Endpoint(Endpoint.POLICY,
            BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).heartbeat(Duration.ofMillis(8)).build(), builder -> builder);

    @AfterEach
    void close() {
        endpoint.close();
    }

    /// The kinds of streams.
    private enum Kind {
        LISTEN, OLD_SESSION, SESSION;

        Decision.Stream open(Endpoint endpoint) {
            return endpoint.stream(switch (this) {
                case LISTEN -> listen("1", "{\"toolsListChanged\":true}").by(ALICE);
                case OLD_SESSION -> get().within(endpoint.used(ALICE)).by(ALICE).with(McpHeaders.PROTOCOL_VERSION, "2025-06-18");
                case SESSION -> get().within(endpoint.used(ALICE)).by(ALICE).with(McpHeaders.PROTOCOL_VERSION, "2025-11-25");
            });
        }
    }

    /// What a client understands that drops what it does not expect.
    ///
    /// @param messages the data of events of the type `message`
    /// @param comments the comments
    /// @param retries  the reconnection delays of the last block
    private record Understood(List<String> messages, List<String> comments, List<String> retries) {

        static Understood of(String text) {
            assertTrue(text.endsWith("\n"), text);
            var understood = new Understood(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            var blocks = text.substring(0, text.endsWith("\n\n") ? text.length() - 2 : text.length() - 1).split("\n\n", -1);
            for (var n = 0; n < blocks.length; n++) understood.read(blocks[n], n == 0, n == blocks.length - 1);
            return understood;
        }

        private void read(String block, boolean isFirst, boolean isLast) {
            var fields = Stream.of(block.split("\n")).filter(line -> !line.startsWith(":")).toList();
            Stream.of(block.split("\n")).filter(line -> line.startsWith(":")).forEach(comments::add);
            assertTrue(isFirst || isLast || !fields.isEmpty(), () -> "an empty event is dispatched: " + block);
            if (fields.size() == 1 && RETRY.matcher(fields.getFirst()).matches()) {
                assertTrue(isLast, () -> "retry must stand directly before the end: " + block);
                retries.add(fields.getFirst());
            } else if (!fields.isEmpty()) {
                readEvent(fields);
            }
        }

        private void readEvent(List<String> fields) {
            var isNumbered = fields.getFirst().matches("id: mcps-[0-9a-f]+-[0-9]+(-[0-9a-f]+)?");
            var rest = isNumbered ? fields.subList(1, fields.size()) : fields;
            if (isNumbered && rest.equals(List.of("data:"))) return;
            assertEquals(2, rest.size(), fields::toString);
            assertEquals("event: message", rest.getFirst());
            assertTrue(rest.getLast().startsWith("data: "), fields::toString);
            messages.add(rest.getLast().substring("data: ".length()));
        }
    }

    /// Reads a stream for some heartbeats, and ends it.
    private static String beaten(Decision.Stream stream, int beats) {
        var out = new ByteArrayOutputStream() {
            private int flushes;

            @Override
            public void flush() {
                if (++flushes == beats) stream.stream().end(StreamEnd.DRAINED);
            }
        };
        stream.stream().writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void writeTo_eventsLossAndSilence_areUnderstoodByTheLeastTolerantClient(Kind kind) {
        var stream = kind.open(endpoint);
        for (var n = 0; n < 10; n++) endpoint.broadcaster.publish(Event.of("m" + n));
        endpoint.broadcaster.publish(Event.of(TOOLS, Json.obj().with("text", "a\n\ndata: b\r\n: c")));

        var understood = Understood.of(beaten(stream, 6));

        assertEquals(1, understood.messages().stream().filter(message -> message.contains(TOOLS)).count());
        for (var message : understood.messages()) Json.parse(message);
        assertTrue(understood.comments().contains(": keep-alive"));
        assertEquals(kind == Kind.LISTEN ? 0 : 1, understood.retries().size());
    }

    @Test
    void writeTo_session_isTheseBytes() {
        var stream = Kind.SESSION.open(endpoint);
        var id = endpoint.broadcaster.publish(Event.of(TOOLS));

        var text = beaten(stream, 4).replaceFirst("(?<=0-)[0-9a-f]+\n", "tail\n").replaceFirst("[0-9]+\n\n$", "millis\n\n");

        assertEquals(": connected\n\nid: mcps-" + id.epoch() + "-0-tail\ndata:\n\nid: " + id + "\nevent: message\n"
                + "data: {\"jsonrpc\":\"2.0\",\"method\":\"" + TOOLS + "\",\"params\":{}}\n\n: keep-alive\n: keep-alive\nretry: millis\n\n", text);
    }

    @ParameterizedTest
    @CsvSource({"DRAINED, 500, 2500", "MAX_AGE, 500, 2500", "OWNER_LIMIT, 500, 2500", "TAKEN_OVER, 5000, 15000"})
    void end_byChoiceOfTheServer_tellsWhenToComeBack(StreamEnd end, int min, int max) throws Exception {
        var writer = new SessionStreamWriter(SessionId.random(), List::of, Optional.empty(), endpoint.position(), true);
        for (var n = 0; n < 1_000; n++) {
            var out = new ByteArrayOutputStream();
            writer.end(end, out);

            var retry = RETRY.matcher(out.toString(StandardCharsets.UTF_8).strip());
            assertTrue(retry.matches());
            var millis = Integer.parseInt(retry.group(1));
            assertTrue(millis >= min && millis < max, retry::group);
        }
    }

    @Test
    void writeTo_takenOver_tellsToComeBackLaterThanAfterADrain() {
        var id = endpoint.used(ALICE);
        var older = endpoint.stream(get().within(id).by(ALICE));
        var newer = endpoint.stream(get().within(id).by(ALICE));

        var written = endpoint.written(older);

        assertEquals(StreamEnd.TAKEN_OVER, written.end());
        var retry = RETRY.matcher(Understood.of(written.text()).retries().getLast());
        assertTrue(retry.matches());
        assertTrue(Integer.parseInt(retry.group(1)) >= 5_000, written::text);
        newer.stream().close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.INCLUDE, names = {"SESSION", "OLD_SESSION"})
    void writeTo_sessionEnded_tellsNothingOfComingBack(Kind kind) {
        var stream = kind.open(endpoint);
        var id = stream.stream().session().orElseThrow();
        endpoint.end(id);

        assertFalse(endpoint.written(stream).text().contains("retry"));
    }
}
