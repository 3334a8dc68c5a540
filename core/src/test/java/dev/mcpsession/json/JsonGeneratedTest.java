package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.json.Json.Obj;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Generated values and damaged texts, each from a seed of its own, which a failure names. `-Djson.cases=1000000` takes more of them.
class JsonGeneratedTest {

    private static final long SEED = 8259;
    private static final int CASES = Integer.getInteger("json.cases", 100_000);

    private static void forEachSeed(Consumer<RandomGenerator> check) {
        IntStream.range(0, CASES).parallel().forEach(i -> {
            try {
                check.accept(new SplittableRandom(SEED + i));
            } catch (Throwable failure) {
                throw new AssertionError("failed with seed " + (SEED + i), failure);
            }
        });
    }

    @Test
    void parse_generatedValuePrinted_isThatValue() {
        forEachSeed(random -> {
            var value = new JsonGenerator(random).value();

            assertEquals(value, Json.parse(value.toUtf8()));
            assertEquals(value.toString(), Json.parse(value.toUtf8()).toString()); // the order of members, too
            assertEquals(value, Json.parse(new JsonSpeller(random).spelled(value)));
        });
    }

    @Test
    void parse_mutatedText_isRejectedOrIsAValueThatSurvivesPrinting() {
        var accepted = new LongAdder();

        forEachSeed(random -> {
            var text = mutatedText(random);
            var keep = keep(random.nextInt());
            switch (outcome(() -> Json.parse(text))) {
                case Accepted(var value) -> {
                    accepted.increment();
                    assertEquals(value, Json.parse(value.toUtf8()));
                    assertEquals(new Accepted(kept(value, List.of(), keep)), outcome(() -> Json.parse(text, keep)));
                }
                case Rejected rejected -> assertEquals(rejected, outcome(() -> Json.parse(text, keep)));
            }
        });

        assertTrue(accepted.sum() > CASES / 20, "too few accepted to tell: " + accepted);
        assertTrue(accepted.sum() < CASES / 2, "too few rejected to tell: " + accepted);
    }

    private sealed interface Outcome {}

    private record Accepted(Json value) implements Outcome {}

    private record Rejected(int offset, String message) implements Outcome {}

    private static Outcome outcome(Supplier<Json> parse) {
        try {
            return new Accepted(parse.get());
        } catch (JsonException e) {
            return new Rejected(e.offset(), e.getMessage());
        }
    }

    /// Keeps every other path, in a way that depends on the salt.
    private static Predicate<List<String>> keep(int salt) {
        return path -> (path.hashCode() * salt & 4) == 0;
    }

    /// What a partial parse promises, worked out from the whole value.
    private static Json kept(Json value, List<String> path, Predicate<List<String>> keep) {
        return switch (value) {
            case Obj(var members) -> {
                var kept = new LinkedHashMap<String, Json>();
                members.forEach((key, member) -> {
                    var longer = longer(path, key);
                    if (keep.test(longer)) kept.put(key, kept(member, longer, keep));
                });
                yield new Obj(kept);
            }
            case Json.Arr(var items) -> {
                var longer = longer(path, "[]");
                yield keep.test(longer)
                        ? new Json.Arr(items.stream().map(item -> kept(item, longer, keep)).toList()) : Json.arr();
            }
            default -> value;
        };
    }

    private static List<String> longer(List<String> path, String key) {
        return Stream.concat(path.stream(), Stream.of(key)).toList();
    }

    private static byte[] mutatedText(RandomGenerator random) {
        return new Mutation(random).mutated(text(random), text(random));
    }

    private static byte[] text(RandomGenerator random) {
        return new JsonSpeller(random).spelled(new JsonGenerator(random).value()).getBytes(UTF_8);
    }
}
