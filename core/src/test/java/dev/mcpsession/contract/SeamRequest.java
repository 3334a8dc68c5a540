package dev.mcpsession.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.EventId;
import dev.mcpsession.http.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A request from an authenticated client.
///
/// @param headers by lower-case name
record SeamRequest(String method, String name, Map<String, String> headers, String body) implements Request {

    private static final Map<String, String> ALWAYS =
            Map.of("host", "localhost:8080", "accept", "application/json, text/event-stream", "content-type", "application/json");

    SeamRequest {
        headers = new HashMap<>(headers);
        ALWAYS.forEach(headers::putIfAbsent);
    }

    /// Opens the session's stream.
    static SeamRequest get(SessionId session, String name) {
        return new SeamRequest("GET", name, Map.of("mcp-session-id", session.value()), "");
    }

    /// Resumes the session's stream.
    static SeamRequest get(SessionId session, String name, EventId after) {
        return new SeamRequest("GET", name, Map.of("mcp-session-id", session.value(), "last-event-id", after.toString()), "");
    }

    static SeamRequest delete(SessionId session, String name) {
        return new SeamRequest("DELETE", name, Map.of("mcp-session-id", session.value()), "");
    }

    static SeamRequest listen(String name, String notifications) {
        return new SeamRequest("POST", name, Map.of("mcp-protocol-version", "2026-07-28", "mcp-method", "subscriptions/listen"),
                Messages.listen("1", notifications));
    }

    @Override
    public String path() {
        return "/mcp";
    }

    @Override
    public List<String> headers(String header) {
        return Optional.ofNullable(headers.get(header.toLowerCase(Locale.ROOT))).stream().toList();
    }

    @Override
    public Optional<String> principal() {
        return Optional.of(name);
    }

    @Override
    public Optional<byte[]> readBody(int maxBytes) {
        return Optional.of(body.getBytes(UTF_8));
    }
}
