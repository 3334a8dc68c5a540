package dev.mcpsession.httpserver;

import com.sun.net.httpserver.Headers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Writes response headers, which filters, the endpoint and the application share.
///
/// `Vary` only grows. A cache that does not see `Origin` in it may serve one origin's answer to another.
final class ResponseHeaders {

    private static final String VARY = "Vary";

    private ResponseHeaders() {}

    static void closeConnection(Headers headers) {
        headers.set("Connection", "close");
    }

    /// Sets headers. The fields of a `Vary` are added to the present ones.
    static void set(Headers headers, Map<String, String> values) {
        values.forEach((name, value) -> {
            if (name.equalsIgnoreCase(VARY)) addVary(headers, fields(value));
            else headers.set(name, value);
        });
    }

    /// The fields that `Vary` names.
    static List<String> vary(Headers headers) {
        var values = headers.get(VARY);
        if (values == null) return List.of();
        return values.size() == 1 ? fields(values.getFirst()) : values.stream().flatMap(value -> fields(value).stream()).toList();
    }

    /// Adds the fields that `Vary` lacks, unless it is `*`.
    static void addVary(Headers headers, List<String> fields) {
        if (fields.isEmpty()) return;
        var present = vary(headers);
        if (present.equals(fields) || present.contains("*")) return; // as for nearly every answer
        var values = new ArrayList<>(headers.getOrDefault(VARY, List.of())); // a handler may have put an immutable list
        for (var field : fields) {
            if (present.stream().noneMatch(field::equalsIgnoreCase)) values.add(field);
        }
        headers.put(VARY, values);
    }

    private static List<String> fields(String value) {
        if (value.indexOf(',') < 0) return List.of(value.strip());
        return Arrays.stream(value.split(",")).map(String::strip).toList();
    }
}
