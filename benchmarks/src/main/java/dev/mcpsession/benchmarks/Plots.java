package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.report.Plot;
import dev.mcpsession.benchmarks.report.Plot.Kind;
import dev.mcpsession.benchmarks.suite.Cell;
import java.util.List;

/// The plots of the report.
final class Plots {

    private static final String DELIVERY = DeliveryLatency.class.getSimpleName();
    private static final String STREAMS = EventStreams.class.getSimpleName();
    private static final String PACED = PacedThroughput.class.getSimpleName();

    static final List<Plot> ALL = List.of(
            new Plot("publish-parked", "publish, all subscribers parked: median", Kind.LINES,
                    DELIVERY, "publish_p50_ns", "subscribers", Plots::isPlain),
            new Plot("publish-parked-p99", "publish, all subscribers parked: 99th percentile", Kind.LINES,
                    DELIVERY, "publish_p99_ns", "subscribers", Plots::isPlain),
            new Plot("delivery", "from publish until the last parked subscriber has it: median", Kind.LINES,
                    DELIVERY, "last_p50_ns", "subscribers", Plots::isPlain),
            new Plot("publish-never", "publish, subscribers that never read: median", Kind.LINES,
                    PublishLatency.class.getSimpleName(), "publish_p50_ns", "subscribers",
                    cell -> cell.text("readers").equals("never") && isPlain(cell)),
            new Plot("throughput", "delivered to 10,000 subscribers", Kind.COLUMNS,
                    PACED, "delivered_per_s", "events/s", _ -> true),
            new Plot("throughput-publish", "publish, 10,000 subscribers at a given rate: 99th percentile", Kind.COLUMNS,
                    PACED, "publish_p99_ns", "events/s", _ -> true),
            new Plot("streams", "from publish until the last client has it, over real connections: median", Kind.LINES,
                    STREAMS, "last_p50_ns", "clients", Plots::isAlone),
            new Plot("streams-delivered", "delivered to 1,000 clients over real connections", Kind.COLUMNS,
                    STREAMS, "delivered_per_s", "events/s", cell -> !isAlone(cell)),
            new Plot("streams-last", "from publish until the last of 1,000 clients has it, at a given rate: median", Kind.COLUMNS,
                    STREAMS, "last_p50_ns", "events/s", cell -> !isAlone(cell)),
            new Plot("footprint", "heap per subscription", Kind.COLUMNS,
                    Footprint.class.getSimpleName(), "heap_bytes", "what", cell -> !cell.text("what").equals("session")),
            new Plot("store", "operations on a million sessions, two threads", Kind.COLUMNS,
                    SessionStoreOps.class.getSimpleName(), "operations_per_s", "operation", cell -> cell.text("threads").equals("2")));

    private Plots() {}

    private static boolean isAlone(Cell cell) {
        return cell.text("events/s").equals(EventStreams.ALONE);
    }

    /// One publisher on a platform thread, the default number of stripes, and readers that are compiled.
    private static boolean isPlain(Cell cell) {
        return cell.parameters().getOrDefault("loop", "warm").equals("warm")
                && cell.parameters().getOrDefault("publisher", DeliveryLatency.PLATFORM).equals(DeliveryLatency.PLATFORM)
                && cell.text("publishers").equals("1")
                && cell.text("stripes").equals("16");
    }
}
