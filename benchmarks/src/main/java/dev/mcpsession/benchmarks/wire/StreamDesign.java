package dev.mcpsession.benchmarks.wire;

import java.io.IOException;
import java.util.Arrays;

/// The servers of event streams that are compared.
public enum StreamDesign {
    /// This library on the JDK's server.
    MCP_SESSION("mcp-session"),
    /// This library on robaho's server, which is designed for virtual threads.
    MCP_SESSION_ROBAHO("mcp-session-robaho"),
    /// This library's sessions and broadcaster on the JDK's server, but with one write and one flush for each event.
    WRITE_PER_EVENT("write-per-event"),
    /// The textbook design on the JDK's server: a bounded queue for each stream, guarded by one lock, and one write for each event.
    SINGLE_LOCK("single-lock"),
    /// The floor for everything that writes to each connection: one thread, one blocking write after the other.
    WRITE_LOOP("write-loop");

    private final String text;

    StreamDesign(String text) {
        this.text = text;
    }

    /// Finds a design by its name.
    ///
    /// @param text such as `write-loop`
    /// @return the design
    /// @throws IllegalArgumentException if there is none
    public static StreamDesign of(String text) {
        return Arrays.stream(values()).filter(design -> design.text.equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("design must be one of " + Arrays.toString(values()) + ": " + text));
    }

    /// Starts a server on loopback.
    ///
    /// @return a server without streams
    /// @throws IOException if it cannot listen
    public StreamServer open() throws IOException {
        return switch (this) {
            case MCP_SESSION -> McpSessionStreams.onJdk();
            case MCP_SESSION_ROBAHO -> McpSessionStreams.onRobaho();
            case WRITE_PER_EVENT -> new FeedStreams(new BroadcasterFeed());
            case SINGLE_LOCK -> new FeedStreams(new SingleLockFeed());
            case WRITE_LOOP -> new WriteLoop();
        };
    }

    /// Returns the design's name.
    @Override
    public String toString() {
        return text;
    }
}
