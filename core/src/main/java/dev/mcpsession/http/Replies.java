package dev.mcpsession.http;

import dev.mcpsession.http.Decision.Reply;
import dev.mcpsession.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The answers that the handler gives itself: a status and, as a JSON-RPC error, the reason.
final class Replies {

    static final String RETRY_AFTER_SECONDS = "5";

    private static final int MAX_ECHO = 64;
    private static final int PARSE_ERROR = -32700;
    private static final int INVALID_REQUEST = -32600;
    private static final int INVALID_PARAMS = -32602;
    private static final int INTERNAL_ERROR = -32603;
    private static final int NO_SUCH_SESSION = -32001; // the code that clients of revisions with sessions look for
    private static final int HEADER_MISMATCH = -32020;
    private static final int UNSUPPORTED_VERSION = -32022;
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    static final Reply PATH_NOT_FOUND = error(404, INVALID_REQUEST, "no endpoint at this path");
    static final Reply UNSUPPORTED_MEDIA_TYPE = error(415, INVALID_REQUEST, "Content-Type must be application/json");
    static final Reply SESSION_NOT_FOUND = error(404, NO_SUCH_SESSION, "Session not found");
    static final Reply NOT_ACCEPTABLE = error(406, INVALID_REQUEST, "Accept must admit text/event-stream");
    static final Reply DELETED = new Reply(204, Map.of(), new byte[0]);

    private Replies() {}

    static Reply methodNotAllowed(List<String> methods) {
        var allow = String.join(", ", methods);
        return with(error(405, INVALID_REQUEST, "method must be " + allow.replace(", DELETE", " or DELETE")), Map.of("Allow", allow));
    }

    // Lists the headers that clients of either era send. The star is for those in which a client of 2026-07-28 mirrors a tool's
    // arguments, whose names only the tool knows; it does not include `Authorization`.
    static Reply preflight(List<String> methods) {
        return new Reply(204, Map.of(
                "Access-Control-Allow-Methods", String.join(", ", methods),
                "Access-Control-Allow-Headers", String.join(", ",
                        "Authorization", "Content-Type", "Accept", "X-API-Key", McpHeaders.LAST_EVENT_ID, McpHeaders.SESSION_ID,
                        McpHeaders.PROTOCOL_VERSION, McpHeaders.METHOD, McpHeaders.NAME, "*"),
                "Access-Control-Max-Age", "600"), new byte[0]);
    }

    static Reply refused(HostPolicy.Refusal refusal) {
        return refusal.malformed()
                ? error(400, INVALID_REQUEST, refusal.header() + " header must name one host")
                : error(403, INVALID_REQUEST, refusal.header() + " must be allowed by this server");
    }

    static Reply tooLarge(String what, int maxBytes) {
        return error(413, INVALID_REQUEST, what + " must be at most " + maxBytes + " bytes");
    }

    static Reply notJson(String why) {
        return error(400, PARSE_ERROR, "body must be JSON: " + why);
    }

    static Reply unsupportedVersion(Set<ProtocolVersion> supported, String requested) {
        var newestFirst = ProtocolVersion.served().stream().filter(supported::contains);
        var data = Json.obj().with("supported", new Json.Arr(newestFirst.<Json>map(version -> new Json.Str(version.toString())).toList()))
                .with("requested", excerpt(requested));
        return error(400, error(UNSUPPORTED_VERSION, "Unsupported protocol version").with("data", data));
    }

    static Reply headerMismatch(String why) {
        return error(400, HEADER_MISMATCH, "Header mismatch: " + why);
    }

    static Reply invalidParams(String why) {
        return error(400, INVALID_PARAMS, "Invalid params: " + why);
    }

    static Reply invalidRequest(String why) {
        return error(400, INVALID_REQUEST, "Invalid request: " + why);
    }

    static Reply differentValues(String header) {
        return error(400, INVALID_REQUEST, header + " header must have one value");
    }

    // A body that is not a message is a worse fault than a missing session.
    static Reply sessionIdRequired(JsonRpcPeek peek) {
        return peek.flaw().map(Replies::invalidRequest)
                .orElseGet(() -> error(400, INVALID_REQUEST, McpHeaders.SESSION_ID + " header is required"));
    }

    /// {@return the reply with the id of the request, if its body was read and the reply is an error}
    static Reply answering(Optional<Json> id, Reply reply) {
        if (id.isEmpty() || reply.body().length == 0) return reply;
        var answer = ((Json.Obj) Json.parse(reply.body())).with("id", id.get());
        return new Reply(reply.status(), reply.headers(), answer.toUtf8());
    }

    static Reply challenge(OwnerResolver.Resolution.Challenge challenge) {
        var reply = error(challenge.status(), INVALID_REQUEST, challenge.message());
        return challenge.wwwAuthenticate().isEmpty() ? reply : with(reply, Map.of("WWW-Authenticate", challenge.wwwAuthenticate()));
    }

    static Reply unavailable(String why) {
        return with(error(503, INTERNAL_ERROR, why), Map.of("Retry-After", RETRY_AFTER_SECONDS));
    }

    static Reply with(Reply reply, Map<String, String> more) {
        return new Reply(reply.status(), merged(reply.headers(), more), reply.body());
    }

    /// {@return the headers of both maps; for a name in both, the value of the second}
    static Map<String, String> merged(Map<String, String> headers, Map<String, String> more) {
        if (headers.isEmpty()) return more; // as for nearly every forwarded request
        var all = new HashMap<>(headers);
        all.putAll(more);
        return all;
    }

    /// {@return the part of a client's text that an answer may repeat}
    static String excerpt(String text) {
        return text.substring(0, Math.min(text.length(), MAX_ECHO));
    }

    /// {@return the part of a client's text that a log line may repeat, with `?` for everything but printable ASCII}
    static String printable(String text) {
        return excerpt(text).replaceAll("[^\\x20-\\x7E]", "?");
    }

    private static Reply error(int status, int code, String message) {
        return error(status, error(code, message));
    }

    private static Json.Obj error(int code, String message) {
        return Json.obj().with("code", code).with("message", message);
    }

    // In JSON-RPC, an error for a request that was not read, or has no id, has the id null.
    private static Reply error(int status, Json.Obj error) {
        return new Reply(status, JSON, Json.obj().with("jsonrpc", "2.0").with("id", Json.NULL).with("error", error).toUtf8());
    }
}
