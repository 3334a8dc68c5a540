/// From an HTTP request to a decision, and from a session to its event stream; no HTTP server is known here.
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
package dev.mcpsession.http;
