/// Sessions of MCP servers: who they belong to, how long they live, where they are kept.
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
/// A session slides: each touch starts its time to live anew, up to a maximum age ([SessionPolicy]). A
/// [SessionStore] keeps sessions, in this JVM ([dev.mcpsession.memory.InMemorySessionStore]) or where all replicas find them; what is promised
/// there holds for every store. A `SessionKeeper` touches the sessions that are in use and finds those that have expired.
/// The application's handler finds the session of its request in [Caller].
///
/// A session id alone opens nothing unless the session is anonymous: to a stranger it looks like an id that was never
/// given out. [Owner] says who somebody is, [Session#isOpenTo] who may use a session.
///
/// Sessions exist in the revisions [2025-03-26](https://modelcontextprotocol.io/specification/2025-03-26/basic/transports),
/// [2025-06-18](https://modelcontextprotocol.io/specification/2025-06-18/basic/transports) and
/// [2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports). 2026-07-28 has none: there an application
/// keeps state by [Handles]. How both are served side by side, the package [dev.mcpsession.http] shows.
///
/// Not promised: sessions in memory do not outlive their JVM; requests that a server sends to its client, and the replay of
/// a POST's own stream, are the application's; and no client is said to have processed anything exactly once.
package dev.mcpsession;
