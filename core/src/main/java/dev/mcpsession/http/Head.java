package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import java.util.List;
import java.util.Optional;

/// A request before its body is read. What the rules ask again and again is looked up once: to find a header is most of what a
/// decision costs.
///
/// Used by one thread, as the request is.
///
/// @param request  all else
/// @param versions the values of `MCP-Protocol-Version`
/// @param revision the one that they name, if we serve it
/// @param sessions the values of `Mcp-Session-Id`
record Head(Request request, List<String> versions, Optional<ProtocolVersion> revision, List<String> sessions) {

    static Head of(Request request) {
        var versions = request.headers(McpHeaders.PROTOCOL_VERSION);
        return new Head(request, versions, only(versions).flatMap(ProtocolVersion::served), request.headers(McpHeaders.SESSION_ID));
    }

    private static Optional<String> only(List<String> values) {
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    String method() {
        return request.method();
    }

    boolean isPost() {
        return request.method().equals("POST");
    }

    /// What stands in the place of a revision that we serve, or empty.
    Optional<String> unservedVersion() {
        return versions.isEmpty() || revision.isPresent() ? Optional.empty() : Optional.of(String.join(", ", versions));
    }

    boolean hasSession() {
        return !sessions.isEmpty();
    }

    /// The session that is named; empty also if there are several, or none of ours can have that id.
    Optional<SessionId> session() {
        return only(sessions).flatMap(SessionId::parse);
    }
}
