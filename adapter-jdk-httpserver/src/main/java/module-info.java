/// mcp-session on the JDK's own HTTP server.
///
/// Whoever wraps a handler or starts a server also names types of the two modules below, so it gets them with this one.
module dev.mcpsession.httpserver {
    requires transitive dev.mcpsession;
    requires transitive jdk.httpserver;

    exports dev.mcpsession.httpserver;
}
