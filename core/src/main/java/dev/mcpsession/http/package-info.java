/// Turns HTTP requests into decisions, and sessions and listens into event streams. Depends on no HTTP server.
///
/// ```text
/// Request ─▶ Rules (pure) ─▶ Intent ─▶ store, broadcaster ─▶ Decision
///                                                              Reply    status, headers, body; nothing else happens
///                                                              Forward  call the application, then forward.completed(status)
///                                                              Stream   headers, then the blocking event loop
/// ```
///
/// An adapter presents its server's exchange as a [Request][dev.mcpsession.http.Request] and performs the
/// [Decision][dev.mcpsession.http.Decision].
///
/// ## Two eras at one endpoint
///
/// Up to 2025-11-25 a client begins a session by `initialize`, and everything else happens within it. From 2026-07-28 on there are
/// no sessions: each request states what it needs in its headers and again in its body. The era of a request is read from the request
/// alone, so one endpoint serves both, from one log of events:
///
/// ```text
///        up to 2025-11-25                                   2026-07-28
///
///  POST  with a session id: its head decides                MCP-Protocol-Version and _meta name it, and agree;
///        no such session: initialize creates, else 404      Mcp-Method and Mcp-Name agree with the body
///          │                                                  │
///          ▼                                                  ▼
///        session: owner, time to live, state                caller: from the same OwnerResolver
///          │                                                  │
///          ├─▶ application, session in Caller                 ├─▶ application, owner in Caller; state by Handles
///          │                                                  │
///   GET    └─▶ one stream per session                POST     └─▶ subscriptions/listen: one stream each
///               id: <position>                                     acknowledged with what is granted
///               event: message                                     event: message
///               data: {…}                                          data: {… _meta: id of the request …}
///               resumed by Last-Event-ID                           not resumed: signals of the last five minutes, once
///               ends with retry:                                   ends with its result
///          ▲                                                  ▲
///          └──────────────── Broadcaster: one order, one encoding of each event ────────────────┘
///                 everyone · one session · an owner · a thing of a topic (the uri of a resource), for its subscribers
/// ```
///
/// An application that speaks fewer revisions [names them][dev.mcpsession.http.SessionHandler.Builder#revisions]; a request of another
/// revision is answered with the list. Proxies may repeat or join headers: equal values count as one, a blank header counts as absent,
/// and different values are refused.
///
/// The streams of both eras share order, heartbeats, limits, draining, and [the form of the bytes][dev.mcpsession.event.EventStreamFormat];
/// they differ only in the bytes at the beginning, for an event, after a loss and at the end.
package dev.mcpsession.http;
