package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Compares a table of limits with the options that set them.
public final class DocumentedLimits {

    private static final Set<String> DERIVED = Set.of("touchInterval", "toBuilder", "toString", "hashCode");

    private DocumentedLimits() {}

    /// Fails unless the rows have exactly the names and values of these options.
    ///
    /// @param rows     rows with the columns `option`, such as `Limits.maxStreams`, and `default`
    /// @param defaults the options, each with its accessors
    /// @param ignored  accessors that the rows omit
    public static void verify(List<Map<String, String>> rows, List<Object> defaults, String... ignored) {
        var documented = new TreeMap<String, String>();
        rows.forEach(row -> documented.put(row.get("option"), row.get("default")));
        var actual = new TreeMap<String, String>();
        for (var options : defaults) {
            for (var accessor : options.getClass().getDeclaredMethods()) {
                var name = accessor.getName();
                if (accessor.getParameterCount() > 0 || DERIVED.contains(name) || Arrays.asList(ignored).contains(name)) continue;
                if (!accessor.accessFlags().contains(AccessFlag.PUBLIC)) continue;
                if (accessor.accessFlags().contains(AccessFlag.STATIC)) continue;
                actual.put(options.getClass().getSimpleName() + '.' + name, shown(name, value(options, accessor)));
            }
        }
        assertEquals(actual, documented);
    }

    private static Object value(Object options, Method accessor) {
        try {
            return accessor.invoke(options);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static String shown(String name, Object value) {
        return switch (value) {
            case Duration time -> shown(time);
            case Number bytes when name.endsWith("Bytes") && bytes.longValue() % (1 << 20) == 0 -> (bytes.longValue() >> 20) + " MiB";
            case Number bytes when name.endsWith("Bytes") -> (bytes.longValue() >> 10) + " KiB";
            case Number count -> String.format(Locale.ROOT, "%,d", count.longValue());
            default -> throw new AssertionError("no way to show " + value);
        };
    }

    private static String shown(Duration time) {
        if (time.toHours() > 0) return time.toHours() + " h";
        if (time.toMinutes() > 1) return time.toMinutes() + " min";
        return (time.toMillis() % 1_000 == 0 ? "" + time.toSeconds() : "" + time.toMillis() / 1_000.0) + " s";
    }
}
