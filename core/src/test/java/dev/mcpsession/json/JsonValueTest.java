package dev.mcpsession.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.json.Json.Arr;
import dev.mcpsession.json.Json.Bool;
import dev.mcpsession.json.Json.Null;
import dev.mcpsession.json.Json.Num;
import dev.mcpsession.json.Json.Obj;
import dev.mcpsession.json.Json.Str;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JsonValueTest {

    private static final Obj AB = Json.obj().with("a", 1).with("b", "text");

    @Test
    void accessors_memberOfTheirType_answerIt() {
        var value = (Obj) Json.parse("""
                {"a":[1],"b":true,"n":1e3,"o":{},"s":"x","half":0.5,"null":null}""");

        assertEquals(Optional.of(Json.arr(Num.of(1))), value.array("a"));
        assertEquals(Optional.of(true), value.bool("b"));
        assertEquals(OptionalLong.of(1_000), value.integer("n"));
        assertEquals(Optional.of(Json.obj()), value.object("o"));
        assertEquals(Optional.of("x"), value.string("s"));
        for (var key : List.of("s", "null", "absent")) {
            assertEquals(Optional.empty(), value.array(key));
            assertEquals(Optional.empty(), value.bool(key));
            assertEquals(OptionalLong.empty(), value.integer(key));
            assertEquals(Optional.empty(), value.object(key));
        }
        assertEquals(Optional.empty(), value.string("n"));
        assertEquals(OptionalLong.empty(), value.integer("half"));
    }

    @Test
    void obj_mapChangedLater_isNotAffected() {
        var members = new LinkedHashMap<String, Json>();
        members.put("a", Json.NULL);
        var object = new Obj(members);

        members.clear();

        assertEquals("{\"a\":null}", object.toString());
    }

    @Test
    void obj_members_cannotBeChanged() {
        assertThrows(UnsupportedOperationException.class, () -> AB.members().put("c", Json.NULL));
        assertThrows(UnsupportedOperationException.class, () -> AB.members().pollFirstEntry());
    }

    @Test
    void obj_nullKeyOrValue_isRefused() {
        assertThrows(NullPointerException.class, () -> AB.with(null, 1));
        assertThrows(NullPointerException.class, () -> AB.with("a", (Json) null));
        assertThrows(NullPointerException.class, () -> AB.with("a", (String) null));
    }

    @Test
    void equals_otherOrderOfMembers_isEqual() {
        var other = Json.obj().with("b", "text").with("a", 1);

        assertEquals(AB, other);
        assertEquals(AB.hashCode(), other.hashCode());
        assertNotEquals(AB, other.with("a", 2));
    }

    @Test
    void get_present_isTheValue() {
        assertEquals(Optional.of(Num.of(1)), AB.get("a"));
        assertEquals(Optional.of(Json.NULL), Json.obj().with("n", Json.NULL).get("n"));
    }

    @Test
    void get_absent_isEmpty() {
        assertTrue(AB.get("c").isEmpty());
    }

    @Test
    void string_onlyAString_isFound() {
        assertEquals(Optional.of("text"), AB.string("b"));
        assertTrue(AB.string("a").isEmpty());
        assertTrue(AB.string("c").isEmpty());
    }

    @Test
    void object_onlyAnObject_isFound() {
        assertEquals(Optional.of(AB), Json.obj().with("o", AB).object("o"));
        assertTrue(AB.object("a").isEmpty());
        assertTrue(AB.object("c").isEmpty());
    }

    @Test
    void isEmpty_onlyWithoutMembers_isTrue() {
        assertTrue(Json.obj().isEmpty());
        assertFalse(AB.isEmpty());
    }

    @Test
    void with_newKey_isAddedAtTheEnd() {
        assertEquals("{\"a\":1,\"b\":\"text\",\"c\":true}", AB.with("c", true).toString());
    }

    @Test
    void with_knownKey_isReplacedWhereItIs() {
        assertEquals("{\"a\":[],\"b\":\"text\"}", AB.with("a", Json.arr()).toString());
    }

    @Test
    void with_original_isUnchanged() {
        AB.with("a", 2);

        assertEquals("{\"a\":1,\"b\":\"text\"}", AB.toString());
    }

    @Test
    void without_key_isRemoved() {
        assertEquals("{\"b\":\"text\"}", AB.without("a").toString());
        assertEquals(AB, AB.without("c"));
    }

    @Test
    void merged_patch_replacesAddsAndRemoves() {
        var patch = Json.obj().with("a", Json.NULL).with("c", 3).with("b", Json.obj()).with("absent", Json.NULL);

        assertEquals("{\"b\":{},\"c\":3}", AB.merged(patch).toString());
    }

    @Test
    void merged_objectsInside_areReplaced() {
        var patch = Json.obj().with("o", Json.obj().with("n", Json.NULL));

        assertEquals(patch, Json.obj().with("o", AB).merged(patch));
    }

    @Test
    void arr_listChangedLater_isNotAffected() {
        var items = new ArrayList<Json>(List.of(Json.NULL));
        var array = new Arr(items);

        items.clear();

        assertEquals(Json.arr(Json.NULL), array);
        assertThrows(UnsupportedOperationException.class, () -> array.items().clear());
    }

    @Test
    void arr_nullItem_isRefused() {
        assertThrows(NullPointerException.class, () -> new Arr(Arrays.asList((Json) null)));
    }

    @Test
    void equals_null_isOneValue() {
        assertEquals(Json.NULL, new Null());
        assertEquals(new Bool(true), new Bool(true));
        assertNotEquals(new Str("null"), Json.NULL);
    }

    @Test
    void num_notANumber_isRefused() {
        Stream.of("", "+1", "01", "1.", ".5", "1e", "NaN", "Infinity", " 1", "1 ", "1\n", "0x1", "1,2", "１", "-")
                .forEach(literal -> assertThrows(IllegalArgumentException.class, () -> new Num(literal)));
    }

    @Test
    void num_refused_givesAShortReason() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new Num("x\n".repeat(1000)));

        assertEquals("literal must be a JSON number: \"x\\nx\\nx\\nx\\nx\\nx\\nx\\nx\\n\"…", refusal.getMessage());
    }

    /// Every text of up to seven of the characters numbers are made of, against the grammar in another notation.
    @Test
    void num_everyShortText_isJudgedAsByTheGrammar() {
        var grammar = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?").asMatchPredicate();

        shortTexts("", 7)
                .parallel()
                .forEach(text -> assertEquals(grammar.test(text), NumberToken.isNumber(text), text));
    }

    private static Stream<String> shortTexts(String prefix, int length) {
        if (length == 0) return Stream.of(prefix);
        var longer = Stream.of("-", "+", "0", "7", ".", "e").flatMap(next -> shortTexts(prefix + next, length - 1));
        return Stream.concat(Stream.of(prefix), longer);
    }

    @Test
    void equals_numbersWrittenDifferently_areDifferent() {
        assertNotEquals(new Num("1"), new Num("1.0"));
        assertEquals(new Num("1.0"), new Num("1.0"));
    }

    @Test
    void of_double_isWrittenAsJson() {
        assertEquals("0.1", Num.of(0.1).literal());
        assertEquals("-0.0", Num.of(-0.0).literal());
        assertEquals("1.7976931348623157E308", Num.of(Double.MAX_VALUE).literal());
        assertEquals("4.9E-324", Num.of(Double.MIN_VALUE).literal());
    }

    @Test
    void of_notFinite_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Num.of(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Num.of(Double.NEGATIVE_INFINITY));
    }

    @Test
    void asLong_exactLong_isFound() {
        assertEquals(OptionalLong.of(Long.MAX_VALUE), Num.of(Long.MAX_VALUE).asLong());
        assertEquals(OptionalLong.of(Long.MIN_VALUE), Num.of(Long.MIN_VALUE).asLong());
        assertEquals(OptionalLong.of(0), new Num("-0").asLong());
        assertEquals(OptionalLong.of(0), new Num("0e999999999").asLong());
        assertEquals(OptionalLong.of(1000), new Num("1e3").asLong());
        assertEquals(OptionalLong.of(1000), new Num("1000.000").asLong());
        assertEquals(OptionalLong.of(15), new Num("1.5E+1").asLong());
        assertEquals(OptionalLong.of(15), new Num("1500e-2").asLong());
        assertEquals(OptionalLong.of(Long.MAX_VALUE), new Num("9223372036854775.807e3").asLong());
    }

    @Test
    void asLong_anythingElse_isEmpty() {
        Stream.of("9223372036854775808", "-9223372036854775809", "0.5", "1e-1", "1e19", "1.00000000000000000001",
                        "1e999999999", "-1e999999999", "1e-999999999", "1e2147483647", "1e-2147483647", "1e2147483648",
                        "1e-2147483649", "1e99999999999999999999", "1".repeat(4_000_000), "1." + "0".repeat(4_000_000))
                .forEach(literal -> assertTrue(new Num(literal).asLong().isEmpty()));
    }
}
