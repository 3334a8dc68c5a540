/// Sessions and server push for MCP servers.
///
/// Depends on the JDK alone. Adapters bring the HTTP server and the database.
module dev.mcpsession {
    requires jdk.jfr;

    exports dev.mcpsession;
    exports dev.mcpsession.backend;
    exports dev.mcpsession.broadcast;
    exports dev.mcpsession.dialog;
    exports dev.mcpsession.event;
    exports dev.mcpsession.http;
    exports dev.mcpsession.json;
    exports dev.mcpsession.memory;

    uses dev.mcpsession.backend.Backend.Provider;
    provides dev.mcpsession.backend.Backend.Provider with dev.mcpsession.memory.MemoryBackend;
}
