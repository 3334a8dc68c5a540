package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.json.Json.Arr;
import dev.mcpsession.json.Json.Num;
import dev.mcpsession.json.Json.Obj;
import dev.mcpsession.json.Json.Str;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Texts as long as a client may send. What takes time in proportion to the text is done in a fraction of a second;
/// what takes its square runs into the timeout.
@Timeout(10)
class JsonScaleTest {

    private static final int MIB_4 = 4 << 20;

    private static void rejects(int offset, String text) {
        var utf8 = text.getBytes(UTF_8);
        assertEquals(offset, assertThrows(JsonException.class, () -> Json.parse(utf8)).offset());
        assertEquals(offset, assertThrows(JsonException.class, () -> Json.parse(utf8, _ -> false)).offset());
    }

    private static void roundTrips(Json value) {
        assertEquals(value, Json.parse(value.toUtf8()));
        Json.parse(Json.obj().with("skipped", value).toUtf8(), _ -> false);
    }

    @Test
    void parse_openArrays_areRejectedAtTheCap() {
        rejects(64, "[".repeat(100_000));
        rejects(64, "[".repeat(250_000));
        rejects(64, "[".repeat(MIB_4));
        rejects(64 * 5, "{\"a\":".repeat(50_000));
        rejects(32 * 5, "[{\"\":".repeat(50_000));
    }

    @Test
    void parse_openArrayOfManyItems_isRejectedAtItsEnd() {
        rejects(250_000, "[" + "0,".repeat(124_999) + "0");
        rejects(250_001, "[" + "0,".repeat(125_000));
    }

    @Test
    void parse_longWhitespace_isLinear() {
        var blank = " \t\r\n".repeat(MIB_4 / 8);

        assertEquals(Json.arr(), Json.parse(blank + "[" + blank + "]"));
        rejects(blank.length(), blank);
    }

    @Test
    void parse_longNumber_isKeptToTheLetter() {
        roundTrips(new Num("1".repeat(MIB_4)));
        roundTrips(new Num("-0." + "1".repeat(MIB_4)));
        roundTrips(new Num("1e" + "9".repeat(MIB_4)));
    }

    @Test
    void parse_longString_isLinear() {
        roundTrips(new Str("a".repeat(MIB_4)));
        roundTrips(new Str("é".repeat(MIB_4 / 2)));
        roundTrips(new Str("😀".repeat(MIB_4 / 4)));
        rejects(MIB_4 + 1, "\"" + "a".repeat(MIB_4));
    }

    @Test
    void parse_manyEscapes_isLinear() {
        roundTrips(new Str("\n".repeat(MIB_4 / 2)));
        roundTrips(new Str("\0".repeat(MIB_4 / 6)));
        roundTrips(new Str("\ud83d".repeat(MIB_4 / 6)));
        roundTrips(new Str("a\"é\\".repeat(MIB_4 / 6)));
    }

    @Test
    void parse_manyItems_isLinear() {
        roundTrips(new Arr(IntStream.range(0, MIB_4 / 4).<Json>mapToObj(_ -> Json.arr()).toList()));
        roundTrips(new Arr(IntStream.range(0, MIB_4 / 4).<Json>mapToObj(_ -> new Str("")).toList()));
    }

    @Test
    void parse_manyKeys_isLinear() {
        roundTrips(Json.parse(keys("")));
    }

    /// `Aa` and `BB` have the same hash code, and so has every string of such pairs.
    @Test
    void parse_manyKeysOfOneHashCode_isNearlyLinear() {
        roundTrips(Json.parse(IntStream.range(0, 1 << 16)
                .mapToObj(JsonScaleTest::colliding)
                .collect(Collectors.joining("\":0,\"", "{\"", "\":0}"))));
    }

    private static String colliding(int bits) {
        var key = new StringBuilder();
        for (int i = 0; i < 16; i++) key.append((bits >> i & 1) == 0 ? "Aa" : "BB");
        return key.toString();
    }

    @Test
    void parse_lastOfManyKeysRepeated_isRejected() {
        var text = keys("").replaceFirst("}$", ",\"0\":0}");

        rejects(text.length() - 6, text);
    }

    private static String keys(String prefix) {
        return IntStream.range(0, 300_000)
                .mapToObj(i -> prefix + i)
                .collect(Collectors.joining("\":0,\"", "{\"", "\":0}"));
    }

    @Test
    void merged_manyMembers_isLinear() {
        var all = (Obj) Json.parse(keys("k"));

        assertEquals(all, Json.obj().merged(all));
    }
}
