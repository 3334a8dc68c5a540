/// Sessions of MCP servers: their owners, their life, and the stores that keep them.
///
/// ```text
///                touch, keepAlive          touch, keepAlive
///                                               ┌──┐
///   create                                      ▼  │           nothing for a TTL, or maximum age
///  ────────▶ provisional ────────────────────▶ alive ──────────────────────────────▶ expired
///                 │                             ▲  │                                 │  │
///                 │                             │  │        revive, by its owner     │  │
///                 │ unused for 60 s             └──┼─────────────────────────────────┘  │
///                 │                                │                                    │ revival window or
///                 │                                │ delete                             │ maximum age is over,
///                 ▼                                ▼                                    ▼ or the store is full
///               gone                             gone                                 gone
/// ```
///
/// Each touch restarts a session's time to live, up to a maximum age ([SessionPolicy]). A [SessionStore] keeps sessions: in this JVM
/// ([dev.mcpsession.memory.InMemorySessionStore]) or in a database that all replicas share. The application's handler finds the owner
/// and the session of its request in [Caller].
///
/// A session id alone opens nothing unless the session is anonymous: to another [Owner] it looks like an id that never existed
/// ([Session#isOpenTo]).
///
/// Sessions exist in the revisions [2025-03-26](https://modelcontextprotocol.io/specification/2025-03-26/basic/transports),
/// [2025-06-18](https://modelcontextprotocol.io/specification/2025-06-18/basic/transports) and
/// [2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports). 2026-07-28 has none: there an application
/// keeps state with [Handles]. The package [dev.mcpsession.http] shows how one endpoint serves both.
///
/// A server asks its client, during a call, with the package [dev.mcpsession.dialog].
///
/// Sessions in memory do not survive their JVM. The replay of a POST's stream is left to the application. No event is guaranteed to be
/// processed exactly once.
package dev.mcpsession;
