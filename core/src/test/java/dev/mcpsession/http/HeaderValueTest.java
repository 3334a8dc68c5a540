package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderValueTest {

    @Test
    void of_noLine_isAbsent() {
        assertEquals(HeaderValue.ABSENT, HeaderValue.of(List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t ", ",", " , ,\t"})
    void of_blank_isAbsent(String line) {
        assertEquals(HeaderValue.ABSENT, HeaderValue.of(List.of(line)));
        assertEquals(HeaderValue.ABSENT, HeaderValue.of(List.of(line, line)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " a\t", "a,a", "a, a", "a ,\ta , a", "a,", ",a"})
    void of_equalMembers_areOne(String line) {
        assertEquals(new HeaderValue.One("a"), HeaderValue.of(List.of(line)));
        assertEquals(new HeaderValue.One("a"), HeaderValue.of(List.of(line, "a")));
        assertEquals(new HeaderValue.One("a"), HeaderValue.of(List.of("", line)));
    }

    @Test
    void of_differentMembers_areSeveral() {
        assertEquals(new HeaderValue.Several("a, b"), HeaderValue.of(List.of("a, b")));
        assertEquals(new HeaderValue.Several("a, b"), HeaderValue.of(List.of("a", "b")));
        assertEquals(new HeaderValue.Several("a, A"), HeaderValue.of(List.of("a", "A")));
        assertEquals(new HeaderValue.Several("a\u001f,a"), HeaderValue.of(List.of("a\u001f,a")));
    }

    @Test
    void of_quotedComma_isNoSeparator() {
        assertEquals(new HeaderValue.One("a=\"x, x\""), HeaderValue.of(List.of("a=\"x, x\"")));
        assertEquals(new HeaderValue.One("a=\"\\\", \""), HeaderValue.of(List.of("a=\"\\\", \", a=\"\\\", \"")));
        assertEquals(new HeaderValue.One("x\"y, x\"y"), HeaderValue.of(List.of("x\"y, x\"y")));
    }
}
