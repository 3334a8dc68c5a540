package dev.mcpsession.http;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// What 2026-07-28 requires of every POST: one message with the required members, and headers that agree with the body. Otherwise an
/// intermediary that routes or filters by the headers could be deceived. Pure functions.
///
/// A notification need not have the headers, since the revision defines no notification over HTTP. Headers that it has are checked.
/// Headers that mirror a tool's arguments are not checked: only the application has the tool's schema.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation">MCP
///      2026-07-28, Server Validation</a>
final class StatelessRules {

    // The member that `Mcp-Name` mirrors, by method.
    private static final Map<String, Function<JsonRpcPeek.Message, Optional<String>>> NAMED = Map.of(
            "tools/call", JsonRpcPeek.Message::name,
            "prompts/get", JsonRpcPeek.Message::name,
            "resources/read", JsonRpcPeek.Message::uri);

    private StatelessRules() {}

    /// {@return the answer to an invalid request}
    static Optional<Decision.Reply> refuse(RequestHead head, JsonRpcPeek peek) {
        if (peek.message().isEmpty()) return Optional.of(Replies.invalidRequest(peek.flaw().orElseThrow()));
        var message = peek.message().get();
        return wrongVersion(head, peek).map(Replies::headerMismatch)
                .or(() -> missing(message, peek).map(Replies::invalidParams))
                .or(() -> wrongMethod(head.request(), message).map(Replies::headerMismatch))
                .or(() -> wrongName(head.request(), message).map(Replies::headerMismatch));
    }

    private static Optional<String> wrongVersion(RequestHead head, JsonRpcPeek peek) {
        var header = head.revision().map(ProtocolVersion::toString);
        if (header.isEmpty()) return Optional.of(McpHeaders.PROTOCOL_VERSION + " header is required");
        if (peek.protocolVersion().isEmpty() || header.equals(peek.protocolVersion())) return Optional.empty();
        return Optional.of(differs(McpHeaders.PROTOCOL_VERSION, header.get()));
    }

    private static Optional<String> missing(JsonRpcPeek.Message message, JsonRpcPeek peek) {
        if (!message.isRequest()) return Optional.empty();
        if (peek.protocolVersion().isEmpty()) return Optional.of(JsonRpcPeek.VERSION_KEY + " is required in _meta");
        return message.hasCapabilities() ? Optional.empty() : Optional.of(JsonRpcPeek.CAPABILITIES_KEY + " is required in _meta");
    }

    private static Optional<String> wrongMethod(Request request, JsonRpcPeek.Message message) {
        return wrong(request, McpHeaders.METHOD, Optional.of(message.method()), message.isRequest(), HeaderText::token);
    }

    // For methods that are not listed, the header mirrors nothing and is not checked.
    private static Optional<String> wrongName(Request request, JsonRpcPeek.Message message) {
        return Optional.ofNullable(NAMED.get(message.method())).flatMap(name ->
                wrong(request, McpHeaders.NAME, name.apply(message), message.isRequest(), HeaderText::decoded));
    }

    private static Optional<String> wrong(Request request, String header, Optional<String> inBody, boolean isRequired,
                                          Function<String, Optional<String>> decoding) {
        var lines = request.headers(header);
        var value = HeaderValue.of(lines);
        if (value == HeaderValue.ABSENT) {
            return isRequired && inBody.isPresent() ? Optional.of(header + " header is required") : Optional.empty();
        }
        var whole = request.header(header).map(HeaderValue::strip); // a name may contain commas
        var agrees = Stream.of(whole, value.one()).flatMap(Optional::stream).map(decoding)
                .anyMatch(text -> text.isPresent() && text.equals(inBody));
        return agrees ? Optional.empty() : Optional.of(differs(header, String.join(", ", lines)));
    }

    private static String differs(String header, String value) {
        return header + " header must say what the body says: " + Replies.excerpt(value);
    }
}
