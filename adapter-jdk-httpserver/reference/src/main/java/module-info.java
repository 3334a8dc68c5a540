/// The reference server: a small MCP server, to run, read and copy. It exports nothing, because a program is not a library.
module dev.mcpsession.reference {
    requires dev.mcpsession.httpserver;
}
