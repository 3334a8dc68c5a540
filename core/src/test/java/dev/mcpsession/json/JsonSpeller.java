package dev.mcpsession.json;

import dev.mcpsession.json.Json.Arr;
import dev.mcpsession.json.Json.Obj;
import dev.mcpsession.json.Json.Str;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Writes a value in one of the many ways others may write it: with whitespace anywhere, and escapes where none are
/// needed.
record JsonSpeller(RandomGenerator random) {

    String spelled(Json value) {
        return blank() + token(value) + blank();
    }

    private String token(Json value) {
        return switch (value) {
            case Obj(var members) -> members.entrySet().stream()
                    .map(member -> spelled(new Str(member.getKey())) + ":" + spelled(member.getValue()))
                    .collect(Collectors.joining(",", "{" + blank(), "}"));
            case Arr(var items) -> items.stream()
                    .map(this::spelled)
                    .collect(Collectors.joining(",", "[" + blank(), "]"));
            case Str(var text) -> string(text);
            case Json.Num _, Json.Bool _, Json.Null _ -> value.toString();
        };
    }

    private String string(String text) {
        var spelled = new StringBuilder("\"");
        for (char c : text.toCharArray()) spelled.append(character(c));
        return spelled.append('"').toString();
    }

    // A surrogate is always escaped: whether it stands alone is not seen from here.
    private String character(char c) {
        boolean mustEscape = c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c);
        if (c == '/' && random.nextBoolean()) return "\\/";
        return mustEscape || random.nextInt(8) == 0 ? escaped(c) : String.valueOf(c);
    }

    private String escaped(char c) {
        int at = "\"\\\b\f\n\r\t".indexOf(c);
        if (at >= 0 && random.nextBoolean()) return "\\" + "\"\\bfnrt".charAt(at);
        var hex = Integer.toHexString(0x10000 | c).substring(1);
        return "\\u" + (random.nextBoolean() ? hex : hex.toUpperCase(Locale.ROOT));
    }

    private String blank() {
        return switch (random.nextInt(16)) {
            case 0 -> " ";
            case 1 -> "\t\r\n";
            default -> "";
        };
    }
}
