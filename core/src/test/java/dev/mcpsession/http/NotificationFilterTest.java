package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationFilterTest {

    private static final Topic TASKS = new Topic("taskIds", "notifications/tasks", "taskId");
    private static final Owner ANN = Owner.principal("ann");

    private static Json.Obj json(String text) {
        return (Json.Obj) Json.parse(text);
    }

    private static NotificationFilter granted(String asked, ListenOptions options) {
        assertEquals(Optional.empty(), NotificationFilter.flaw(json(asked), options));
        return NotificationFilter.granted(json(asked), options, ANN, 3);
    }

    private static NotificationFilter granted(String asked) {
        return granted(asked, ListenOptions.DEFAULT);
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
        assertEquals(Optional.of(flaw), NotificationFilter.flaw(json(asked), ListenOptions.DEFAULT.withTopic(TASKS)));
    }

    @Test
    void flaw_fieldThatNobodyDeclared_isIgnored() {
        assertEquals(Json.obj(), granted("{\"taskIds\":7,\"other\":{}}").toJson());
    }

    @Test
    void granted_declaredTopic_isGrantedInItsField() {
        var options = ListenOptions.DEFAULT.withTopic(TASKS);

        assertEquals(json("{\"resourceSubscriptions\":[\"1\",\"2\"],\"taskIds\":[\"1\"]}"),
                granted("{\"taskIds\":[\"1\",\"1\",\"3\"],\"resourceSubscriptions\":[\"1\",\"2\"]}", options).toJson(), "three in all");
    }

    @Test
    void granted_whatTheApplicationHas_isAllThatIsGranted() {
        var options = ListenOptions.DEFAULT.withLists(ListChange.TOOLS)
                .withTopic(Topic.RESOURCES, (owner, uri) -> owner.equals(ANN) && uri.startsWith("board:"))
                .withTopic(TASKS, (_, _) -> false);
        var asked = "{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true,"
                + "\"resourceSubscriptions\":[\"nope://x\",\"board://text\"],\"taskIds\":[\"1\"]}";

        assertEquals(json("{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"board://text\"]}"), granted(asked, options).toJson());
        assertEquals(json("{\"toolsListChanged\":true}"),
                NotificationFilter.granted(json(asked), options, Owner.anonymous(), 3).toJson());
        assertEquals(Json.obj(), granted("{\"toolsListChanged\":true}", options.withLists()).toJson());
    }

    @Test
    void withTopic_likeAnother_isRefused() {
        var options = ListenOptions.DEFAULT.withTopic(TASKS);

        for (var other : List.of(new Topic("taskIds", "m", "k"), new Topic("f", "notifications/tasks", "k"), new Topic("toolsListChanged", "m", "k"),
                new Topic("resourceSubscriptions", "m", "uri"), new Topic("f", "notifications/resources/updated", "uri"))) {
            assertThrows(IllegalArgumentException.class, () -> options.withTopic(other), other::toString);
        }
        assertEquals(2, options.withTopic(TASKS, (_, _) -> false).topics().size());
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
                ListenOptions.DEFAULT.withTopic(TASKS)).toEventFilter(ANN);

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
                        + "\"resourceSubscriptions\":[\"b\",\"a\"],\"taskIds\":[\"1\"]}", ListenOptions.DEFAULT.withTopic(TASKS)).everything());
    }
}
