package dev.mcpsession.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;

class EventTest {

    private static Event updated(Json.Obj params) {
        return Event.of("notifications/resources/updated", params);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools", "prompts", "resources"})
    void signalKey_listChanged_isTheMethod(String what) {
        var method = "notifications/" + what + "/list_changed";

        assertEquals(Optional.of(method), Event.of(method, Json.obj().with("n", 1)).signalKey());
    }

    @Test
    void signalKey_updatedResource_hasTheUri() {
        var a = updated(Json.obj().with("uri", "a")).signalKey().orElseThrow();

        assertEquals(a, updated(Json.obj().with("uri", "a").with("title", "t")).signalKey().orElseThrow());
        assertEquals(3, Set.of(a,
                updated(Json.obj().with("uri", "b")).signalKey().orElseThrow(),
                updated(Json.obj()).signalKey().orElseThrow()).size());
    }

    @Test
    void of_thingOfATopic_isASignalForThisThing() {
        var tasks = new Topic("taskIds", "notifications/tasks", "taskId");
        var event = Event.of(tasks, Json.obj().with("taskId", "1").with("status", "working"));

        assertEquals(Optional.of(tasks.of("1")), event.topicKey());
        assertEquals(Optional.of(tasks.of("1")), event.to(SessionId.random()).topicKey());
        assertEquals(event.signalKey(), Event.of(tasks, Json.obj().with("taskId", "1")).signalKey());
        assertNotEquals(event.signalKey(), Event.of(tasks, Json.obj().with("taskId", "2")).signalKey());
        assertEquals(Optional.empty(), Event.of("notifications/tasks", event.params()).topicKey());
        assertEquals(updated(Json.obj().with("uri", "a")), Event.of(Topic.RESOURCES, Json.obj().with("uri", "a")));
        assertThrows(IllegalArgumentException.class, () -> Event.of(tasks, Json.obj().with("taskId", 1)));
        assertThrows(IllegalArgumentException.class, () -> Event.of(tasks, Json.obj()));
        assertThrows(IllegalArgumentException.class,
                () -> new Event("m", Json.obj(), new Audience.Everyone(), Optional.of(tasks.of("1"))));
    }

    @Test
    void newTopic_invalid_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Topic("", "m", "k"));
        assertThrows(IllegalArgumentException.class, () -> new Topic("f", "m".repeat(257), "k"));
        assertThrows(IllegalArgumentException.class, () -> new Topic("f", "m", ""));
        assertThrows(IllegalArgumentException.class, () -> new Topic("f", "notifications/x/list_changed", "k"));
        assertThrows(NullPointerException.class, () -> new Topic(null, "m", "k"));
    }

    @Test
    void named_events_haveTheMethodsAndParamsOfTheSpecification() {
        var broadcaster = mock(Broadcaster.class);
        var session = SessionId.random();
        var token = new Json.Str("7");
        // @start region="events"
        broadcaster.publish(Event.toolsChanged());                              // to every open stream
        broadcaster.publish(Event.resourceUpdated("file:///a"));                // to those that subscribed to it
        broadcaster.publish(Event.promptsChanged().to(Owner.principal("ann"))); // to all sessions of one owner
        broadcaster.publish(Event.progress(token, 3, Json.obj().with("total", 10)).to(session));
        broadcaster.publish(Event.log("warning", "", new Json.Str("disk is full")));
        // @end
        broadcaster.publish(Event.resourcesChanged());
        broadcaster.publish(Event.log("info", "db", Json.obj().with("n", 1)));
        var captor = ArgumentCaptor.forClass(Event.class);
        verify(broadcaster, times(7)).publish(captor.capture());
        var published = captor.getAllValues();

        assertEquals(List.of(
                "notifications/tools/list_changed {}",
                "notifications/resources/updated {\"uri\":\"file:///a\"}",
                "notifications/prompts/list_changed {}",
                "notifications/progress {\"total\":10,\"progressToken\":\"7\",\"progress\":3.0}",
                "notifications/message {\"level\":\"warning\",\"data\":\"disk is full\"}",
                "notifications/resources/list_changed {}",
                "notifications/message {\"level\":\"info\",\"logger\":\"db\",\"data\":{\"n\":1}}"),
                published.stream().map(event -> event.method() + " " + event.params()).toList());
        assertEquals(Optional.of(Topic.RESOURCES.of("file:///a")), published.get(1).topicKey());
        assertEquals(new Audience.OneSession(session), published.get(3).audience());
        assertEquals(Optional.empty(), published.get(3).signalKey());
    }

    @Test
    void named_eventsInvalid_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> Event.progress(Json.NULL, 1, Json.obj()));
        assertThrows(IllegalArgumentException.class, () -> Event.progress(Json.Num.of(1), Double.NaN, Json.obj()));
        assertThrows(IllegalArgumentException.class, () -> Event.log("warn", "", Json.obj()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"notifications/message", "list_changed", "notifications/resources/updated2"})
    void signalKey_anythingElse_isEmpty(String method) {
        assertEquals(Optional.empty(), Event.of(method).signalKey());
    }

    @Test
    void to_session_isTheSameForOneSession() {
        var session = SessionId.random();
        var event = Event.of("m", Json.obj().with("n", 1));

        assertEquals(new Event("m", event.params(), new Audience.OneSession(session)), event.to(session));
        assertEquals(new Audience.SessionsOf(Owner.principal("ann")), event.to(Owner.principal("ann")).audience());
        assertEquals(new Audience.Everyone(), event.audience());
    }

    @Test
    void new_invalid_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Event.of(""));
        assertThrows(IllegalArgumentException.class, () -> Event.of("m", Json.obj().with("_meta", "text")));
        assertThrows(IllegalArgumentException.class, () -> Event.of("m",
                Json.obj().with("_meta", Json.obj().with("io.modelcontextprotocol/subscriptionId", 1))));
        assertThrows(IllegalArgumentException.class, () -> Event.of("m").to(Owner.anonymous()));
        assertThrows(NullPointerException.class, () -> Event.of(null));
        assertThrows(NullPointerException.class, () -> Event.of("m", null));
        assertThrows(NullPointerException.class, () -> Event.of("m").to((SessionId) null));
    }
}
