package dev.mcpsession.reference;

import dev.mcpsession.http.Decision.Reply;
import dev.mcpsession.json.Json;
import java.util.Map;

/// Creates replies with a JSON body or none.
final class Replies {

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private Replies() {}

    static Reply json(int status, Json body) {
        return new Reply(status, JSON, body.toUtf8());
    }

    static Reply empty(int status) {
        return new Reply(status, Map.of(), new byte[0]);
    }

    static Reply error(int status, String why) {
        return json(status, Json.obj().with("error", why));
    }

    static Reply unavailable(String why) {
        return new Reply(503, Map.of("Content-Type", "application/json", "Retry-After", "1"), Json.obj().with("error", why).toUtf8());
    }

    static Reply methodNotAllowed(String allowed) {
        var body = Json.obj().with("error", "method must be " + allowed);
        return new Reply(405, Map.of("Content-Type", "application/json", "Allow", allowed), body.toUtf8());
    }
}
