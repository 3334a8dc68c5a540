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
        if (present.isEmpty()) headers.put(VARY, new ArrayList<>(fields));
        else addMissing(headers, present, fields);
    }

    private static void addMissing(Headers headers, List<String> present, List<String> fields) {
        var missing = fields.stream().filter(field -> present.stream().noneMatch(field::equalsIgnoreCase)).toList();
        if (missing.isEmpty()) return;
        var values = new ArrayList<>(headers.get(VARY)); // a handler may have put an immutable list
        values.addAll(missing);
        headers.put(VARY, values);
    }

    private static List<String> fields(String value) {
        if (value.indexOf(',') < 0) return List.of(value.strip());
        return Arrays.stream(value.split(",")).map(String::strip).toList();
    }
}
