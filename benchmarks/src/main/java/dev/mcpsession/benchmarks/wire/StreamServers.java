package dev.mcpsession.benchmarks.wire;

import dev.mcpsession.benchmarks.suite.Design;
import java.util.List;

/// The servers of event streams that are compared.
public final class StreamServers {

    /// This library on the JDK's server.
    public static final Design<StreamServer.Opener> MCP_SESSION = new Design<>("mcp-session", () -> McpSessionStreams.onJdk(Servers::echo));
    /// This library on robaho's server, which is designed for virtual threads.
    public static final Design<StreamServer.Opener> MCP_SESSION_ROBAHO =
            new Design<>("mcp-session-robaho", () -> McpSessionStreams.onRobaho(Servers::echo));
    /// This library's sessions and broadcaster on the JDK's server, but with one write and one flush for each event.
    public static final Design<StreamServer.Opener> WRITE_PER_EVENT =
            new Design<>("write-per-event", () -> new FeedStreams(new BroadcasterFeed()));
    /// The textbook design on the JDK's server: a bounded queue for each stream, guarded by one lock, and one write for each event.
    public static final Design<StreamServer.Opener> SINGLE_LOCK = new Design<>("single-lock", () -> new FeedStreams(new SingleLockFeed()));
    /// The floor for everything that has a thread for each stream of the JDK's server.
    public static final Design<StreamServer.Opener> BARE_HANDLER = new Design<>("bare-handler", BareHandler::new);
    /// The floor for everything that writes to each connection: one thread, one blocking write after the other.
    public static final Design<StreamServer.Opener> WRITE_LOOP = new Design<>("write-loop", WriteLoop::new);

    /// All of them, in the order of the report.
    public static final List<Design<StreamServer.Opener>> ALL =
            List.of(MCP_SESSION, MCP_SESSION_ROBAHO, WRITE_PER_EVENT, SINGLE_LOCK, BARE_HANDLER, WRITE_LOOP);

    private StreamServers() {}
}
