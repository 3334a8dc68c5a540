/// mcp-session on the JDK's own HTTP server.
///
/// An application that wraps a handler or starts a server also uses types of the two modules below, so they are transitive.
module dev.mcpsession.httpserver {
    requires transitive dev.mcpsession;
    requires transitive jdk.httpserver;

    exports dev.mcpsession.httpserver;
}
