/// A small MCP server on this library, to run, read and copy.
///
/// ```text
/// Main                options in, URIs out, exit status
///   ReferenceServer     backend, sessions and HTTP, put together and closed in order
///     McpApplication      the server's own part: JSON-RPC in, JSON-RPC out, no state of a client
///       Methods             what clients can call, in both eras
///         Toolbox, Board      the tools and the one resource; SampleTools and NoteTools keep in a session or a handle what must be kept
///     GuardedEndpoint     guards the operator's endpoints: PublishEndpoint, StatusEndpoint, and draining
/// ```
///
/// The application never sees an event stream, an expiry or a second replica: that is what the library is for.
package dev.mcpsession.reference;
