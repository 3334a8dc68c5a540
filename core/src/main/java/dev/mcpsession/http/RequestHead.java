package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import java.util.Optional;

/// A request before its body is read. The headers that the rules use repeatedly are looked up once: finding them is most of what a
/// decision costs. Used by one thread, as the request is.
///
/// @param version  `MCP-Protocol-Version`
/// @param revision the revision that it names, if this library knows it
/// @param session  `Mcp-Session-Id`
record RequestHead(Request request, HeaderValue version, Optional<ProtocolVersion> revision, HeaderValue session) {

    static RequestHead of(Request request) {
        var version = HeaderValue.of(request.headers(McpHeaders.PROTOCOL_VERSION));
        var session = HeaderValue.of(request.headers(McpHeaders.SESSION_ID));
        return new RequestHead(request, version, version.one().flatMap(ProtocolVersion::served), session);
    }

    String method() {
        return request.method();
    }

    boolean isPost() {
        return method().equals("POST");
    }

    boolean hasSession() {
        return session != HeaderValue.ABSENT;
    }

    /// {@return the session that is named; empty also if there are several, or if no session can have that id}
    Optional<SessionId> sessionId() {
        return session.one().flatMap(SessionId::parse);
    }
}
