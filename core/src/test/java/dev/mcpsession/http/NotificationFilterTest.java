package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.http.NotificationFilter.Offer;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationFilterTest {

    private static final Topic TASKS = new Topic("taskIds", "notifications/tasks", "taskId");
    private static final Offer WITH_TASKS = Offer.EVERYTHING.with(TASKS, (_, _) -> true);
    private static final Owner ANN = Owner.principal("ann");

    private static Json.Obj json(String text) {
        return (Json.Obj) Json.parse(text);
    }

    private static NotificationFilter granted(String asked, Offer offer) {
        assertEquals(Optional.empty(), NotificationFilter.flaw(json(asked), offer));
        return NotificationFilter.granted(json(asked), offer, ANN, 3);
    }

    private static NotificationFilter granted(String asked) {
        return granted(asked, Offer.EVERYTHING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                   | {}
            `{"toolsListChanged":true}`                          | `{"toolsListChanged":true}`
            `{"toolsListChanged":false}`                         | {}
            `{"promptsListChanged":true,"resourcesListChanged":true,"toolsListChanged":true}` | \
            `{"promptsListChanged":true,"resourcesListChanged":true,"toolsListChanged":true}`
            `{"toolsListChanged":true,"tasksChanged":true}`      | `{"toolsListChanged":true}`
            `{"resourceSubscriptions":[]}`                       | {}
            `{"resourceSubscriptions":["b","a","b"]}`            | `{"resourceSubscriptions":["b","a"]}`
            `{"resourceSubscriptions":["a","b","c","d"]}`        | `{"resourceSubscriptions":["a","b","c"]}`
            `{"resourceSubscriptions":["","file:///ü\\n"]}`       | `{"resourceSubscriptions":["","file:///ü\\n"]}`
            """)
    void toJson_ofWhatWasAsked_isWhatIsGranted(String asked, String granted) {
        assertEquals(Json.parse(granted), granted(asked).toJson());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `{"toolsListChanged":1}`                        | `notifications.toolsListChanged must be a boolean`
            `{"toolsListChanged":null}`                     | `notifications.toolsListChanged must be a boolean`
            `{"promptsListChanged":"true"}`                 | `notifications.promptsListChanged must be a boolean`
            `{"resourceSubscriptions":"a"}`                 | `notifications.resourceSubscriptions must be an array of strings`
            `{"resourceSubscriptions":null}`                | `notifications.resourceSubscriptions must be an array of strings`
            `{"resourceSubscriptions":[1]}`                 | `notifications.resourceSubscriptions must be an array of strings`
            `{"resourceSubscriptions":["a",null]}`          | `notifications.resourceSubscriptions must be an array of strings`
            `{"resourceSubscriptions":{"0":"a"}}`           | `notifications.resourceSubscriptions must be an array of strings`
            `{"taskIds":true}`                              | `notifications.taskIds must be an array of strings`
            `{"taskIds":["1",2]}`                           | `notifications.taskIds must be an array of strings`
            """)
    void flaw_malformed_namesTheMember(String asked, String flaw) {
        assertEquals(Optional.of(flaw), NotificationFilter.flaw(json(asked), WITH_TASKS));
    }

    @Test
    void flaw_fieldThatNobodyDeclared_isIgnored() {
        assertEquals(Json.obj(), granted("{\"taskIds\":7,\"other\":{}}").toJson());
    }

    @Test
    void granted_declaredTopic_isGrantedInItsField() {
        assertEquals(json("{\"resourceSubscriptions\":[\"1\",\"2\"],\"taskIds\":[\"1\"]}"),
                granted("{\"taskIds\":[\"1\",\"1\",\"3\"],\"resourceSubscriptions\":[\"1\",\"2\"]}", WITH_TASKS).toJson(), "three in all");
    }

    @Test
    void granted_whatTheApplicationHas_isAllThatIsGranted() {
        var offer = Offer.EVERYTHING.withLists(Event.toolsChanged())
                .with(Topic.RESOURCES, (owner, uri) -> owner.equals(ANN) && uri.startsWith("board:"))
                .with(TASKS, (_, _) -> false);
        var asked = "{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true,"
                + "\"resourceSubscriptions\":[\"nope://x\",\"board://text\"],\"taskIds\":[\"1\"]}";

        assertEquals(json("{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"board://text\"]}"), granted(asked, offer).toJson());
        assertEquals(json("{\"toolsListChanged\":true}"),
                NotificationFilter.granted(json(asked), offer, Owner.anonymous(), 3).toJson());
        assertEquals(Json.obj(), granted("{\"toolsListChanged\":true}", offer.withLists()).toJson());
    }

    @Test
    void with_topicLikeAnother_isRefused() {
        for (var other : List.of(new Topic("taskIds", "m", "k"), new Topic("f", "notifications/tasks", "k"), new Topic("toolsListChanged", "m", "k"),
                new Topic("resourceSubscriptions", "m", "uri"), new Topic("f", "notifications/resources/updated", "uri"))) {
            assertThrows(IllegalArgumentException.class, () -> WITH_TASKS.with(other, (_, _) -> true), other::toString);
        }
        assertEquals(2, WITH_TASKS.with(TASKS, (_, _) -> false).topics().size());
    }

    @Test
    void withLists_otherEvent_isRefused() {
        for (var method : List.of("notifications/tasks", "notifications/resources/updated", "notifications/roots/list_changed")) {
            assertThrows(IllegalArgumentException.class, () -> Offer.EVERYTHING.withLists(Event.of(method)), method);
        }
    }

    @Test
    void granted_uriThatIsTooLong_isNotGranted() {
        var longest = "u".repeat(2_048);

        assertEquals(List.of(longest, "a"), List.copyOf(granted("{\"resourceSubscriptions\":[\"" + longest + "\",\"" + longest + "u\",\"a\"]}")
                .topics().get(Topic.RESOURCES)));
    }

    @Test
    void toEventFilter_ofAnOwner_asksForThatAlone() {
        var filter = granted("{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a\"],\"taskIds\":[\"1\"]}",
                WITH_TASKS).toEventFilter(ANN);

        assertEquals(ANN, filter.owner());
        assertEquals(Optional.of(Set.of(Topic.RESOURCES.of("a"), TASKS.of("1"))), filter.namedTopics());
        assertEquals(Optional.empty(), filter.session());
    }

    @Test
    void everything_isOneOfEach() {
        assertEquals(List.of(Event.of("notifications/prompts/list_changed"), Event.of("notifications/tools/list_changed"),
                        Event.of("notifications/resources/updated", Json.obj().with("uri", "b")),
                        Event.of("notifications/resources/updated", Json.obj().with("uri", "a")), Event.of(TASKS, Json.obj().with("taskId", "1"))),
                granted("{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":false,"
                        + "\"resourceSubscriptions\":[\"b\",\"a\"],\"taskIds\":[\"1\"]}", WITH_TASKS).everything());
    }
}
