package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What the grammar forbids, production by production, and where the reader says so. Texts are bytes, written one
/// character each.
class JsonRejectedTest {

    private record Rejected(int offset, String text) {
        byte[] bytes() {
            return text.getBytes(ISO_8859_1);
        }
    }

    private static Rejected at(int offset, String text) {
        return new Rejected(offset, text);
    }

    private static final List<Rejected> MISSING = List.of(
            at(0, ""),
            at(1, " "),
            at(4, "\t\r\n "),
            at(1, "["),
            at(2, "[1"),
            at(3, "[1,"),
            at(2, "[["),
            at(3, "[[]"),
            at(1, "{"),
            at(4, "{\"a\""),
            at(5, "{\"a\":"),
            at(6, "{\"a\":1"),
            at(7, "{\"a\":1,"),
            at(10, "{\"a\":1,\"b\""),
            at(1, "\""),
            at(2, "\"a"),
            at(2, "\"\\"),
            at(3, "\"\\u"),
            at(6, "\"\\u004"),
            at(7, "\"\\u0041"),
            at(3, "\"\\\""),
            at(1, "t"),
            at(3, "tru"),
            at(4, "fals"),
            at(2, "nu"),
            at(1, "-"),
            at(2, "1."),
            at(2, "1e"),
            at(3, "1e+"));

    private static final List<Rejected> TRAILING = List.of(
            at(1, "1]"),
            at(2, "1 2"),
            at(2, "[]]"),
            at(2, "[],"),
            at(2, "{}}"),
            at(2, "{}{"),
            at(3, "{} []"),
            at(2, "\"\"x"),
            at(4, "true1"),
            at(4, "nulll"),
            at(4, "null\0"),
            at(5, "null \u00a0"),
            at(4, "true,"),
            at(5, "true //"),
            at(5, "true #"),
            at(5, "true /**/"),
            at(2, "{}\"a\""),
            at(2, "\"\"\"\""));

    private static final List<Rejected> LITERALS = List.of(
            at(0, "True"),
            at(0, "TRUE"),
            at(2, "trUe"),
            at(1, "tRUE"),
            at(2, "nuLL"),
            at(0, "NaN"),
            at(1, "nan"),
            at(0, "Infinity"),
            at(1, "-Infinity"),
            at(1, "-NaN"),
            at(0, "undefined"),
            at(0, "abc"),
            at(0, "'a'"),
            at(0, "`a`"));

    private static final List<Rejected> NUMBERS = List.of(
            at(0, "+1"),
            at(0, ".5"),
            at(1, "-.5"),
            at(1, "--1"),
            at(1, "-+1"),
            at(1, "- 1"),
            at(1, "-a"),
            at(1, "01"),
            at(1, "00"),
            at(2, "-01"),
            at(1, "012"),
            at(2, "1.e1"),
            at(3, "1.5.5"),
            at(2, "1..5"),
            at(2, "1.-5"),
            at(2, "1.a"),
            at(2, "1ee"),
            at(2, "1e.5"),
            at(3, "1e--1"),
            at(3, "1e+-1"),
            at(3, "1e1.5"),
            at(3, "1e1e1"),
            at(2, "1e a"),
            at(1, "0x1"),
            at(1, "1a"),
            at(1, "1_000"),
            at(2, "1 000"),
            at(1, "1L"),
            at(3, "1.5f"),
            at(1, "1\0"),
            at(0, "\u00b2"),
            at(0, utf8("１")),
            at(1, utf8("1１")),
            at(2, "0e"),
            at(2, "0."));

    private static final List<Rejected> STRINGS = List.of(
            at(1, "\"\n\""),
            at(1, "\"\0\""),
            at(2, "\"a\tb\""),
            at(2, "\"\\a\""),
            at(2, "\"\\'\""),
            at(2, "\"\\0\""),
            at(2, "\"\\x41\""),
            at(2, "\"\\v\""),
            at(2, "\"\\ \""),
            at(2, "\"\\N\""),
            at(2, "\"\\U0041\""),
            at(2, "\"\\\n\""),
            at(2, "\"\\\0\""),
            at(2, "\"\\" + utf8("é") + "\""),
            at(3, "\"\\u\""),
            at(6, "\"\\u004\""),
            at(3, "\"\\u{41}\""),
            at(3, "\"\\ug041\""),
            at(6, "\"\\u004g\""),
            at(3, "\"\\u+041\""),
            at(3, "\"\\u-041\""),
            at(3, "\"\\u 041\""),
            at(3, "\"\\u" + utf8("００４１") + "\""),
            at(4, "\"\\u0" + "\0" + "41\""),
            at(9, "\"\\ud83d\\\""),
            at(9, "\"\\ud83d\\u\""),
            at(10, "\"\\ud83d\\ud\""),
            at(8, "\"\\ud83d\\x\""));

    private static final List<Rejected> UTF_8_FORMS = List.of(
            at(1, "\"\u0080\""), // continuations without a lead
            at(1, "\"\u00bf\""),
            at(1, "\"\u00c0\u0080\""), // overlong forms
            at(1, "\"\u00c0\u00af\""),
            at(1, "\"\u00c1\u00bf\""),
            at(1, "\"\u00e0\u0080\u0080\""),
            at(1, "\"\u00e0\u009f\u00bf\""),
            at(1, "\"\u00f0\u0080\u0080\u0080\""),
            at(1, "\"\u00f0\u008f\u00bf\u00bf\""),
            at(1, "\"\u00ed\u00a0\u0080\""), // surrogates
            at(1, "\"\u00ed\u00bf\u00bf\""),
            at(1, "\"\u00ed\u00a0\u00bd\u00ed\u00b8\u0080\""),
            at(1, "\"\u00f4\u0090\u0080\u0080\""), // beyond U+10FFFF
            at(1, "\"\u00f5\u0080\u0080\u0080\""),
            at(1, "\"\u00f8\u0088\u0080\u0080\u0080\""),
            at(1, "\"\u00fc\u0084\u0080\u0080\u0080\u0080\""),
            at(1, "\"\u00fe\""),
            at(1, "\"\u00ff\""),
            at(1, "\"\u00c3\""), // cut short
            at(1, "\"\u00c3\u0028\""),
            at(1, "\"\u00e2\u0082\""),
            at(1, "\"\u00e2\u0028\u00a1\""),
            at(1, "\"\u00e2\u0082\u0028\""),
            at(1, "\"\u00f0\u009f\u0098\""),
            at(1, "\"\u00f0\u009f\u0028\u0080\""),
            at(1, "\"\u00f0\u009f\u0098\u0028\""),
            at(3, "\"" + utf8("é") + "\u00e9\""), // Latin-1
            at(0, "\u00e9"),
            at(1, "[\u00e9]"),
            at(0, utf8("é")),
            at(1, "\"\u00c3"),
            at(1, "\"\u00e2\u0082"),
            at(1, "\"\u00f0\u009f\u0098"));

    private static final List<Rejected> ENCODINGS = List.of(
            at(0, utf8("\ufeff")),
            at(0, utf8("\ufeff{}")),
            at(0, utf8("\ufeff \"a\"")),
            at(2, "{}" + utf8("\ufeff")),
            at(1, "[" + utf8("\ufeff") + "]"),
            at(0, "\u00ef"),
            at(0, "\u00ef\u00bb"),
            at(0, "\u00ef\u00bb{}"),
            at(0, "\u00fe\u00ff\0[\0]"),
            at(0, "\u00ff\u00fe[\0]\0"),
            at(0, "\0[\0]"),
            at(1, "[\0]\0"),
            at(1, "1\0"),
            at(1, "\"\0a\0\"\0"),
            at(0, "\0"));

    private static final List<Rejected> ARRAYS = List.of(
            at(0, "]"),
            at(0, ","),
            at(1, "[,]"),
            at(1, "[,1]"),
            at(3, "[1,]"),
            at(3, "[1,,2]"),
            at(3, "[1 2]"),
            at(3, "[\"\"1]"),
            at(3, "[[][]]"),
            at(2, "[1}"),
            at(1, "[}"),
            at(4, "[\"a\":1]"),
            at(2, "[1;2]"),
            at(2, "[1\0]"),
            at(2, "[1" + utf8("\u00a0") + "]"),
            at(2, "[1\f]"),
            at(2, "[1\u000b]"),
            at(3, "[1,#\n2]"),
            at(1, "[\\n1]"),
            at(1, "[*]"),
            at(1, "[...]"),
            at(5, "[\"\",\n"),
            at(1, "[+1]"),
            at(2, "[-]"));

    private static final List<Rejected> OBJECTS = List.of(
            at(0, "}"),
            at(0, ":"),
            at(1, "{,}"),
            at(1, "{]"),
            at(1, "{:1}"),
            at(1, "{1:1}"),
            at(1, "{a:1}"),
            at(1, "{'a':1}"),
            at(1, "{null:1}"),
            at(1, "{[]:1}"),
            at(4, "{\"a\"}"),
            at(4, "{\"a\",1}"),
            at(5, "{\"a\" 1}"),
            at(4, "{\"a\"=1}"),
            at(5, "{\"a\":}"),
            at(5, "{\"a\":,}"),
            at(5, "{\"a\"::1}"),
            at(6, "{\"a\":1]"),
            at(7, "{\"a\":1,}"),
            at(7, "{\"a\":1,,\"b\":2}"),
            at(7, "{\"a\":1 \"b\":2}"),
            at(6, "{\"a\":1;\"b\":2}"),
            at(7, "{\"a\":1,b:2}"),
            at(7, "{\"a\":1,/**/\"b\":2}"),
            at(1, "{/**/}"),
            at(2, "{\"\n\":1}"),
            at(2, "{\"\u00ff\":1}"),
            at(8, "{\"a\":\"b\"]"));

    private static final List<Rejected> DUPLICATES = List.of(
            at(7, "{\"a\":1,\"a\":1}"),
            at(7, "{\"a\":1,\"a\":2}"),
            at(7, "{\"a\":1,\"\\u0061\":2}"),
            at(12, "{\"\\u0061\":1,\"a\":2}"),
            at(6, "{\"\":1,\"\":2}"),
            at(13, "{\"a\":1,\"b\":2,\"a\":3}"),
            at(10, "{\"a\":null,\"a\":null}"),
            at(13, "{\"oo\":{\"a\":1,\"a\":2}}"),
            at(8, "[{\"a\":1,\"a\":2}]"),
            at(8, "{\"\\/\":1,\"/\":2}"),
            at(10, "{\"" + utf8("😀") + "\":1,\"\\ud83d\\ude00\":2}"));

    @TestFactory
    Stream<DynamicTest> parse_textOutsideTheGrammar_isRejectedWhereItBreaks() {
        return Stream.of(
                        MISSING, TRAILING, LITERALS, NUMBERS, STRINGS, UTF_8_FORMS, ENCODINGS, ARRAYS, OBJECTS,
                        DUPLICATES)
                .flatMap(List::stream)
                .map(rejected -> dynamicTest(new Json.Str(rejected.text).toString(), () -> check(rejected)));
    }

    private static void check(Rejected rejected) {
        var inArray = ("[0," + rejected.text + "]").getBytes(ISO_8859_1);
        var skipped = ("{\"k\":" + rejected.text + "}").getBytes(ISO_8859_1);

        assertEquals(rejected.offset, offset(rejected.bytes()));
        assertThrows(JsonException.class, () -> Json.parse(rejected.bytes(), _ -> true));
        assertThrows(JsonException.class, () -> Json.parse(rejected.bytes(), _ -> false));
        assertThrows(JsonException.class, () -> Json.parse(inArray));
        assertThrows(JsonException.class, () -> Json.parse(skipped, _ -> false));
    }

    private static int offset(byte[] text) {
        return assertThrows(JsonException.class, () -> Json.parse(text)).offset();
    }

    @Test
    void parse_everyRawControlCharacter_isRejected() {
        IntStream.range(0, ' ').forEach(c -> assertEquals(2, offset(new byte[] {'"', 'a', (byte) c, '"'})));
    }

    @Test
    void parse_everyOtherEscape_isRejected() {
        IntStream.range(0, 256)
                .filter(c -> "\"\\/bfnrtu".indexOf(c) < 0)
                .forEach(c -> assertEquals(2, offset(new byte[] {'"', '\\', (byte) c, '"'})));
    }

    @Test
    void parse_everyOtherByteAroundAValue_isRejected() {
        IntStream.range(0, 256)
                .filter(c -> " \t\n\r".indexOf(c) < 0)
                .forEach(c -> assertEquals(2, offset(new byte[] {'[', ']', (byte) c})));
    }

    @Test
    void parse_everySingleByteButADigit_isRejected() {
        IntStream.range(0, 256)
                .filter(c -> c < '0' || c > '9')
                .forEach(c -> assertThrows(JsonException.class, () -> Json.parse(new byte[] {(byte) c})));
    }

    @Test
    void parse_sixtyFiveLevels_isRejectedAtTheLastBracket() {
        assertEquals(64, offset("[".repeat(65).getBytes(UTF_8)));
        assertEquals(64 * 5, offset("{\"a\":".repeat(65).getBytes(UTF_8)));
    }

    @Test
    void parse_loneSurrogateInAString_isRejectedAtItsByte() {
        Stream.of("\"é\ud83d\"", "\"é\ude00\"", "\"é\ude00\ud83d\"", "\"é\ud83d\ud83d\ude00\"")
                .map(text -> assertThrows(JsonException.class, () -> Json.parse(text)))
                .forEach(rejection -> assertEquals(3, rejection.offset()));
    }

    @Test
    void parse_rejection_givesRuleValueAndOffset() {
        assertEquals("expected a value: 'x' at byte 1", message("[x]"));
        assertEquals("expected ',' or ']': end of text at byte 2", message("[1"));
        assertEquals("expected control characters to be escaped: 0x0A at byte 1", message("\"\n\""));
        assertEquals("expected each key once: \"a\\n\" at byte 9", message("{\"a\\n\":1,\"a\\n\":1}"));
    }

    @Test
    void parse_longTextRejected_isNotEchoed() {
        var key = "\"" + "k".repeat(10_000) + "\"";

        assertTrue(message("{" + key + ":1," + key + ":2}").length() < 100);
        assertTrue(message(key + key).length() < 100);
    }

    private static String message(String text) {
        return assertThrows(JsonException.class, () -> Json.parse(text)).getMessage();
    }

    private static String utf8(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }
}
