package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.json.Json.Bool;
import dev.mcpsession.json.Json.Num;
import dev.mcpsession.json.Json.Str;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JsonPrintTest {

    private static String printed(String value) {
        return new Str(value).toString();
    }

    @Test
    void toString_eachKind_isCompact() {
        var array = Json.arr(
                Json.NULL, new Bool(true), new Bool(false), Num.of(-1), new Str("a b"), Json.arr(), Json.obj());

        assertEquals("[null,true,false,-1,\"a b\",[],{}]", array.toString());
    }

    @Test
    void toString_object_keepsOrder() {
        assertEquals("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}",
                Json.obj().with("b", 1).with("a", Json.obj().with("d", 2).with("c", 3)).toString());
    }

    @Test
    void toString_number_isToTheLetter() {
        assertEquals("-1.50E+007", new Num("-1.50E+007").toString());
    }

    @Test
    void toString_quoteAndBackslash_areEscaped() {
        assertEquals("\"\\\"\\\\/\"", printed("\"\\/"));
    }

    @Test
    void toString_key_isEscaped() {
        assertEquals("{\"\\\"\\n\":1}", Json.obj().with("\"\n", 1).toString());
    }

    @Test
    void toString_commonControls_haveShortEscapes() {
        assertEquals("\"\\b\\f\\n\\r\\t\"", printed("\b\f\n\r\t"));
    }

    @Test
    void toString_otherControlsAndLineSeparators_areEscaped() {
        assertEquals(
                "\"\\u0000\\u001f\\u007f\\u0085\\u009f\\u2028\\u2029\"",
                printed("\0\u001f\u007f\u0085\u009f\u2028\u2029"));
    }

    @Test
    void toString_plainText_isAsItIs() {
        assertEquals("\"aé€😀\u00a0\ufeff\uffff\"", printed("aé€😀\u00a0\ufeff\uffff"));
    }

    @Test
    void toString_loneSurrogate_isEscaped() {
        assertEquals("\"\\ud83d\"", printed("\ud83d"));
        assertEquals("\"\\ude00\"", printed("\ude00"));
        assertEquals("\"\\ude00\\ud83d\"", printed("\ude00\ud83d"));
        assertEquals("\"\\ud83d😀\\ude00\"", printed("\ud83d😀\ude00"));
        assertEquals("\"\\ud83dx\\ude00\"", printed("\ud83dx\ude00"));
    }

    @Test
    void toString_everyPairOfUnitsOfEachClass_canBeReadBackAsUtf8() throws CharacterCodingException {
        var units = "a\"\\\0\n\u007f\u0080\u009fé\u07ff\u0800\u2028\ud7ff\ud800\udbff\udc00\udfff\ue000\uffff";
        for (char first : units.toCharArray()) {
            for (char second : units.toCharArray()) {
                var value = new Str("" + first + second);
                UTF_8.newDecoder().decode(ByteBuffer.wrap(value.toUtf8()));
                assertEquals(value, Json.parse(value.toUtf8()));
                assertEquals(value, Json.parse(value.toString()));
            }
        }
    }

    @Test
    void toString_everyCodeUnit_isReadBackAndHasNoControlCharacter() {
        IntStream.range(0, 0x10000).mapToObj(unit -> new Str("a" + (char) unit)).forEach(value -> {
            assertTrue(value.toString().chars().noneMatch(Character::isISOControl));
            assertEquals(value, Json.parse(value.toUtf8()));
        });
    }

    @Test
    void toUtf8_eachKind_isToStringInUtf8() {
        Stream.of(
                        Json.NULL, new Bool(true), Num.of(1), new Str("é😀\ud83d"), Json.arr(new Str("é")),
                        Json.obj().with("é", 1))
                .forEach(value -> assertArrayEquals(value.toString().getBytes(UTF_8), value.toUtf8()));
    }

    @Test
    void toString_sixtyFourLevels_isPrinted() {
        assertEquals("[".repeat(64) + "]".repeat(64), nested(64).toString());
    }

    @Test
    void toString_deeper_isRefused() {
        assertEquals(-1, assertThrows(JsonException.class, () -> nested(65).toString()).offset());
        assertThrows(JsonException.class, () -> nested(100_000).toUtf8());
    }

    private static Json nested(int levels) {
        Json value = Json.arr();
        for (int level = 1; level < levels; level++) value = Json.arr(value);
        return value;
    }
}
