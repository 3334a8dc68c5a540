package dev.mcpsession.json;

import dev.mcpsession.json.Json.Arr;
import dev.mcpsession.json.Json.Bool;
import dev.mcpsession.json.Json.Num;
import dev.mcpsession.json.Json.Obj;
import dev.mcpsession.json.Json.Str;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.random.RandomGenerator;

/// Makes small values, with a liking for what is awkward.
record JsonGenerator(RandomGenerator random) {

    private static final String AWKWARD = "\"\\/\b\f\n\r\t\0{}[]:,uU\u001f\u007f\u0080\u009f"
            + "\u2028\u2029\ud7ff\ud83d\ude00\udbff\udfff\ue000\ufeff\uffff";
    private static final String[] NUMBERS = {
        "0", "-0", "0.0", "1e0", "1E+5", "-1.5e-7", "9007199254740993", "9223372036854775808", "1e999999999", "0.10",
        "-1E007"
    };

    Json value() {
        return value(3);
    }

    private Json value(int levels) {
        return switch (random.nextInt(levels > 0 ? 12 : 6)) {
            case 0 -> Json.NULL;
            case 1 -> new Bool(random.nextBoolean());
            case 2 -> Num.of(random.nextLong() >> random.nextInt(64));
            case 3 -> new Num(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 4, 5 -> new Str(string());
            case 6, 7, 8 -> array(levels - 1);
            default -> object(levels - 1);
        };
    }

    private Arr array(int levels) {
        var items = new ArrayList<Json>();
        for (int left = random.nextInt(4); left > 0; left--) items.add(value(levels));
        return new Arr(items);
    }

    private Obj object(int levels) {
        var members = new LinkedHashMap<String, Json>();
        for (int left = random.nextInt(4); left > 0; left--) members.put(string(), value(levels));
        return new Obj(members);
    }

    private String string() {
        var text = new StringBuilder();
        for (int left = random.nextInt(6); left > 0; left--) text.append(character());
        return text.toString();
    }

    private char character() {
        return switch (random.nextInt(8)) {
            case 0 -> (char) random.nextInt(0x10000);
            case 1, 2 -> AWKWARD.charAt(random.nextInt(AWKWARD.length()));
            default -> (char) random.nextInt('a', 'd');
        };
    }
}
