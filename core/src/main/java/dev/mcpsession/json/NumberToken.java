package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/// A number as RFC 8259, section 6, defines it.
final class NumberToken {

    private NumberToken() {}

    static String read(JsonText text) {
        int start = text.position();
        skip(text);
        return text.slice(start, text.position());
    }

    /// Moves past a number without checking the next byte: after the `0` of `012`, the caller rejects the `1`.
    static void skip(JsonText text) {
        text.accept('-');
        if (!text.accept('0')) skipDigits(text);
        if (text.accept('.')) skipDigits(text);
        if (text.accept('e') || text.accept('E')) skipExponent(text);
    }

    private static void skipExponent(JsonText text) {
        if (!text.accept('+')) text.accept('-');
        skipDigits(text);
    }

    private static void skipDigits(JsonText text) {
        if (!isDigit(text.peek())) throw text.failure("expected a digit");
        while (isDigit(text.peek())) text.advance(1);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isNumber(String literal) {
        var text = new JsonText(literal.getBytes(ISO_8859_1)); // turns all other characters into '?', which no number contains
        try {
            skip(text);
        } catch (JsonException _) {
            return false;
        }
        return text.peek() == JsonText.END;
    }
}
