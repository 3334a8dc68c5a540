package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A strict reader of Prometheus' text format, version 0.0.4, restricted to what this project writes: each family has `HELP`, `TYPE`
/// and then its samples, a counter ends in `_total`, a value is a plain decimal number, and a histogram is complete and cumulative.
final class PrometheusText {

    private static final Pattern HEAD = Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\\\\n]+)");
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{([a-zA-Z_][a-zA-Z0-9_]*)=\"([^\"\\\\\n]*)\"\\})? (-?[0-9]+(?:\\.[0-9]+)?)");

    private final Map<String, BigDecimal> samples = new LinkedHashMap<>();
    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, List<String>> series = new LinkedHashMap<>(); // by family

    PrometheusText(String text) {
        assertTrue(text.endsWith("\n"), "the last line must end");
        String family = null;
        for (var line : text.substring(0, text.length() - 1).split("\n", -1)) {
            if (line.startsWith("#")) family = head(line, family);
            else sample(line, family);
        }
        types.forEach((name, type) -> {
            assertFalse(series.getOrDefault(name, List.of()).isEmpty(), () -> name + " has no sample");
            if (type.equals("histogram")) assertHistogram(name);
        });
    }

    private String head(String line, String family) {
        var head = HEAD.matcher(line);
        assertTrue(head.matches(), line);
        var name = head.group(2);
        if (head.group(1).equals("HELP")) {
            assertFalse(series.containsKey(name), () -> "a family must be in one place: " + name);
            series.put(name, new ArrayList<>());
            return name;
        }
        assertEquals(family, name, "TYPE must follow HELP");
        assertTrue(List.of("counter", "gauge", "histogram").contains(head.group(3)), line);
        assertEquals(head.group(3).equals("counter"), name.endsWith("_total"), line);
        types.put(name, head.group(3));
        return name;
    }

    private void sample(String line, String family) {
        var sample = SAMPLE.matcher(line);
        assertTrue(sample.matches(), line);
        assertNotNull(types.get(family), () -> "TYPE must come first: " + line);
        var suffixes = types.get(family).equals("histogram") ? List.of("_bucket", "_sum", "_count") : List.of("");
        assertTrue(suffixes.stream().anyMatch(suffix -> sample.group(1).equals(family + suffix)), line);
        assertEquals(sample.group(1).endsWith("_bucket"), "le".equals(sample.group(2)), line);
        var name = line.substring(0, line.lastIndexOf(' '));
        assertFalse(samples.containsKey(name), () -> "a series must be there once: " + name);
        samples.put(name, new BigDecimal(sample.group(4)));
        series.get(family).add(name);
    }

    private void assertHistogram(String name) {
        var buckets = series.get(name).stream().filter(it -> it.startsWith(name + "_bucket")).toList();
        assertEquals(name + "_bucket{le=\"+Inf\"}", buckets.getLast());
        assertEquals(value(name + "_count"), value(buckets.getLast()));
        BigDecimal lastBound = null;
        for (var i = 0; i < buckets.size() - 1; i++) {
            var bound = new BigDecimal(buckets.get(i).split("\"")[1]);
            assertTrue(lastBound == null || bound.compareTo(lastBound) > 0, "bounds must ascend");
            assertTrue(value(buckets.get(i)).compareTo(value(buckets.get(i + 1))) <= 0, "buckets must be cumulative");
            lastBound = bound;
        }
        assertTrue(value(name + "_sum").signum() >= 0);
    }

    BigDecimal value(String series) {
        return samples.get(series);
    }

    int size() {
        return samples.size();
    }

    Map<String, String> types() {
        return types;
    }
}
