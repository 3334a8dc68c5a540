package dev.mcpsession.benchmarks.replicas;

import dev.mcpsession.postgres.server.PgDatabase;
import java.util.Arrays;

/// The designs that are compared.
public enum ReplicaDesign {
    /// This library: a numbered log in a table, and a notification that only signals new entries.
    MCP_SESSION("mcp-session"),
    /// The textbook design, and that of the Go package from which this library originates: the event is the notification.
    NOTIFY("notify");

    private final String text;

    ReplicaDesign(String text) {
        this.text = text;
    }

    /// Finds a design by its name.
    ///
    /// @param text such as `notify`
    /// @return the design
    /// @throws IllegalArgumentException if there is none
    public static ReplicaDesign of(String text) {
        return Arrays.stream(values()).filter(design -> design.text.equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("design must be one of " + Arrays.toString(values()) + ": " + text));
    }

    /// Opens two replicas.
    ///
    /// @param database the empty database that they share
    /// @param reader   reads on the second one
    /// @return the running replicas
    public Replicas open(PgDatabase database, Replicas.Reader reader) {
        return switch (this) {
            case MCP_SESSION -> new McpSessionReplicas(database, reader);
            case NOTIFY -> new NotifyReplicas(database, reader);
        };
    }

    /// Returns the design's name.
    @Override
    public String toString() {
        return text;
    }
}
