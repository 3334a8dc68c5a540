/// A small MCP server on this library, made to be run, read and copied.
///
/// ```text
/// Main            options in, URLs out, exit status
///   ReferenceServer   backend, sessions and HTTP, put together and closed in order
///     McpApplication  the server's own part: JSON-RPC in, JSON-RPC out, no state of a client
///       Toolbox       the tools there are; SampleTools keeps in the session what must be kept
///     GuardedEndpoint what stands before the endpoints beside MCP: PublishEndpoint, StatusEndpoint, DrainEndpoint
/// ```
///
/// The application never sees a session id, an event stream, an expiry or a second replica: that is what the library is for.
package dev.mcpsession.reference;
