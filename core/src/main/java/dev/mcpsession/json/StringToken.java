package dev.mcpsession.json;

import java.util.HexFormat;

/// A string as RFC 8259, section 7, defines it. A first pass checks it; a second one, which a skip omits, decodes it.
final class StringToken {

    private StringToken() {}

    static String read(JsonText text) {
        int start = text.position() + 1;
        skip(text);
        return decoded(text, start, text.position() - 1);
    }

    static void skip(JsonText text) {
        text.expect('"');
        text.skipPlain();
        while (!text.accept('"')) {
            skipSpecial(text);
            text.skipPlain();
        }
    }

    private static void skipSpecial(JsonText text) {
        int c = text.peek();
        if (c == '\\') skipEscape(text);
        else if (c >= 0x80) text.skipMultibyte();
        else throw text.failure(c == JsonText.END ? "expected '\"'" : "expected control characters to be escaped");
    }

    private static void skipEscape(JsonText text) {
        text.advance(1);
        switch (text.peek()) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> text.advance(1);
            case 'u' -> skipHex(text);
            default -> throw text.failure("expected one of \"\\/bfnrtu after '\\'");
        }
    }

    private static void skipHex(JsonText text) {
        text.advance(1);
        for (int i = 0; i < 4; i++) {
            if (!HexFormat.isHexDigit(text.peek())) throw text.failure("expected four hexadecimal digits after \\u");
            text.advance(1);
        }
    }

    private static String decoded(JsonText text, int from, int to) {
        int escape = text.indexOf('\\', from, to);
        return escape == to ? text.slice(from, to) : unescaped(text, from, escape, to);
    }

    private static String unescaped(JsonText text, int from, int firstEscape, int to) {
        var out = new StringBuilder(to - from);
        int run = from;
        for (int escape = firstEscape; escape < to; escape = text.indexOf('\\', run, to)) {
            out.append(text.slice(run, escape));
            char kind = text.asciiAt(escape + 1);
            out.append(kind == 'u' ? hex(text, escape + 2) : meaning(kind));
            run = escape + (kind == 'u' ? 6 : 2);
        }
        return out.append(text.slice(run, to)).toString();
    }

    private static char hex(JsonText text, int start) {
        return (char) HexFormat.fromHexDigits(text.slice(start, start + 4));
    }

    private static char meaning(char kind) {
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind; // '"', '\' and '/' stand for themselves
        };
    }
}
