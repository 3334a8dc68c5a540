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

    /// Names the revision of the protocol that a request follows.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#protocol-version-header">MCP
    ///      2025-11-25, Protocol Version Header</a>
    public static final String PROTOCOL_VERSION = "MCP-Protocol-Version";

    /// Names the last event that a client has seen.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery">MCP
    ///      2025-11-25, Resumability and Redelivery</a>
    public static final String LAST_EVENT_ID = "Last-Event-ID";

    /// Names the method that a request of 2026-07-28 calls, so that what is between need not read the body.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#standard-request-headers">MCP
    ///      2026-07-28, Standard Request Headers</a>
    public static final String METHOD = "Mcp-Method";

    /// Names the tool, the prompt or the resource that a request of 2026-07-28 is about.
    ///
    /// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#standard-request-headers">MCP
    ///      2026-07-28, Standard Request Headers</a>
    public static final String NAME = "Mcp-Name";

    private McpHeaders() {}
}
