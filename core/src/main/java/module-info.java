/// Sessions and server push for MCP servers.
///
/// Needs nothing beyond the JDK, and no HTTP server or database of any kind: adapters bring those.
module dev.mcpsession {
    requires jdk.jfr;

    exports dev.mcpsession;
    exports dev.mcpsession.event;
    exports dev.mcpsession.http;
    exports dev.mcpsession.json;

    uses dev.mcpsession.event.BackendProvider;
    provides dev.mcpsession.event.BackendProvider with dev.mcpsession.event.MemoryBackend;
}
