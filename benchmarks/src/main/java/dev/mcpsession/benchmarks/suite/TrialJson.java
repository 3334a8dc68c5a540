package dev.mcpsession.benchmarks.suite;

import dev.mcpsession.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Converts trials to JSON and back.
final class TrialJson {

    private TrialJson() {}

    static Json.Obj write(Trial trial) {
        return Json.obj()
                .with("question", trial.cell().question())
                .with("parameters", object(trial.cell().parameters(), Json.Str::new))
                .with("fork", trial.fork())
                .with("attempt", trial.attempt())
                .with("seconds", Json.Num.of(trial.seconds()))
                .with("metrics", metrics(trial.metrics()))
                .with("failure", trial.failure());
    }

    static Trial read(Json json) {
        var object = (Json.Obj) json;
        var parameters = values(object.object("parameters").orElseThrow(), value -> ((Json.Str) value).value());
        return new Trial(
                new Cell(object.string("question").orElseThrow(), parameters),
                (int) number(object, "fork"),
                (int) number(object, "attempt"),
                metrics(object.object("metrics").orElseThrow()),
                object.string("failure").orElseThrow(),
                number(object, "seconds"));
    }

    static Json.Obj metrics(Map<String, Double> metrics) {
        return object(metrics, Json.Num::of);
    }

    static SequencedMap<String, Double> metrics(Json.Obj object) {
        return values(object, value -> Double.valueOf(((Json.Num) value).literal()));
    }

    private static double number(Json.Obj object, String key) {
        return Double.parseDouble(((Json.Num) object.get(key).orElseThrow()).literal());
    }

    private static <T> Json.Obj object(Map<String, T> values, Function<T, Json> write) {
        var members = new LinkedHashMap<String, Json>();
        values.forEach((key, value) -> members.put(key, write.apply(value)));
        return new Json.Obj(members);
    }

    private static <T> SequencedMap<String, T> values(Json.Obj object, Function<Json, T> read) {
        return object.members().entrySet().stream().collect(Collectors.toMap(
                Map.Entry::getKey, entry -> read.apply(entry.getValue()), (first, _) -> first, LinkedHashMap::new));
    }
}
