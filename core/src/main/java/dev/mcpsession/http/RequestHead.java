package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import java.util.Optional;

/// A request before its body is read. The headers that the rules use repeatedly are looked up once, because that is most of the cost of
/// a decision. Used by one thread, as the request is.
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

    /// {@return the id of the session; empty if none or several are named, or if the text is not an id}
    Optional<SessionId> sessionId() {
        return session.one().flatMap(SessionId::parse);
    }
}
