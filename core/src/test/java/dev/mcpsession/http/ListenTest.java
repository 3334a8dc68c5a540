package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.BOB;
import static dev.mcpsession.http.Endpoint.POLICY;
import static dev.mcpsession.http.TestRequest.listen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The streams of `subscriptions/listen`.
@Timeout(30)
class ListenTest {

    private static final String TYPE = "event: message\ndata: ";
    private static final String TAG = "io.modelcontextprotocol/subscriptionId";
    private static final String TOOLS = "notifications/tools/list_changed";
    private static final String PROMPTS = "notifications/prompts/list_changed";
    private static final String RESOURCES = "notifications/resources/list_changed";
    private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
    private static final String ASK_FOR_TOOLS = "{\"toolsListChanged\":true}";
    private static final String ASK_FOR_ALL = "{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true,"
            + "\"resourceSubscriptions\":[\"a\",\"b\"]}";

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    private static Event updated(String uri) {
        return Event.of("notifications/resources/updated", Json.obj().with("uri", uri));
    }

    /// {@return what a stream writes if it is drained once nothing more is there; no other stream is being written}
    private static List<Json.Obj> drained(Endpoint endpoint, Decision.Stream stream) {
        var written = new CompletableFuture<Endpoint.Written>();
        Thread.ofVirtual().start(() -> written.complete(endpoint.written(stream)));
        Endpoint.await(() -> endpoint.broadcaster.stats().waiting() == 1 || written.isDone());
        stream.stream().end(StreamEnd.DRAINED);
        return messages(written.join().text());
    }

    private List<Json.Obj> drained(Decision.Stream stream) {
        return drained(endpoint, stream);
    }

    /// {@return the messages of a stream: each is a frame with its type, one line of data and nothing else}
    private static List<Json.Obj> messages(String text) {
        var frames = text.isEmpty() ? new String[0] : text.split("\n\n");
        return Stream.of(frames).peek(frame -> assertTrue(frame.startsWith(TYPE) && !frame.substring(TYPE.length()).contains("\n"), frame))
                .map(frame -> (Json.Obj) Json.parse(frame.substring(TYPE.length()))).toList();
    }

    /// {@return the methods of a stream's messages, without results}
    private static List<String> methods(List<Json.Obj> messages) {
        return messages.stream().map(message -> message.string("method")
                .map(method -> method + message.object("params").flatMap(params -> params.string("uri")).map(uri -> " " + uri).orElse(""))
                .orElse("result")).toList();
    }

    private static Json tag(Json.Obj message) {
        return message.object("params").or(() -> message.object("result"))
                .flatMap(content -> content.object("_meta")).flatMap(meta -> meta.get(TAG)).orElseThrow();
    }

    @Test
    void decide_listenThatAcceptsNoEventStream_isNotAcceptable() {
        for (var accept : List.of("application/json", "text/event-stream;q=0, */*")) {
            var reply = endpoint.reply(listen("1", ASK_FOR_TOOLS).replacing("Accept", accept));

            assertEquals(406, reply.status());
            assertEquals(Optional.of(Json.Num.of(1)), Endpoint.body(reply).get("id"));
        }
        endpoint.stream(listen("1", ASK_FOR_TOOLS).without("Accept")).stream().close();
    }

    @Test
    void decide_listen_hasTheHeadersOfAnEventStreamAndNoSession() {
        var stream = endpoint.stream(listen("1", ASK_FOR_TOOLS).by(ALICE).within(endpoint.used(ALICE)));

        assertEquals(Map.of("Content-Type", "text/event-stream", "Cache-Control", "no-cache", "X-Accel-Buffering", "no", "Vary", "Origin"),
                stream.headers());
        assertEquals(1, endpoint.handler.stats().streams().open());
        assertEquals(1, endpoint.handler.stats().underWay());
        stream.stream().close();
        endpoint.assertNothingUnderWay();
    }

    @Test
    void listen_first_isAcknowledgedWithWhatIsGranted() {
        endpoint.publish(TOOLS);
        var stream = endpoint.stream(listen("\"l\"", "{\"toolsListChanged\":true,\"promptsListChanged\":false,\"unknown\":1,"
                + "\"resourceSubscriptions\":[\"a\",\"a\"]}").by(ALICE));

        var first = drained(stream).getFirst();

        assertEquals(Json.parse("{\"jsonrpc\":\"2.0\",\"method\":\"" + ACKNOWLEDGED + "\",\"params\":{\"_meta\":{\"" + TAG
                + "\":\"l\"},\"notifications\":{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a\"]}}}"), first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "-7", "9007199254740993", "1.50", "1e3", "-0", "\"1\"", "\"\"", "\"a\\\"\\n\\u2028ä\""})
    void listen_everyMessage_carriesTheRequestsIdToTheLetter(String id) {
        var stream = endpoint.stream(listen(id, ASK_FOR_ALL).by(ALICE));
        endpoint.publish(TOOLS);
        endpoint.broadcaster.publish(updated("a"));
        endpoint.broadcaster.publish(Event.of(PROMPTS, Json.obj().with("_meta", Json.obj().with("k", 1)).with("x", 2)));

        var messages = drained(stream);

        assertEquals(List.of(ACKNOWLEDGED, TOOLS, "notifications/resources/updated a", PROMPTS, "result"), methods(messages));
        for (var message : messages) assertEquals(Json.parse(id), tag(message));
        assertEquals(Optional.of(Json.parse(id)), messages.getLast().get("id"));
        assertEquals(Json.parse("{\"_meta\":{\"" + TAG + "\":" + id + ",\"k\":1},\"x\":2}"), messages.get(3).get("params").orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                       | ``
            `{"toolsListChanged":true}`              | TOOLS
            `{"promptsListChanged":true}`            | PROMPTS
            `{"resourcesListChanged":true}`          | RESOURCES
            `{"resourceSubscriptions":["a"]}`        | a
            `{"resourceSubscriptions":["b","c"]}`    | b c
            `{"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":true,"resourceSubscriptions":["a","c"]}` | \
            TOOLS PROMPTS RESOURCES a c
            """)
    void listen_thisAndThat_getsNothingElse(String asked, String got) {
        var stream = endpoint.stream(listen("1", asked).by(ALICE));
        for (var method : List.of(TOOLS, "notifications/message", PROMPTS, RESOURCES, "notifications/roots/list_changed")) endpoint.publish(method);
        for (var uri : List.of("a", "b", "c", "")) endpoint.broadcaster.publish(updated(uri));
        endpoint.broadcaster.publish(Event.of("notifications/resources/updated"));
        endpoint.broadcaster.publish(Event.of(TOOLS).to(SessionId.random()));
        endpoint.broadcaster.publish(Event.of(TOOLS).to(Owner.principal(BOB)));
        endpoint.broadcaster.publish(updated("a").to(Owner.principal(BOB)));
        endpoint.broadcaster.publish(Event.of("notifications/message").to(Owner.principal(ALICE)));

        var expected = new ArrayList<>(List.of(ACKNOWLEDGED));
        var names = Map.of("TOOLS", TOOLS, "PROMPTS", PROMPTS, "RESOURCES", RESOURCES);
        if (got != null) for (var name : got.split(" ")) if (!name.isEmpty()) {
            expected.add(names.getOrDefault(name, "notifications/resources/updated " + name));
        }
        expected.add("result");
        assertEquals(expected, methods(drained(stream)));
    }

    @Test
    void listen_addressedToItsOwner_getsWhatItAskedFor() {
        var alices = endpoint.stream(listen("1", ASK_FOR_TOOLS).by(ALICE));
        var bobs = endpoint.stream(listen("1", ASK_FOR_ALL).by(BOB));
        var nobodys = endpoint.stream(listen("1", ASK_FOR_ALL));

        endpoint.broadcaster.publish(Event.of(TOOLS).to(Owner.principal(ALICE)));
        endpoint.broadcaster.publish(Event.of(PROMPTS).to(Owner.principal(ALICE)));
        endpoint.broadcaster.publish(updated("a").to(Owner.principal(ALICE)));

        assertEquals(List.of(ACKNOWLEDGED, TOOLS, "result"), methods(drained(alices)));
        assertEquals(List.of(ACKNOWLEDGED, "result"), methods(drained(bobs)));
        assertEquals(List.of(ACKNOWLEDGED, "result"), methods(drained(nobodys)));
    }

    @Test
    void listen_declaredTopic_getsWhatItAskedFor() {
        var tasks = new Topic("taskIds", "notifications/tasks", "taskId");
        try (var extended = new Endpoint(b -> b.topic(tasks, (owner, _) -> owner.equals(Owner.principal(ALICE))))) {
            var session = extended.used(ALICE);
            var legacy = extended.stream(TestRequest.get().within(session).by(ALICE));
            extended.broadcaster.publish(Event.of(tasks, Json.obj().with("taskId", "1").with("n", 0)));
            var alices = extended.stream(listen("7", "{\"taskIds\":[\"1\",\"2\"]}").by(ALICE));
            var bobs = extended.stream(listen("8", "{\"taskIds\":[\"1\"],\"resourceSubscriptions\":[\"1\"]}").by(BOB));
            extended.broadcaster.publish(Event.of(tasks, Json.obj().with("taskId", "2")));
            extended.broadcaster.publish(Event.of(tasks, Json.obj().with("taskId", "3")));
            extended.broadcaster.publish(updated("1"));

            var messages = drained(extended, alices);
            assertEquals(List.of(ACKNOWLEDGED, tasks.method(), tasks.method(), "result"), methods(messages));
            assertEquals(Json.parse("{\"_meta\":{\"" + TAG + "\":7},\"notifications\":{\"taskIds\":[\"1\",\"2\"]}}"), messages.getFirst().get("params").orElseThrow());
            assertEquals(Json.parse("{\"_meta\":{\"" + TAG + "\":7},\"taskId\":\"1\",\"n\":0}"), messages.get(1).get("params").orElseThrow());
            assertEquals(List.of(ACKNOWLEDGED, "notifications/resources/updated 1", "result"), methods(drained(extended, bobs)));
            extended.end(session);
            assertFalse(extended.written(legacy).text().contains(tasks.method()));
        }
    }

    @Test
    void listen_whatTheApplicationHasNot_isNeitherGrantedNorSent() {
        try (var small = new Endpoint(b -> b.listChanges(Event.toolsChanged()).topic(Topic.RESOURCES, (_, uri) -> uri.equals("a")))) {
            var stream = small.stream(listen("1", ASK_FOR_ALL).by(ALICE));
            for (var method : List.of(PROMPTS, RESOURCES, TOOLS)) small.publish(method);
            for (var uri : List.of("a", "b")) small.broadcaster.publish(updated(uri));

            var messages = drained(small, stream);

            assertEquals(Json.parse("{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a\"]}"),
                    messages.getFirst().object("params").orElseThrow().get("notifications").orElseThrow());
            assertEquals(List.of(ACKNOWLEDGED, TOOLS, "notifications/resources/updated a", "result"), methods(messages));
        }
    }

    @Test
    void decide_malformedTopic_isRefusedAndTakesNoPlace() {
        var tasks = new Topic("taskIds", "notifications/tasks", "taskId");
        try (var extended = new Endpoint(b -> b.topic(tasks))) {
            var reply = extended.reply(listen("\"x\"", "{\"taskIds\":[1]}").by(ALICE));

            assertEquals(400, reply.status());
            assertEquals(-32602, Endpoint.code(reply));
            assertTrue(Endpoint.error(reply).string("message").orElseThrow().contains("notifications.taskIds"));
            extended.assertNothingUnderWay();
        }
    }

    @Test
    void decide_applicationCannotSay_failsAndTakesNoPlace() {
        try (var broken = new Endpoint(b -> b.topic(Topic.RESOURCES, (_, _) -> {
            throw new IllegalStateException("away");
        }))) {
            assertThrows(IllegalStateException.class, () -> broken.decide(listen("1", ASK_FOR_ALL).by(ALICE)));

            broken.assertNothingUnderWay();
        }
    }

    @Test
    void listen_severalSideBySide_areEachTheirOwn() {
        var session = endpoint.used(ALICE);
        var legacy = endpoint.stream(TestRequest.get().within(session).by(ALICE));
        var one = endpoint.stream(listen("1", ASK_FOR_TOOLS).by(ALICE));
        var two = endpoint.stream(listen("\"1\"", ASK_FOR_ALL).by(ALICE));
        var three = endpoint.stream(listen("1", "{\"promptsListChanged\":true}").by(ALICE));

        endpoint.publish(TOOLS);
        one.stream().close();
        endpoint.publish(PROMPTS);

        assertEquals(List.of(ACKNOWLEDGED, TOOLS, PROMPTS, "result"), methods(drained(two)));
        assertEquals(List.of(ACKNOWLEDGED, PROMPTS, "result"), methods(drained(three)));
        endpoint.end(session);
        assertTrue(endpoint.written(legacy).text().contains(PROMPTS));
        endpoint.assertNothingUnderWay();
    }

    @Test
    void listen_afterAnother_isToldOnceWhatWasPublishedBetween() {
        drained(endpoint.stream(listen("1", ASK_FOR_ALL).by(ALICE)));
        endpoint.publish(PROMPTS);
        endpoint.broadcaster.publish(updated("a"));
        endpoint.broadcaster.publish(updated("c"));
        endpoint.publish(TOOLS);
        endpoint.broadcaster.publish(updated("a"));
        endpoint.publish("notifications/message");
        endpoint.broadcaster.publish(Event.of(RESOURCES).to(Owner.principal(BOB)));

        var stream = endpoint.stream(listen("2", ASK_FOR_ALL).by(ALICE));
        endpoint.publish(TOOLS);

        var messages = drained(stream);
        assertEquals(List.of(ACKNOWLEDGED, PROMPTS, TOOLS, "notifications/resources/updated a", TOOLS, "result"), methods(messages));
        for (var message : messages) assertEquals(Json.Num.of(2), tag(message));
    }

    @Test
    void listen_lostUnknownSignals_isToldAllThatItAskedFor() {
        var options = BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).signalKeys(4).build();
        try (var small = new Endpoint(POLICY, options, b -> b.endsSessionOnLoss(true))) {
            small.publish(TOOLS);
            for (var n = 0; n < 20; n++) small.publish("n" + n + "/list_changed");

            var messages = drained(small, small.stream(listen("2", ASK_FOR_ALL).by(ALICE)));

            assertEquals(List.of(ACKNOWLEDGED, PROMPTS, RESOURCES, TOOLS, "notifications/resources/updated a",
                    "notifications/resources/updated b", "result"), methods(messages));
            for (var message : messages) assertEquals(Json.Num.of(2), tag(message));
        }
    }

    @Test
    void listen_fellBehind_isHealedByTheNewestOfWhatItAskedFor() {
        var options = BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).build();
        try (var small = new Endpoint(POLICY, options, b -> b.endsSessionOnLoss(true))) {
            var stream = small.stream(listen("1", ASK_FOR_ALL).by(ALICE));
            for (var n = 0; n < 20; n++) {
                small.publish(TOOLS);
                small.publish("notifications/message");
                small.broadcaster.publish(updated("b"));
            }

            var methods = methods(drained(small, stream));

            var updated = "notifications/resources/updated b";
            assertEquals(List.of(ACKNOWLEDGED, updated, TOOLS, updated, TOOLS, updated, "result"), methods);
        }
    }

    @Test
    void listen_lostWhatWasAddressedToItsOwner_isToldAllThatItAskedFor() {
        try (var small = new Endpoint(POLICY, BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).build(), b -> b)) {
            var stream = small.stream(listen("1", "{\"toolsListChanged\":true,\"promptsListChanged\":true}").by(ALICE));
            for (var n = 0; n < 5; n++) small.broadcaster.publish(Event.of(TOOLS).to(Owner.principal(ALICE)));

            var methods = methods(drained(small, stream));

            assertEquals(List.of(ACKNOWLEDGED, PROMPTS, TOOLS, TOOLS, TOOLS, TOOLS, TOOLS, "result"), methods);
        }
    }

    @Test
    void listen_drained_endsWithItsResult() {
        var stream = endpoint.stream(listen("1", ASK_FOR_TOOLS).by(ALICE));

        assertFalse(endpoint.handler.close(Duration.ZERO));

        var written = endpoint.written(stream);
        assertEquals(StreamEnd.DRAINED, written.end());
        assertEquals("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"_meta\":{\"" + TAG + "\":1}}}\n\n",
                written.text().substring(written.text().lastIndexOf("event:")));
        assertEquals(503, endpoint.reply(listen("2", ASK_FOR_TOOLS).by(ALICE)).status());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void listen_endedForTwoReasons_endsForTheFirst() {
        var stream = endpoint.stream(TestRequest.listen("1", ASK_FOR_TOOLS));

        stream.stream().end(StreamEnd.OWNER_LIMIT);
        stream.stream().end(StreamEnd.DRAINED);

        assertEquals(StreamEnd.OWNER_LIMIT, endpoint.written(stream).end());
    }

    @Test
    void listen_broadcasterClosedOrMaximumAge_endsWithItsResult() {
        try (var aging = new Endpoint(b -> b.maxStreamAge(Duration.ofNanos(1)))) {
            var stream = aging.stream(listen("1", ASK_FOR_TOOLS).by(ALICE));
            aging.publish(TOOLS);
            var written = aging.written(stream);

            assertEquals(StreamEnd.MAX_AGE, written.end());
            assertEquals(List.of(ACKNOWLEDGED, TOOLS, "result"), methods(messages(written.text())));
        }
        var stream = endpoint.stream(listen("1", ASK_FOR_TOOLS).by(ALICE));
        endpoint.broadcaster.close();

        assertEquals(List.of(ACKNOWLEDGED, "result"), methods(messages(endpoint.written(stream).text())));
    }

    @Test
    void listen_silence_isFilledWithComments() throws Exception {
        try (var beating = new Endpoint(POLICY, BroadcasterOptions.builder().heartbeat(Duration.ofMillis(8)).build(), b -> b)) {
            var stream = beating.stream(listen("1", ASK_FOR_TOOLS).by(ALICE));
            var out = new ByteArrayOutputStream() {
                @Override
                public void flush() {
                    if (Pattern.compile(": keep-alive\n").matcher(toString()).results().count() == 2) stream.stream().end(StreamEnd.DRAINED);
                }
            };

            assertEquals(StreamEnd.DRAINED, stream.stream().writeTo(out));
        }
    }

    @Test
    void listen_clientGone_leavesNothingBehind() {
        var stream = endpoint.stream(listen("1", ASK_FOR_ALL).by(ALICE));
        endpoint.publish(TOOLS);

        assertEquals(StreamEnd.CLIENT_GONE, stream.stream().writeTo(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        }));

        endpoint.assertNothingUnderWay();
    }

    @Test
    void decide_listensOfAnOwnerFull_endsItsOldestWithItsResult() {
        try (var small = new Endpoint(b -> b.limits(Limits.builder().maxListensPerOwner(2).build()))) {
            var bobs = small.stream(listen("0", ASK_FOR_TOOLS).by(BOB));
            var alices = IntStream.range(1, 5).mapToObj(n -> small.stream(listen(Integer.toString(n), ASK_FOR_TOOLS).by(ALICE))).toList();
            small.publish(TOOLS);

            for (var n = 0; n < 2; n++) {
                var written = small.written(alices.get(n));
                assertEquals(StreamEnd.OWNER_LIMIT, written.end());
                var messages = messages(written.text());
                assertEquals(List.of(ACKNOWLEDGED, "result"), methods(messages));
                assertEquals(Optional.of(Json.Num.of(n + 1)), messages.getLast().get("id"));
            }
            alices.get(2).stream().close(); // makes room
            var another = small.stream(listen("9", ASK_FOR_TOOLS).by(ALICE));
            for (var stream : List.of(bobs, alices.get(3), another)) {
                stream.stream().end(StreamEnd.DRAINED);
                assertEquals(StreamEnd.DRAINED, small.written(stream).end());
            }
            small.assertNothingUnderWay();
        }
    }

    @Test
    void decide_listensOfNobody_areNotCounted() {
        try (var small = new Endpoint(b -> b.limits(Limits.builder().maxListensPerOwner(1).maxStreams(3).build()))) {
            var streams = Stream.generate(() -> small.stream(listen("1", ASK_FOR_TOOLS))).limit(3).toList();

            var reply = small.reply(listen("1", ASK_FOR_TOOLS));
            assertEquals(503, reply.status());
            assertEquals("5", reply.headers().get("Retry-After"));
            for (var stream : streams) {
                stream.stream().end(StreamEnd.DRAINED);
                assertEquals(StreamEnd.DRAINED, small.written(stream).end());
            }
        }
    }

    @Test
    void decide_listenWhileTheStoreIsAway_streams() {
        doThrow(new SessionStoreException("find failed", new IOException("away"))).when(endpoint.store).find(any());
        doThrow(new SessionStoreException("touch failed", new IOException("away"))).when(endpoint.store).touch(any());

        endpoint.stream(listen("1", ASK_FOR_TOOLS).by(ALICE).within(SessionId.random())).stream().close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                  | 400 | -32602
            `{"toolsListChanged":"yes"}`        | 400 | -32602
            `{"resourceSubscriptions":[1]}`     | 400 | -32602
            """)
    void decide_malformedFilter_isRefusedWithTheRequestsId(String asked, int status, long code) {
        var reply = endpoint.reply(listen("\"x\"", asked).by(ALICE));

        assertEquals(status, reply.status());
        assertEquals(code, Endpoint.code(reply));
        assertEquals(Optional.of(new Json.Str("x")), Endpoint.body(reply).get("id"));
    }

    @Test
    void decide_listenTooLarge_is413() {
        var reply = endpoint.reply(listen("1", "{\"resourceSubscriptions\":[\"" + "u".repeat(64 << 10) + "\"]}").by(ALICE));

        assertEquals(413, reply.status());
        assertEquals(Optional.of(Json.Num.of(1)), Endpoint.body(reply).get("id"));
    }

    @Test
    void decide_noBroadcaster_listenIsTheApplications() throws IOException {
        try (var handler = SessionHandler.builder(endpoint.store).build()) {
            var forward = (Decision.Forward) handler.decide(listen("1", "[]").by(ALICE));

            assertTrue(forward.session().isEmpty());
            forward.completed(404);
        }
    }

    @Test
    void drain_manyListensAtWork_allEndWithTheirResult() throws Exception {
        var writing = new ArrayList<CompletableFuture<Endpoint.Written>>();
        for (var n = 0; n < 500; n++) {
            var stream = endpoint.stream(listen(Integer.toString(n), ASK_FOR_TOOLS));
            var written = new CompletableFuture<Endpoint.Written>();
            Thread.ofVirtual().start(() -> written.complete(endpoint.written(stream)));
            writing.add(written);
        }
        endpoint.publish(TOOLS);

        assertTrue(endpoint.handler.close(Duration.ofSeconds(20)));

        for (var written : writing) {
            var messages = methods(messages(written.get(10, TimeUnit.SECONDS).text()));
            assertEquals(ACKNOWLEDGED, messages.getFirst());
            assertEquals("result", messages.getLast());
        }
        endpoint.assertNothingUnderWay();
    }
}
