package dev.mcpsession.benchmarks.replicas;

import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.postgres.server.PgDatabase;
import java.util.List;
import java.util.function.BiFunction;

/// The pairs of replicas that are compared. They are opened with the empty database that they share, and the reader on the second one.
public final class ReplicaDesigns {

    /// This library: a numbered log in a table, and a notification that only signals new entries.
    public static final Design<BiFunction<PgDatabase, Replicas.Reader, Replicas>> MCP_SESSION =
            new Design<>("mcp-session", McpSessionReplicas::new);
    /// The textbook design, and that of the Go package from which this library originates: the event is the notification.
    public static final Design<BiFunction<PgDatabase, Replicas.Reader, Replicas>> NOTIFY = new Design<>("notify", NotifyReplicas::new);

    /// All of them, in the order of the report.
    public static final List<Design<BiFunction<PgDatabase, Replicas.Reader, Replicas>>> ALL = List.of(MCP_SESSION, NOTIFY);

    private ReplicaDesigns() {}
}
