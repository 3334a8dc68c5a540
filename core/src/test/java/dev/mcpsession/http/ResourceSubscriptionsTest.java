package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.BOB;
import static dev.mcpsession.http.TestRequest.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.contract.Race;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams receive the updates of the resources that their sessions have subscribed to.
@Timeout(30)
class ResourceSubscriptionsTest {

    private static final Pattern URI = Pattern.compile("\"uri\":\"([^\"]*)\"");

    private final Endpoint endpoint = new Endpoint();
    private final ResourceSubscriptions subscriptions = new ResourceSubscriptions(endpoint.store, endpoint.broadcaster);

    @AfterEach
    void close() {
        endpoint.close();
    }

    private void update(String... uris) {
        for (var uri : uris) endpoint.broadcaster.publish(Event.of("notifications/resources/updated", Json.obj().with("uri", uri)));
    }

    private Decision.Stream opened(SessionId id) {
        return endpoint.stream(get().within(id).by(ALICE));
    }

    private List<String> told(SessionId id, Decision.Stream stream) {
        endpoint.end(id);
        return URI.matcher(endpoint.written(stream).text()).results().map(match -> match.group(1)).toList();
    }

    private Set<String> kept(SessionId id) {
        return ResourceSubscriptions.of(endpoint.store.find(id).orElseThrow());
    }

    @Test
    void subscribe_openStream_isToldFromThenOn() {
        var id = endpoint.used(ALICE);
        var other = endpoint.used(BOB);
        var stream = opened(id);
        var others = endpoint.stream(get().within(other).by(BOB));
        update("x");

        assertTrue(subscriptions.subscribe(id, "b"));
        assertTrue(subscriptions.subscribe(id, "b"));
        update("y", "b", "z");
        assertTrue(subscriptions.subscribe(id, "a"));
        update("a", "b");

        assertEquals(List.of("b", "a", "b"), told(id, stream));
        assertEquals(List.of(), told(other, others));
    }

    @Test
    void unsubscribe_openStream_isToldNoMore() {
        var id = endpoint.used(ALICE);
        subscriptions.subscribe(id, "a");
        subscriptions.subscribe(id, "b");
        assertEquals(Set.of("a", "b"), kept(id));
        var first = opened(id);

        assertTrue(subscriptions.unsubscribe(id, "a"));
        assertTrue(subscriptions.unsubscribe(id, "never"));
        update("a", "b");

        assertEquals(Set.of("b"), kept(id));
        assertTrue(subscriptions.unsubscribe(id, "b"));
        assertEquals(Json.obj(), endpoint.store.find(id).orElseThrow().state());
        update("b");
        var second = opened(id);
        endpoint.written(first);
        assertEquals(List.of(), told(id, second));
    }

    @Test
    void subscribe_thingOfAnotherTopic_isKeptAndToldWhereverTheStreamIs() {
        var tasks = new Topic("taskIds", "notifications/tasks", "uri");
        var id = endpoint.used(ALICE);
        subscriptions.subscribe(id, "a");
        subscriptions.subscribe(id, tasks.of("1"));
        var first = opened(id);
        subscriptions.subscribe(id, tasks.of("2"));
        for (var key : List.of("1", "2", "3")) endpoint.broadcaster.publish(Event.of(tasks, Json.obj().with("uri", key)));

        assertEquals(List.of("1", "2"), told(id, first));
    }

    @Test
    void unsubscribe_thingOfAnotherTopic_leavesTheOthers() {
        var tasks = new Topic("taskIds", "notifications/tasks", "uri");
        var id = endpoint.used(ALICE);
        subscriptions.subscribe(id, "a");
        subscriptions.subscribe(id, tasks.of("1"));
        subscriptions.subscribe(id, tasks.of("2"));
        var stream = opened(id);

        assertTrue(subscriptions.unsubscribe(id, tasks.of("1")));
        for (var key : List.of("1", "2")) endpoint.broadcaster.publish(Event.of(tasks, Json.obj().with("uri", key)));

        assertEquals(Set.of("a"), kept(id));
        assertEquals(Set.of(Topic.RESOURCES.of("a"), tasks.of("2")), ResourceSubscriptions.topics(endpoint.store.find(id).orElseThrow()));
        assertTrue(subscriptions.unsubscribe(id, tasks.of("never")));
        assertEquals(List.of("2"), told(id, stream));
    }

    @Test
    void unsubscribe_everything_leavesNothingInTheState() {
        var id = endpoint.used(ALICE);
        var key = new Topic.Key("notifications/tasks", "1");
        subscriptions.subscribe(id, "a");
        subscriptions.subscribe(id, key);

        subscriptions.unsubscribe(id, key);
        subscriptions.unsubscribe(id, "a");

        assertEquals(Json.obj(), endpoint.store.find(id).orElseThrow().state());
    }

    @Test
    void subscribe_beforeTheStream_isToldThereAndAfterEachReconnect() {
        var id = endpoint.used(ALICE);
        subscriptions.subscribe(id, "a");
        var position = endpoint.position();
        opened(id).stream().close();
        update("a", "b");

        var resumed = endpoint.stream(get().within(id).by(ALICE).with(McpHeaders.LAST_EVENT_ID, position.toString()));
        update("b", "a");

        assertEquals(List.of("a", "a"), told(id, resumed));
    }

    @Test
    void subscribe_takenOverStream_goesOnInTheNewOne() {
        var id = endpoint.used(ALICE);
        var older = opened(id);
        subscriptions.subscribe(id, "a");
        update("a");
        var newer = opened(id);
        update("a");

        assertEquals(1, URI.matcher(endpoint.written(older).text()).results().count());
        assertEquals(List.of("a"), told(id, newer));
    }

    @Test
    void subscribe_whileItsStreamOpens_isNotMissed() {
        var id = endpoint.used(ALICE);
        doAnswer(call -> {
            var found = call.callRealMethod();
            subscriptions.subscribe(id, "early"); // before the stream's own subscription exists
            return found;
        }).doCallRealMethod().when(endpoint.store).find(any());
        doAnswer(call -> {
            subscriptions.subscribe(id, "late");
            return call.callRealMethod();
        }).doCallRealMethod().when(endpoint.store).touch(any());

        var stream = opened(id);
        update("early", "late");

        assertEquals(List.of("early", "late"), told(id, stream));
    }

    @Test
    void subscribe_racingItsStream_isNeverMissed() {
        try (var many = new Endpoint(SessionPolicy.builder().maxSessionsPerOwner(10_000).build())) {
            var ids = Stream.generate(() -> many.used(ALICE)).limit(500).toList();
            var recording = new ResourceSubscriptions(many.store, many.broadcaster);
            var streams = new ConcurrentHashMap<SessionId, Decision.Stream>();

            Race.onEach(ids,
                    id -> recording.subscribe(id, "of " + id.value()),
                    id -> streams.put(id, many.stream(get().within(id).by(ALICE))));

            for (var id : ids) {
                var uri = Json.obj().with("uri", "of " + id.value());
                many.broadcaster.publish(Event.of("notifications/resources/updated", uri));
                many.end(id);
                var text = many.written(streams.get(id)).text();
                assertEquals(List.of("of " + id.value()), URI.matcher(text).results().map(match -> match.group(1)).toList());
            }
        }
    }

    @Test
    void subscribe_manyAtOnce_areAllKept() {
        var id = endpoint.used(ALICE);

        Race.onEach(IntStream.range(0, 100).boxed().toList(),
                n -> assertTrue(subscriptions.subscribe(id, "a" + n)),
                n -> assertTrue(subscriptions.subscribe(id, "b" + n)));

        assertEquals(200, kept(id).size());
    }

    @Test
    void subscribe_sessionThatIsNotAlive_isFalse() {
        assertFalse(subscriptions.subscribe(SessionId.random(), "a"));
        assertFalse(subscriptions.unsubscribe(SessionId.random(), "a"));
    }

    @Test
    void subscribe_beyondTheLimits_isRefusedAndChangesNothing() {
        var id = endpoint.used(ALICE);
        for (var n = 0; n < ResourceSubscriptions.MAX_RESOURCES; n++) subscriptions.subscribe(id, "u" + n);

        var tooMany = assertThrows(IllegalArgumentException.class, () -> subscriptions.subscribe(id, "one more"));
        assertEquals("session must have at most 256 resource subscriptions: 257", tooMany.getMessage());
        assertTrue(subscriptions.subscribe(id, "u7"));
        var tooLong = assertThrows(IllegalArgumentException.class, () -> subscriptions.subscribe(id, "u".repeat(2_049)));
        assertEquals("uri must be at most 2048 characters: 2049", tooLong.getMessage());
        assertEquals(ResourceSubscriptions.MAX_RESOURCES, kept(id).size());

        var full = endpoint.used(ALICE);
        endpoint.store.updateState(full, Json.obj().with("mine", "x".repeat(65_000)));
        assertThrows(StateTooLargeException.class, () -> subscriptions.subscribe(full, "u".repeat(1_000)));
        var stream = opened(full);
        update("u".repeat(1_000), "one more");
        assertEquals(List.of(), told(full, stream));
    }

    @Test
    void of_stateThatSomebodyElseWrote_isWhatMakesSense() {
        var id = endpoint.used(ALICE);
        endpoint.store.updateState(id, kept(Json.arr(new Json.Str("a"), Json.NULL, new Json.Str("b"))));
        assertEquals(Set.of("a", "b"), kept(id));
        endpoint.store.updateState(id, kept(new Json.Str("a")));
        assertEquals(Set.of(), kept(id));
        endpoint.store.updateState(id, Json.obj().with(ResourceSubscriptions.KEY, "a"));
        assertEquals(Set.of(), kept(id));
    }

    private static Json.Obj kept(Json resources) {
        return Json.obj().with(ResourceSubscriptions.KEY, Json.obj().with(Topic.RESOURCES.method(), resources));
    }
}
