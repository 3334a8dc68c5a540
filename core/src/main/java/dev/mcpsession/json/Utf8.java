package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Strict UTF-8: malformed input, which the JDK's own conversions replace, is an error.
///
/// @see <a href="https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506">Unicode, table 3-7</a>
final class Utf8 {

    private Utf8() {}

    /// {@return the number of bytes of the well-formed sequence of two to four bytes that starts here, or 0 if there
    /// is none: a stray or missing continuation, an overlong form, a surrogate, or beyond U+10FFFF}
    static int sequenceLength(byte[] bytes, int start) {
        int lead = bytes[start] & 0xFF;
        int length = lengthAfter(lead);
        if (length == 0 || length > bytes.length - start) return 0;
        if (!isSecond(lead, bytes[start + 1] & 0xFF)) return 0;
        for (int i = 2; i < length; i++) {
            if (!isContinuation(bytes[start + i])) return 0;
        }
        return length;
    }

    private static int lengthAfter(int lead) {
        if (lead < 0xC2 || lead > 0xF4) return 0;
        if (lead < 0xE0) return 2;
        return lead < 0xF0 ? 3 : 4;
    }

    // After a valid lead, the second byte reveals every forbidden form: E0 and F0 could start overlong forms, ED a surrogate, F4 a
    // code point beyond the last.
    private static boolean isSecond(int lead, int second) {
        return switch (lead) {
            case 0xE0 -> second >= 0xA0 && second <= 0xBF;
            case 0xED -> second >= 0x80 && second <= 0x9F;
            case 0xF0 -> second >= 0x90 && second <= 0xBF;
            case 0xF4 -> second >= 0x80 && second <= 0x8F;
            default -> second >= 0x80 && second <= 0xBF;
        };
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    /// {@return the text in UTF-8}
    ///
    /// @throws JsonException if it has a lone surrogate, which UTF-8 cannot encode
    static byte[] encoded(String text) {
        int lone = indexOfLoneSurrogate(text);
        if (lone < text.length()) throw malformed(text, lone);
        return text.getBytes(UTF_8);
    }

    private static int indexOfLoneSurrogate(String text) {
        int at = 0;
        while (at < text.length() && !isLoneSurrogate(text, at)) at++;
        return at;
    }

    static boolean isLoneSurrogate(String text, int at) {
        char c = text.charAt(at);
        if (!Character.isSurrogate(c)) return false;
        int codePoint = Character.isHighSurrogate(c) ? text.codePointAt(at) : text.codePointBefore(at + 1);
        return codePoint == c;
    }

    private static JsonException malformed(String text, int lone) {
        int offset = text.substring(0, lone).getBytes(UTF_8).length;
        return new JsonException("expected no lone surrogate", "U+%04X".formatted((int) text.charAt(lone)), offset);
    }
}
