/// A small MCP server on this library, to run, read and copy.
///
/// ```text
/// Main                options in, URIs out, exit status
///   ReferenceServer     assembles backend, sessions and HTTP, and closes them
///     McpApplication      the application: JSON-RPC in, JSON-RPC out, no client state
///       Methods             the methods that clients can call, in both eras
///         Toolbox, Board      the tools and the one resource; SampleTools keep their state in a session, NoteTools in a handle
///     GuardedEndpoint     guards the operator's endpoints: PublishEndpoint, StatusEndpoint, draining
/// ```
///
/// The application never handles an event stream, an expiry or a second replica: the library does.
package dev.mcpsession.reference;
