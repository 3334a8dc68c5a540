package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.mcpsession.json.Json.Arr;
import dev.mcpsession.json.Json.Bool;
import dev.mcpsession.json.Json.Num;
import dev.mcpsession.json.Json.Str;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What the grammar allows, production by production, and what it stands for.
class JsonAcceptedTest {

    private record Accepted(String text, Json value) {}

    private static Accepted text(String text, Json value) {
        return new Accepted(text, value);
    }

    private static Accepted number(String literal) {
        return new Accepted(literal, new Num(literal));
    }

    private static Accepted string(String inner, String value) {
        return new Accepted('"' + inner + '"', new Str(value));
    }

    private static final List<Accepted> LITERALS = List.of(
            text("true", new Bool(true)),
            text("false", new Bool(false)),
            text("null", Json.NULL));

    private static final List<Accepted> WHITESPACE = List.of(
            text(" null", Json.NULL),
            text("null ", Json.NULL),
            text("\t\n\r null\r\n \t", Json.NULL),
            text("\n1\n", new Num("1")),
            text("[ ]", Json.arr()),
            text("{\n}", Json.obj()),
            text("[\t1 ,\r2\n]", Json.arr(new Num("1"), new Num("2"))),
            text("{ \"a\"\t:\n1\r,\n\"b\" : 2 }", Json.obj().with("a", 1).with("b", 2)));

    private static final List<Accepted> NUMBERS = Stream.of(
                    "0", "-0", "1", "-1", "9", "10", "1234567890", "-9007199254740993", "12345678901234567890123456789",
                    "0.0", "-0.0", "0.5", "1.5", "10.01", "1.000000000000000000000", "0.0000000000000000000000000001",
                    "0e0", "0e1", "0E1", "0e+1", "0e-1", "1e2", "1E2", "1e+2", "1E+2", "1e-2", "1E-2", "1e00", "1e007",
                    "-1.5e+10", "-0.1E-10", "1e400", "-1e400", "1e-400", "0.4e0066999999999999999", "1e999999999",
                    "123e100000", "-123123123123123123123123123123", "2.2250738585072014e-308")
            .map(JsonAcceptedTest::number)
            .toList();

    private static final List<Accepted> STRINGS = List.of(
            string("", ""),
            string(" ", " "),
            string("abc", "abc"),
            string("/", "/"),
            string("'", "'"),
            string("{}[],:#//*", "{}[],:#//*"),
            string("\u007f", "\u007f"),
            string("\u0080", "\u0080"),
            string("é", "é"),
            string("\u07ff", "\u07ff"),
            string("\u0800", "\u0800"),
            string("\u2028\u2029", "\u2028\u2029"),
            string("\ud7ff", "\ud7ff"),
            string("\ue000", "\ue000"),
            string("\ufeff", "\ufeff"),
            string("\ufdd0\ufffe\uffff", "\ufdd0\ufffe\uffff"),
            string("😀", "😀"),
            string("𐀀", "𐀀"),
            string("\udbff\udfff", "\udbff\udfff"),
            string("aé€😀z", "aé€😀z"));

    private static final List<Accepted> ESCAPES = List.of(
            string("\\\"", "\""),
            string("\\\\", "\\"),
            string("\\/", "/"),
            string("\\b\\f\\n\\r\\t", "\b\f\n\r\t"),
            string("\\\\n", "\\n"),
            string("\\\\\\n", "\\\n"),
            string("\\\\u0041", "\\u0041"),
            string("\\\"\\\\\\\"", "\"\\\""),
            string("\\u0000", "\0"),
            string("\\u001f\\u007F", "\u001f\u007f"),
            string("\\u0041\\u0062", "Ab"),
            string("\\u00e9\\u00E9", "éé"),
            string("\\uabcd\\uABCD\\uaBcD", "\uabcd\uabcd\uabcd"),
            string("\\u0022\\u005c", "\"\\"),
            string("\\u00412", "A2"),
            string("a\\nb\\nc", "a\nb\nc"),
            string("é\\u00e9é", "ééé"),
            string("\\ufeff\\uffff\\ufffe", "\ufeff\uffff\ufffe"));

    private static final List<Accepted> SURROGATES = List.of(
            string("\\ud83d\\ude00", "😀"),
            string("\\uD83D\\uDE00\\ud83d\\ude00", "😀😀"),
            string("\\ud800\\udc00", "\ud800\udc00"),
            string("\\udbff\\udfff", "\udbff\udfff"),
            string("\\ud83d", "\ud83d"),
            string("\\ude00", "\ude00"),
            string("\\ude00\\ud83d", "\ude00\ud83d"),
            string("\\ud83d\\ud83d\\ude00", "\ud83d\ud83d\ude00"),
            string("\\ud83dx", "\ud83dx"),
            string("\\ud83d\\n", "\ud83d\n"),
            string("\\ud83d😀", "\ud83d😀"),
            string("\\ud83d\\u0041", "\ud83dA"));

    private static final List<Accepted> ARRAYS = List.of(
            text("[]", Json.arr()),
            text("[[]]", Json.arr(Json.arr())),
            text("[null]", Json.arr(Json.NULL)),
            text("[null,true,\"\",0,[],{}]",
                    Json.arr(Json.NULL, new Bool(true), new Str(""), new Num("0"), Json.arr(), Json.obj())),
            text("[1,1]", Json.arr(new Num("1"), new Num("1"))),
            text("[[],[[]]]", Json.arr(Json.arr(), Json.arr(Json.arr()))));

    private static final List<Accepted> OBJECTS = List.of(
            text("{}", Json.obj()),
            text("{\"\":0}", Json.obj().with("", 0)),
            text("{\"a\":null}", Json.obj().with("a", Json.NULL)),
            text("{\"a\":{\"a\":{\"a\":1}}}", Json.obj().with("a", Json.obj().with("a", Json.obj().with("a", 1)))),
            text("{\"a\":1,\"A\":2,\"a \":3}", Json.obj().with("a", 1).with("A", 2).with("a ", 3)),
            text("{\"\\u0000\":\"\\u0000\"}", Json.obj().with("\0", "\0")),
            text("{\"\\n\":[],\"é\":{}}", Json.obj().with("\n", Json.arr()).with("é", Json.obj())),
            text("{\"é\":1,\"e\u0301\":2}", Json.obj().with("é", 1).with("e\u0301", 2)));

    @TestFactory
    Stream<DynamicTest> parse_textOfTheGrammar_isItsValue() {
        return Stream.of(LITERALS, WHITESPACE, NUMBERS, STRINGS, ESCAPES, SURROGATES, ARRAYS, OBJECTS)
                .flatMap(List::stream)
                .map(accepted -> dynamicTest(accepted.text, () -> check(accepted)));
    }

    private static void check(Accepted accepted) {
        var inArray = "[" + accepted.text + "," + accepted.text + "]";
        var inObject = "{\"k\":" + accepted.text + "}";

        assertEquals(accepted.value, Json.parse(accepted.text));
        assertEquals(accepted.value, Json.parse(accepted.text.getBytes(UTF_8)));
        assertEquals(Json.arr(accepted.value, accepted.value), Json.parse(inArray));
        assertEquals(Json.obj().with("k", accepted.value), Json.parse(inObject));
        assertEquals(Json.obj(), Json.parse(inObject.getBytes(UTF_8), _ -> false));
    }

    @Test
    void parse_everyEscapedCodeUnit_isThatCodeUnit() {
        IntStream.range(0, 0x10000).forEach(unit -> {
            var expected = new Str(String.valueOf((char) unit));
            assertEquals(expected, Json.parse("\"\\u%04x\"".formatted(unit)));
            assertEquals(expected, Json.parse("\"\\u%04X\"".formatted(unit)));
        });
    }

    @Test
    void parse_sixtyFourLevels_isAccepted() {
        var text = "[{\"a\":".repeat(32) + "1" + "}]".repeat(32);

        assertEquals(text, Json.parse(text).toString());
    }

    @Test
    void parse_manyShallowSiblings_doNotAddUpInDepth() {
        var text = "[" + "[{}],".repeat(1000) + "[]]";

        assertEquals(1001, ((Arr) Json.parse(text)).items().size());
    }

    @Test
    void parse_members_keepTheirOrder() {
        var text = "{\"z\":1,\"a\":2,\"m\":3,\"b\":4,\"y\":5,\"c\":6}";

        assertEquals(text, Json.parse(text).toString());
    }
}
