package dev.mcpsession.postgres;

import static java.util.stream.Collectors.joining;

import dev.mcpsession.json.Json;
import java.util.LinkedHashMap;

/// A session's state as it is stored: a `jsonb` object that holds the text of each value under its escaped key.
///
/// So the server can merge what is at the top level, and count bytes as the state is written on the wire, and yet gives back
/// every value as it was: `1.0` stays what it was, as do a NUL and a lone surrogate, which `jsonb` itself refuses.
/// Rejected: plain `jsonb` for that reason; and text that is merged here, since it takes two questions, and a third whenever
/// somebody came between.
final class StoredState {

    private StoredState() {}

    /// The members to set.
    static String set(Json.Obj patch) {
        return stored(patch, false);
    }

    /// The keys to remove.
    static String[] removed(Json.Obj patch) {
        return patch.members().entrySet().stream()
                .filter(member -> member.getValue() instanceof Json.Null)
                .map(member -> Escaped.of(member.getKey()))
                .toArray(String[]::new);
    }

    static String of(Json.Obj state) {
        return stored(state, true);
    }

    private static String stored(Json.Obj object, boolean nulls) {
        var texts = new LinkedHashMap<String, Json>();
        object.members().forEach((key, value) -> {
            if (nulls || !(value instanceof Json.Null)) texts.put(Escaped.of(key), new Json.Str(value.toString()));
        });
        return new Json.Obj(texts).toString();
    }

    static Json.Obj read(String stored) {
        var members = ((Json.Obj) Json.parse(stored)).members().entrySet().stream()
                .map(member -> '"' + member.getKey() + "\":" + ((Json.Str) member.getValue()).value())
                .collect(joining(",", "{", "}"));
        return (Json.Obj) Json.parse(members);
    }
}
