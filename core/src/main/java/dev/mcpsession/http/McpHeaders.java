package dev.mcpsession.http;

import dev.mcpsession.ForAdapters;

/// The names of the headers that MCP and its event streams use.
@ForAdapters
public final class McpHeaders {

    /// Names the session.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management">MCP
    ///      2025-11-25, Session Management</a>
    public static final String SESSION_ID = "Mcp-Session-Id";

    /// Names the protocol revision of a request.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#protocol-version-header">MCP
    ///      2025-11-25, Protocol Version Header</a>
    public static final String PROTOCOL_VERSION = "MCP-Protocol-Version";

    /// Names the last event that a client has received.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery">MCP
    ///      2025-11-25, Resumability and Redelivery</a>
    public static final String LAST_EVENT_ID = "Last-Event-ID";

    /// Names the method of a request of 2026-07-28, so that intermediaries need not read the body.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#standard-request-headers">
    ///      MCP 2026-07-28, Standard Request Headers</a>
    public static final String METHOD = "Mcp-Method";

    /// Names the tool, prompt or resource of a request of 2026-07-28.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#standard-request-headers">
    ///      MCP 2026-07-28, Standard Request Headers</a>
    public static final String NAME = "Mcp-Name";

    private McpHeaders() {}
}
