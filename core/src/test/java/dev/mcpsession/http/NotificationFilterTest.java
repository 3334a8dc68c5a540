package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationFilterTest {

    private static Optional<NotificationFilter> of(String notifications) {
        return NotificationFilter.of((Json.Obj) Json.parse("{\"notifications\":" + notifications + "}"), 3);
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
        assertEquals(Json.parse(granted), of(asked).orElseThrow().toJson());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "true", "\"all\"", "{\"toolsListChanged\":1}", "{\"toolsListChanged\":null}",
        "{\"promptsListChanged\":\"true\"}", "{\"resourceSubscriptions\":\"a\"}", "{\"resourceSubscriptions\":null}",
        "{\"resourceSubscriptions\":[1]}", "{\"resourceSubscriptions\":[\"a\",null]}", "{\"resourceSubscriptions\":{\"0\":\"a\"}}"})
    void of_malformed_isEmpty(String asked) {
        assertEquals(Optional.empty(), of(asked));
    }

    @Test
    void of_noFilterAtAll_isEmpty() {
        assertEquals(Optional.empty(), NotificationFilter.of(Json.obj(), 3));
    }

    @Test
    void of_uriThatIsTooLong_isNotGranted() {
        var longest = "u".repeat(2_048);

        assertEquals(List.of(longest, "a"), List.copyOf(of("{\"resourceSubscriptions\":[\"" + longest + "\",\"" + longest + "u\",\"a\"]}")
                .orElseThrow().resources()));
    }

    @Test
    void toEventFilter_ofAnOwner_asksForThatAlone() {
        var filter = of("{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a\"]}").orElseThrow().toEventFilter(Owner.principal("ann"));

        assertEquals(Owner.principal("ann"), filter.owner());
        assertEquals(Optional.of(Set.of("a")), filter.resources());
        assertEquals(Optional.empty(), filter.session());
    }

    @Test
    void everything_isOneOfEach() {
        assertEquals(List.of(Event.of("notifications/prompts/list_changed"), Event.of("notifications/tools/list_changed"),
                        Event.of("notifications/resources/updated", Json.obj().with("uri", "b")),
                        Event.of("notifications/resources/updated", Json.obj().with("uri", "a"))),
                of("{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":false,"
                        + "\"resourceSubscriptions\":[\"b\",\"a\"]}").orElseThrow().everything());
    }
}
