package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Headers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The `Vary` header of an answer, which both the endpoint and the application's handler set. Without `Origin` in it, a cache may
/// serve one origin's answer to another.
final class Vary {

    private static final String VARY = "Vary";
    private static final String ORIGIN = "Origin";

    private Vary() {}

    static boolean namesOrigin(Headers headers) {
        return names(headers, ORIGIN);
    }

    /// Adds `Origin`, unless it is there or `*` covers it.
    static void nameOrigin(Headers headers) {
        if (names(headers, ORIGIN) || names(headers, "*")) return;
        var values = new ArrayList<>(values(headers)); // a handler may have put an immutable list
        values.add(ORIGIN);
        headers.put(VARY, values);
    }

    private static boolean names(Headers headers, String field) {
        return values(headers).stream().flatMap(value -> Arrays.stream(value.split(",")))
                .anyMatch(name -> name.strip().equalsIgnoreCase(field));
    }

    private static List<String> values(Headers headers) {
        return headers.getOrDefault(VARY, List.of());
    }
}
