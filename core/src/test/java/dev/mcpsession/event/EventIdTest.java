package dev.mcpsession.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"mcps-0-0", "mcps-a-1", "mcps-5e1f-7", "mcps-0123456789abcdef0123456789abcdef-999999999999999999"})
    void parse_printed_isTheSame(String text) {
        assertEquals(text, EventId.parse(text).orElseThrow().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "-", "a-", "-1", "a", "1", "a-1", "5f-1", "0-0", "mcps", "mcps-", "mcps--1", "mcps-a", "mcps-a-", "MCPS-a-1", "mcps_a-1",
        "mcps-a-01", "mcps-a--1", "mcps-a-+1", "mcps-a-1 ", " mcps-a-1", "mcps-a-1\n", "mcps-A-1", "mcps-g-1", "xmcps-a-1",
        "mcps-a_1", "mcps-a-1e3", "mcps-a-0x1", "mcps-a-1-", "mcps-a-1-g", "mcps-a-1-12345678", "mcps-a-1-1-1",
        "mcps-0123456789abcdef0123456789abcdef0-1", "mcps-a-1000000000000000000", "mcps-a-99999999999999999999999",
        "mcps-a-١", "mcps-ａ-1", "mcps-a-1\u0000"})
    void parse_anythingElse_isEmpty(String text) {
        assertEquals(Optional.empty(), EventId.parse(text));
    }

    @Test
    void toPrimingText_eachTime_isAnotherTextOfThePosition() {
        var id = new EventId("f".repeat(32), 999_999_999_999_999_999L);

        var texts = Stream.generate(id::toPrimingText).limit(100).collect(Collectors.toSet());

        assertEquals(100, texts.size());
        for (var text : texts) {
            assertEquals(Optional.of(id), EventId.parse(text));
            assertNotEquals(id.toString(), text);
            assertTrue(text.length() <= 64, text);
        }
    }

    @Test
    void isAfter_onlyWithinAnEpoch_comparesSequences() {
        var id = new EventId("a", 7);

        assertTrue(id.isAfter(new EventId("a", 6)));
        assertFalse(id.isAfter(new EventId("a", 7)));
        assertFalse(id.isAfter(new EventId("a", 8)));
        assertFalse(id.isAfter(new EventId("b", 6)));
    }

    @Test
    void new_invalid_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new EventId("", 0));
        assertThrows(IllegalArgumentException.class, () -> new EventId("xyz", 0));
        assertThrows(IllegalArgumentException.class, () -> new EventId("a\n", 0));
        assertThrows(IllegalArgumentException.class, () -> new EventId("a", -1));
        assertThrows(NullPointerException.class, () -> new EventId(null, 0));
    }
}
