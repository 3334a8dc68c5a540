package dev.mcpsession.benchmarks.fanout;

import java.util.Arrays;

/// The designs that are compared.
public enum Design {
    /// This library.
    MCP_SESSION("mcp-session"),
    /// One lock around a set of bounded queues.
    SINGLE_LOCK("single-lock"),
    /// The JDK's `SubmissionPublisher`.
    SUBMISSION_PUBLISHER("submission-publisher"),
    /// Project Reactor's multicast sink.
    REACTOR("reactor"),
    /// The floor for every design that wakes its readers one by one.
    FLOOR("floor");

    private final String text;

    Design(String text) {
        this.text = text;
    }

    /// Finds a design by its name.
    ///
    /// @param text such as `single-lock`
    /// @return the design
    /// @throws IllegalArgumentException if there is none
    public static Design of(String text) {
        return Arrays.stream(values()).filter(design -> design.text.equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("design must be one of " + Arrays.toString(values()) + ": " + text));
    }

    /// Opens a fan-out without readers.
    ///
    /// @param stripes the number of lists over which waiting readers are spread; used by this library alone
    /// @return a new fan-out
    public FanOut open(int stripes) {
        return switch (this) {
            case MCP_SESSION -> new McpSessionFanOut(stripes);
            case SINGLE_LOCK -> new SingleLockFanOut();
            case SUBMISSION_PUBLISHER -> new SubmissionFanOut();
            case REACTOR -> new ReactorFanOut();
            case FLOOR -> new FloorFanOut();
        };
    }

    /// Returns the design's name.
    @Override
    public String toString() {
        return text;
    }
}
