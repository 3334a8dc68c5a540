/// From an HTTP request to a decision, and from a session or a listen to its event stream; no HTTP server is known here.
///
/// ```text
/// Request ─▶ Rules (pure) ─▶ what is wanted ─▶ SessionHandler: store, broadcaster ─▶ Decision
///                                                  Reply    status, headers, body; nothing more happens
///                                                  Forward  call the application, then say how it ended
///                                                  Stream   headers, then the blocking event loop
/// ```
///
/// An adapter turns its server's exchange into a [Request][dev.mcpsession.http.Request] and performs the
/// [Decision][dev.mcpsession.http.Decision].
///
/// ## Two eras at one endpoint
///
/// Up to 2025-11-25 a client begins a session by `initialize`, and everything else happens within it. From 2026-07-28 on there are
/// no sessions: each request says for itself what it needs, in its headers and again in its body. Which era a request belongs to
/// is read from nothing but itself, so a server serves both side by side, and one log of events is behind both:
///
/// ```text
///        up to 2025-11-25                                   2026-07-28
///
///  POST  with a session's id: its head decides              MCP-Protocol-Version and _meta say so, and agree:
///        no such session: initialize mints, else 404        Mcp-Method and Mcp-Name are as in the body
///          │                                                  │
///          ▼                                                  ▼
///        session: owner, time to live, state                caller: from the same OwnerResolver
///          │                                                  │
///          ├─▶ application, session in Caller                 ├─▶ application, owner in Caller; state by Handles
///          │                                                  │
///   GET    └─▶ one stream per session                POST     └─▶ subscriptions/listen: a stream for each
///               id: <position>                                     acknowledged with what is granted
///               event: message                                     event: message
///               data: {…}                                          data: {… _meta: its request's id …}
///               resumed by Last-Event-ID                           not resumed: the last five minutes' signals, once
///               ends with retry:                                   ends with its result
///          ▲                                                  ▲
///          └──────────────── Broadcaster: one order, one encoding of each event ────────────────┘
///                 everyone · one session · an owner · a thing of a topic (a resource's uri), to those that asked for it
/// ```
///
/// An application that speaks fewer revisions [names them][dev.mcpsession.http.SessionHandlerBuilder#revisions]; requests of any
/// other are answered with their list. Headers are read as proxies may have left them: equal values that were repeated or joined are
/// one value, a blank header is absent, and different values are refused.
///
/// What differs in how a stream speaks is in its dialect alone; order, heartbeats, slow readers, limits and draining are the same
/// for both, and so is the form of the bytes: [EventStreamFormat][dev.mcpsession.event.EventStreamFormat].
package dev.mcpsession.http;
