package dev.mcpsession.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"0-0", "a-1", "5e1f-7", "0123456789abcdef0123456789abcdef-999999999999999999"})
    void parse_printed_isTheSame(String text) {
        assertEquals(text, EventId.parse(text).orElseThrow().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "-", "a-", "-1", "a", "1", "a-01", "a--1", "a-+1", "a-1 ", " a-1", "a-1\n", "A-1", "g-1", "a-1-1",
        "a_1", "a-1e3", "a-0x1",
        "0123456789abcdef0123456789abcdef0-1", "a-1000000000000000000", "a-99999999999999999999999",
        "a-١", "ａ-1", "a-1\u0000"})
    void parse_anythingElse_isEmpty(String text) {
        assertEquals(Optional.empty(), EventId.parse(text));
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
