/// Sessions and event streams on the JDK's own HTTP server.
///
/// Wrap the handler that answers your JSON-RPC, and start a server around it:
/// ```java
/// var store = new InMemorySessionStore(SessionPolicy.DEFAULT);
/// var broadcaster = new StripedBroadcaster();
/// var sessions = SessionHandler.builder(store).broadcaster(broadcaster).build();
/// var server = McpHttpServer.builder(sessions)
///         .endpoint(exchange -> {
///             var session = Caller.current().session(); // empty for a request of 2026-07-28
///             answer(exchange, session);            // your application
///         })
///         .start();
/// broadcaster.publish(Event.of("notifications/tools/list_changed"));
/// ```
/// With a server of your own, a [SessionHttpHandler][dev.mcpsession.httpserver.SessionHttpHandler] around the same handler
/// does it. [McpHttpServer][dev.mcpsession.httpserver.McpHttpServer] also sets the bounds that the JDK's server lacks.
///
/// ```text
/// HttpExchange ─▶ SessionHttpHandler ─▶ SessionHandler.decide
///                        │                 Reply    written; what is left of the request is drained
///                        │                 Forward  the application, with its session in Caller
///                        │                 Stream   the event stream, written by the exchange's own thread
///                        ▼
///                  every write watched, the exchange always closed
/// ```
package dev.mcpsession.httpserver;
