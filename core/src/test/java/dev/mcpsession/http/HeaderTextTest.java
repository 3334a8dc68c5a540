package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {

    /// The examples of the specification, and some more.
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            us-west1|us-west1
            =?base64?SGVsbG8sIOS4lueVjA==?=|Hello, 世界
            =?base64?IHBhZGRlZCA=?=| padded\s
            =?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=|=?base64?literal?=
            =?BASE64?YQ==?=|=?BASE64?YQ==?=
            =?base64?YQ==|=?base64?YQ==
            =?base64?=|=?base64?=
            file:///a b.txt|file:///a b.txt
              spaced  |spaced
            """)
    void decoded_anyForm_isTheText(String value, String text) {
        assertEquals(Optional.of(text), HeaderText.decoded(value));
    }

    @Test
    void decoded_nothingEncoded_isEmptyText() {
        assertEquals(Optional.of(""), HeaderText.decoded("=?base64??="));
        assertEquals(Optional.of("line1\nline2"), HeaderText.decoded("=?base64?bGluZTEKbGluZTI=?="));
        assertEquals(Optional.of("a\tb"), HeaderText.decoded("a\tb"));
    }

    @Test
    void token_anythingButVisibleAscii_isEmpty() {
        assertEquals(Optional.of("tools/list"), HeaderText.token(" tools/list\t"));
        for (var value : new String[] {"tools list", "tools\tlist", "tools/list\u001f", "tools/lis\u00e9", "\u007f", "a\u0000"}) {
            assertEquals(Optional.empty(), HeaderText.token(value));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u001f", "\u001ca", "a\u00a0", "ä", "a\u0000b", "a\u007fb", "\u4e16", "=?base64?!?=", "=?base64?YQ=?=", "=?base64?YQ?=", "=?base64?YQ== ?=",
        "=?base64?/w==?=", "=?base64?wIA=?=", "=?base64?7aCA?=", "=?base64?ä?="})
    void decoded_thatNoClientMayWrite_isEmpty(String value) {
        assertEquals(Optional.empty(), HeaderText.decoded(value));
    }
}
