package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The bytes of one text, and how far they have been read.
final class JsonText {

    /// What [#peek] returns at the end of the text.
    static final int END = -1;

    private final byte[] bytes;
    private int position;

    JsonText(byte[] bytes) {
        this.bytes = bytes;
    }

    int position() {
        return position;
    }

    /// {@return the next byte as 0 to 255, or [#END]}
    int peek() {
        return position < bytes.length ? bytes[position] & 0xFF : END;
    }

    void advance(int count) {
        position += count;
    }

    /// Consumes the next byte if it is this one.
    boolean accept(int expected) {
        if (peek() != expected) return false;
        position++;
        return true;
    }

    void expect(char expected) {
        if (!accept(expected)) throw failure("expected '" + expected + "'");
    }

    void expect(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!accept(word.charAt(i))) throw failure("expected " + word);
        }
    }

    void skipWhitespace() {
        while (isWhitespace(peek())) position++;
    }

    private static boolean isWhitespace(int c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /// Skips the one-byte characters of a string that stand for themselves.
    void skipPlain() {
        while (position < bytes.length && isPlain(bytes[position])) position++;
    }

    private static boolean isPlain(byte b) {
        return b >= ' ' && b != '"' && b != '\\'; // bytes beyond ASCII are negative
    }

    /// Skips one character of several bytes.
    void skipMultibyte() {
        int length = Utf8.sequenceLength(bytes, position);
        if (length == 0) throw failure("expected well-formed UTF-8");
        position += length;
    }

    /// {@return the bytes of a part that is known to be UTF-8, as a string}
    String slice(int from, int to) {
        return new String(bytes, from, to - from, UTF_8);
    }

    char asciiAt(int at) {
        return (char) bytes[at];
    }

    /// {@return the index of the first such byte, or `to` if there is none}
    int indexOf(char wanted, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != wanted) at++;
        return at;
    }

    JsonException failure(String rule) {
        return new JsonException(rule, described(peek()), position);
    }

    private static String described(int found) {
        if (found == END) return "end of text";
        return found > ' ' && found < 0x7F ? "'" + (char) found + "'" : "0x%02X".formatted(found);
    }
}
