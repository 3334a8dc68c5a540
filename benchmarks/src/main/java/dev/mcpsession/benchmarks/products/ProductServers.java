package dev.mcpsession.benchmarks.products;

import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.wire.McpSessionStreams;
import dev.mcpsession.benchmarks.wire.StreamServer;
import java.util.List;

/// The products that are compared. Behind this library, the tools are those of the official SDK.
public final class ProductServers {

    /// This library on the JDK's server.
    public static final Design<StreamServer.Opener> MCP_SESSION =
            new Design<>("mcp-session", () -> McpSessionStreams.onJdk(new SdkTools()));
    /// This library on robaho's server.
    public static final Design<StreamServer.Opener> MCP_SESSION_ROBAHO =
            new Design<>("mcp-session-robaho", () -> McpSessionStreams.onRobaho(new SdkTools()));
    /// This library on Jetty.
    public static final Design<StreamServer.Opener> MCP_SESSION_JETTY =
            new Design<>("mcp-session-jetty", () -> McpSessionStreams.onJetty(new SdkTools()));
    /// The official SDK of MCP, as a servlet in Jetty.
    public static final Design<StreamServer.Opener> SDK_JETTY = new Design<>("sdk-jetty", SdkStreams::onJetty);
    /// The official SDK of MCP, as a servlet in Tomcat.
    public static final Design<StreamServer.Opener> SDK_TOMCAT = new Design<>("sdk-tomcat", SdkStreams::onTomcat);
    /// Vert.x, with a loop over the open responses.
    public static final Design<StreamServer.Opener> VERTX = new Design<>("vertx", VertxStreams::new);
    /// Javalin, with a loop over its SSE clients.
    public static final Design<StreamServer.Opener> JAVALIN = new Design<>("javalin", JavalinStreams::new);

    /// All of them, in the order of the report.
    public static final List<Design<StreamServer.Opener>> ALL =
            List.of(MCP_SESSION, MCP_SESSION_ROBAHO, MCP_SESSION_JETTY, SDK_JETTY, SDK_TOMCAT, VERTX, JAVALIN);

    /// Those that speak MCP.
    public static final List<Design<StreamServer.Opener>> MCP =
            List.of(MCP_SESSION, MCP_SESSION_ROBAHO, MCP_SESSION_JETTY, SDK_JETTY, SDK_TOMCAT);

    private ProductServers() {}
}
