package dev.mcpsession.json;

import dev.mcpsession.json.Json.Arr;
import dev.mcpsession.json.Json.Bool;
import dev.mcpsession.json.Json.Num;
import dev.mcpsession.json.Json.Obj;
import dev.mcpsession.json.Json.Str;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Reads one text by recursive descent, straight from its bytes. The bound on the depth keeps recursion safe.
///
/// Each method starts at the first byte of the element in its name and ends after the last. With the selection `NONE` it performs the
/// same checks, builds nothing and returns null, so that a skipped part cannot be read more leniently than a kept one.
final class JsonReader {

    private final JsonText text;
    private int depth;

    private JsonReader(JsonText text) {
        this.text = text;
    }

    static Json read(byte[] utf8, Selection selection) {
        return new JsonReader(new JsonText(utf8)).wholeText(selection);
    }

    private Json wholeText(Selection selection) {
        text.skipWhitespace();
        var value = value(selection);
        text.skipWhitespace();
        if (text.peek() != JsonText.END) throw text.failure("expected the end of the text");
        return value;
    }

    private Json value(Selection selection) {
        return switch (text.peek()) {
            case '{' -> object(selection);
            case '[' -> array(selection);
            case '"' -> string(selection);
            case 't' -> word("true", new Bool(true), selection);
            case 'f' -> word("false", new Bool(false), selection);
            case 'n' -> word("null", Json.NULL, selection);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(selection);
            default -> throw text.failure("expected a value");
        };
    }

    private Json object(Selection selection) {
        open('{');
        var members = new LinkedHashMap<String, Json>();
        if (!text.accept('}')) {
            do member(members, selection);
            while (!closes('}'));
        }
        depth--;
        if (isSkipped(selection)) return null;
        members.values().removeIf(Objects::isNull);
        return new Obj(members);
    }

    // A skipped member leaves its key with null, because the key must not occur again.
    private void member(Map<String, Json> members, Selection selection) {
        var key = newKey(members);
        text.skipWhitespace();
        text.expect(':');
        text.skipWhitespace();
        members.put(key, value(selection.member(key)));
    }

    private String newKey(Map<String, Json> members) {
        int start = text.position();
        var key = StringToken.read(text);
        if (members.containsKey(key)) {
            throw new JsonException("expected each key once", JsonWriter.excerpt(key), start);
        }
        return key;
    }

    private Json array(Selection selection) {
        open('[');
        var items = new ArrayList<Json>();
        if (!text.accept(']')) {
            var elements = selection.elements();
            do element(items, elements);
            while (!closes(']'));
        }
        depth--;
        return isSkipped(selection) ? null : new Arr(items);
    }

    private void element(List<Json> items, Selection selection) {
        var item = value(selection);
        if (item != null) items.add(item);
    }

    private void open(char bracket) {
        if (depth == JsonWriter.MAX_DEPTH) throw text.failure("expected no more than " + JsonWriter.MAX_DEPTH + " levels of nesting");
        depth++;
        text.expect(bracket);
        text.skipWhitespace();
    }

    /// Moves past the text after a member or element: the closing bracket, or the comma and whitespace before the next.
    private boolean closes(char bracket) {
        text.skipWhitespace();
        if (text.accept(bracket)) return true;
        if (!text.accept(',')) throw text.failure("expected ',' or '" + bracket + "'");
        text.skipWhitespace();
        return false;
    }

    private Json string(Selection selection) {
        if (!isSkipped(selection)) return new Str(StringToken.read(text));
        StringToken.skip(text);
        return null;
    }

    private Json number(Selection selection) {
        if (!isSkipped(selection)) return new Num(NumberToken.read(text));
        NumberToken.skip(text);
        return null;
    }

    private Json word(String word, Json meaning, Selection selection) {
        text.expect(word);
        return isSkipped(selection) ? null : meaning;
    }

    private static boolean isSkipped(Selection selection) {
        return selection == Selection.Whole.NONE;
    }
}
