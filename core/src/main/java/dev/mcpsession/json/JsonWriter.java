package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.json.Json.Arr;
import dev.mcpsession.json.Json.Bool;
import dev.mcpsession.json.Json.Null;
import dev.mcpsession.json.Json.Num;
import dev.mcpsession.json.Json.Obj;
import dev.mcpsession.json.Json.Str;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Writes one value on one line. Characters that UTF-8 cannot encode are escaped.
final class JsonWriter {

    /// How deep arrays and objects may be nested: enough for any message, and safe for any stack.
    static final int MAX_DEPTH = 64;

    private static final HexFormat HEX = HexFormat.of();
    private static final int EXCERPT = 16;

    private final StringBuilder out = new StringBuilder();
    private int depth;

    private JsonWriter() {}

    static String printed(Json value) {
        var writer = new JsonWriter();
        writer.value(value);
        return writer.out.toString();
    }

    static byte[] utf8(Json value) {
        return printed(value).getBytes(UTF_8); // exact: no lone surrogate is left
    }

    /// {@return the first few characters of a value, quoted for a message}
    ///
    /// Client text ends up in logs. It must neither fill them nor start a line of its own.
    static String excerpt(String value) {
        var writer = new JsonWriter();
        writer.string(value.length() <= EXCERPT ? value : value.substring(0, EXCERPT));
        return writer.out + (value.length() <= EXCERPT ? "" : "…");
    }

    private void value(Json value) {
        switch (value) {
            case Obj(var members) -> object(members);
            case Arr(var items) -> array(items);
            case Str(var text) -> string(text);
            case Num(var literal) -> out.append(literal);
            case Bool(var truth) -> out.append(truth);
            case Null() -> out.append("null");
        }
    }

    private void object(Map<String, Json> members) {
        open('{');
        var separator = "";
        for (var member : members.entrySet()) {
            out.append(separator);
            string(member.getKey());
            out.append(':');
            value(member.getValue());
            separator = ",";
        }
        close('}');
    }

    private void array(List<Json> items) {
        open('[');
        var separator = "";
        for (var item : items) {
            out.append(separator);
            value(item);
            separator = ",";
        }
        close(']');
    }

    // The reader has the same bound, so what is written can be read back. A value that was not parsed cannot exhaust the stack either.
    private void open(char bracket) {
        if (depth++ == MAX_DEPTH) {
            throw new JsonException("value must not be nested more than " + MAX_DEPTH + " levels deep");
        }
        out.append(bracket);
    }

    private void close(char bracket) {
        depth--;
        out.append(bracket);
    }

    private void string(String text) {
        out.append('"');
        int run = 0;
        for (int at = 0; at < text.length(); at++) {
            if (isPlain(text, at)) continue;
            out.append(text, run, at);
            escape(text.charAt(at));
            run = at + 1;
        }
        out.append(text, run, text.length()).append('"');
    }

    private static boolean isPlain(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x7F) return c >= ' ' && c != '"' && c != '\\';
        return !Character.isISOControl(c) && !isLineBreak(c) && !Utf8.isLoneSurrogate(text, at);
    }

    // JSON allows these two unescaped, but some programs that read line by line would see two lines.
    private static boolean isLineBreak(char c) {
        return c == '\u2028' || c == '\u2029';
    }

    private void escape(char c) {
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append("\\u").append(HEX.toHexDigits(c));
        }
    }
}
