package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class JsonPartialTest {

    private static final String MESSAGE = """
            {"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call","params":
              {"name":"a","_meta":{"x":[{"y":1,"z":{"w":2}}]},"arguments":{"method":"not this one"}}}""";

    private static Json partial(String text, Predicate<List<String>> keep) {
        return Json.parse(text.getBytes(UTF_8), keep);
    }

    @Test
    void parse_keepNothing_isTheEmptyObject() {
        assertEquals(Json.obj(), partial(MESSAGE, _ -> false));
    }

    @Test
    void parse_keepAll_isTheWholeValue() {
        assertEquals(Json.parse(MESSAGE), partial(MESSAGE, _ -> true));
    }

    @Test
    void parse_keepTwoPaths_hasOnlyThose() {
        var kept = partial(MESSAGE, path -> switch (path.getFirst()) {
            case "id" -> true;
            case "params" -> path.size() == 1 || path.get(1).equals("_meta");
            default -> false;
        });

        assertEquals("""
                {"id":12345678901234567890,"params":{"_meta":{"x":[{"y":1,"z":{"w":2}}]}}}""", kept.toString());
    }

    @Test
    void parse_keepTwoPathsButNoElements_leavesArraysEmpty() {
        var body = MESSAGE.getBytes(UTF_8);
        // @start region="parse"
        var kept = Json.parse(body, path -> switch (path.getFirst()) {
            case "id" -> path.size() == 1;
            case "params" -> (path.size() == 1 || path.get(1).equals("_meta")) && !path.getLast().equals("[]");
            default -> false;
        });
        // @end
        assertEquals("""
                {"id":12345678901234567890,"params":{"_meta":{"x":[]}}}""", kept.toString());
    }

    @Test
    void parse_keepAnObjectButNoMember_leavesItEmpty() {
        assertEquals("{\"params\":{}}", partial(MESSAGE, path -> path.equals(List.of("params"))).toString());
    }

    @Test
    void parse_keep_isAskedOnceForEachReachableMemberInOrder() {
        var asked = new ArrayList<List<String>>();

        partial("{\"a\":{\"b\":{\"c\":1},\"d\":[{\"e\":2}]},\"f\":{\"g\":3}}", path -> {
            asked.add(path);
            return path.getFirst().equals("a");
        });

        assertEquals(
                List.of(List.of("a"), List.of("a", "b"), List.of("a", "b", "c"), List.of("a", "d"), List.of("a", "d", "[]"),
                        List.of("a", "d", "[]", "e"), List.of("f")),
                asked);
    }

    @Test
    void parse_path_isUnescaped() {
        assertEquals(Json.obj().with("a", 1), partial("{\"\\u0061\":1}", List.of("a")::equals));
    }

    @Test
    void parse_arrayAtTheTop_isAskedForByItsElements() {
        assertEquals("[]", partial("[{\"a\":1},[2]]", _ -> false).toString());
        assertEquals("[{},[]]", partial("[{\"a\":1},[2]]", List.of("[]")::equals).toString());
    }

    @Test
    void parse_arrayWhoseElementsAreNotKept_isEmpty() {
        assertEquals("{\"id\":[]}", partial("{\"id\":[{\"a\":1},2]}", List.of("id")::equals).toString());
    }

    @Test
    void parse_scalarAtTheTop_isKept() {
        assertEquals("\"a\"", partial(" \"a\" ", _ -> false).toString());
    }

    @Test
    void parse_throwingPredicate_isPassedOn() {
        assertThrows(IllegalStateException.class, () -> partial(MESSAGE, _ -> {
            throw new IllegalStateException();
        }));
    }

    @TestFactory
    Stream<DynamicTest> parse_brokenInWhatIsSkipped_isRejected() {
        return Stream.of(
                        "01", "1.", "tru", "\"\\x\"", "\"\n\"", "\"\\ud8\"", "[1,]", "[1 2]", "{\"b\":1,}", "{\"b\" 1}",
                        "{\"b\":1,\"b\":2}", "{\"b\":1,\"\\u0062\":2}", "[{\"b\":[{\"c\":1,\"c\":1}]}]",
                        "{\"b\":null,\"b\":null}", "[".repeat(64) + "]".repeat(64), "{}}", "", "nul")
                .map("{\"a\":%s,\"z\":1}"::formatted)
                .map(text -> dynamicTest(text, () -> checkRejected(text)));
    }

    private static void checkRejected(String text) {
        var whole = assertThrows(JsonException.class, () -> Json.parse(text));
        var partial = assertThrows(JsonException.class, () -> partial(text, List.of("z")::equals));

        assertEquals(whole.offset(), partial.offset());
        assertEquals(whole.getMessage(), partial.getMessage());
    }

    @Test
    void parse_malformedUtf8InWhatIsSkipped_isRejected() {
        var text = new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'};

        assertEquals(6, assertThrows(JsonException.class, () -> Json.parse(text, _ -> false)).offset());
    }

    @Test
    void parse_keyRepeatedAfterItWasSkipped_isRejected() {
        assertThrows(JsonException.class, () -> partial("{\"a\":1,\"a\":2}", _ -> false));
    }

    @Test
    void parse_skippedSixtyFourLevels_isAccepted() {
        var text = "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";

        assertEquals(Json.obj(), partial(text, _ -> false));
    }
}
