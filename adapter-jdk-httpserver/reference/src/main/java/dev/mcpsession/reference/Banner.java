package dev.mcpsession.reference;

import dev.mcpsession.httpserver.McpHttpServer;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the server says when it is ready.
final class Banner {

    private Banner() {}

    static String of(ReferenceServer server, Options options) {
        var text = new StringBuilder("""
                mcp-session reference server is ready; Ctrl-C drains and ends it

                  MCP endpoint  %s
                  publish       POST %s
                  status        GET %s
                  drain         POST %s
                  backend       %s
                  hosts         loopback names%s
                  JDK properties in force
                """.formatted(
                server.uri(ReferenceServer.MCP), server.uri(ReferenceServer.PUBLISH), server.uri(ReferenceServer.STATUS),
                server.uri(ReferenceServer.DRAIN),
                options.shownBackend(), furtherHosts(options)));
        new TreeMap<>(McpHttpServer.properties()).forEach((name, value) -> text.append("    %s = %s%n".formatted(name, value)));
        return text.toString();
    }

    private static String furtherHosts(Options options) {
        var hosts = options.allowed().hosts();
        return hosts.isEmpty() ? " alone; --allow-host adds others" : ", " + String.join(", ", new TreeSet<>(hosts));
    }
}
