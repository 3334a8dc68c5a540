/// Sessions and event streams on the JDK's own HTTP server.
///
/// A server in three lines, around the handler that answers your JSON-RPC:
/// {@snippet class="dev.mcpsession.httpserver.McpHttpServerTest" region="start"}
/// [McpHttpServer][dev.mcpsession.httpserver.McpHttpServer] also has a builder, for a session store and a broadcaster of your own. With a
/// server of your own, wrap your handler in a [SessionHttpHandler][dev.mcpsession.httpserver.SessionHttpHandler].
///
/// ```text
/// HttpExchange ─▶ SessionHttpHandler ─▶ SessionHandler.decide
///                        │                 Reply    written; the rest of the request is drained
///                        │                 Forward  passed to the application, with the caller in Caller
///                        │                 Stream   the event stream, written by the exchange's own thread
///                        ▼
///                  every write watched, the exchange always closed
/// ```
package dev.mcpsession.httpserver;
