package dev.mcpsession.benchmarks;

import static dev.mcpsession.benchmarks.fanout.FanOuts.FLOOR;
import static dev.mcpsession.benchmarks.fanout.FanOuts.MCP_SESSION;
import static dev.mcpsession.benchmarks.fanout.FanOuts.REACTOR;
import static dev.mcpsession.benchmarks.fanout.FanOuts.SINGLE_LOCK;

import dev.mcpsession.benchmarks.mixed.Population;
import dev.mcpsession.benchmarks.replicas.ReplicaDesigns;
import dev.mcpsession.benchmarks.report.Bar;
import dev.mcpsession.benchmarks.store.Stores;
import dev.mcpsession.benchmarks.wire.StreamServers;
import java.util.List;

/// The goals for the figures.
final class Bars {

    private static final String PUBLISH = "publish_p50_ns";
    private static final String PUBLISH_TAIL = "publish_p99_ns";
    private static final String LAST = "last_p50_ns";
    private static final int MANY = 10_000;

    static final List<Bar> ALL = List.of(
            Bar.atMost("publish p50, 10,000 parked ÷ single-lock", 1 / 200.0, PUBLISH,
                    DeliveryLatency.cell(MANY, MCP_SESSION), DeliveryLatency.cell(MANY, SINGLE_LOCK)),
            Bar.atMost("publish p99, 10,000 parked ÷ single-lock", 1 / 15.0, PUBLISH_TAIL,
                    DeliveryLatency.cell(MANY, MCP_SESSION), DeliveryLatency.cell(MANY, SINGLE_LOCK)),
            Bar.atMost("publish p50, 100 parked ÷ single-lock", 1 / 4.0, PUBLISH,
                    DeliveryLatency.cell(100, MCP_SESSION), DeliveryLatency.cell(100, SINGLE_LOCK)),
            Bar.atMost("publish p50, 100,000 parked ÷ 1,000 parked", 5, PUBLISH,
                    DeliveryLatency.cell(100_000, MCP_SESSION), DeliveryLatency.cell(1_000, MCP_SESSION)),
            Bar.atMost("publish p50, 10,000 that never read ÷ single-lock", 1 / 1_000.0, PUBLISH,
                    PublishLatency.neverReading(MANY, MCP_SESSION), PublishLatency.neverReading(MANY, SINGLE_LOCK)),
            Bar.atMost("publish p50, 100,000 that never read ÷ 1,000", 1.5, PUBLISH,
                    PublishLatency.neverReading(100_000, MCP_SESSION), PublishLatency.neverReading(1_000, MCP_SESSION)),
            Bar.atMost("last of 10,000 has it, p50 ÷ floor", 0.9, LAST,
                    DeliveryLatency.cell(MANY, MCP_SESSION), DeliveryLatency.cell(MANY, FLOOR)),
            Bar.atMost("last of 10,000 has it, p50 ÷ single-lock", 0.35, LAST,
                    DeliveryLatency.cell(MANY, MCP_SESSION), DeliveryLatency.cell(MANY, SINGLE_LOCK)),
            Bar.atMost("last of 10,000 has it, p50 ÷ reactor", 0.8, LAST,
                    DeliveryLatency.cell(MANY, MCP_SESSION), DeliveryLatency.cell(MANY, REACTOR)),
            Bar.atMost("processor time per delivery, 10,000 parked ÷ single-lock", 1 / 3.0, "cpu_per_delivery_ns",
                    DeliveryLatency.cell(MANY, MCP_SESSION), DeliveryLatency.cell(MANY, SINGLE_LOCK)),
            Bar.atMost("publish p50 to one of 10,000 parked ÷ to the only one", 2, PUBLISH, Addressed.cell(MANY), Addressed.cell(1)),
            Bar.atMost("threads woken by an event for one of 10,000", 1, "woken_per_event", Addressed.cell(MANY)),
            Bar.atMost("lost share, 1,000 events/s × 10,000", 0, "lost_share", PacedThroughput.cell(1_000, MCP_SESSION)),
            Bar.atMost("publish p99, 1,000 events/s × 10,000 ÷ single-lock", 1 / 100.0, PUBLISH_TAIL,
                    PacedThroughput.cell(1_000, MCP_SESSION), PacedThroughput.cell(1_000, SINGLE_LOCK)),
            Bar.atMost("publish p50, 10,000 parked, mixed ÷ plain", 2, PUBLISH,
                    MixedTraffic.cell(MixedTraffic.ALONE, Population.MIXED), MixedTraffic.cell(MixedTraffic.ALONE, Population.PLAIN)),
            Bar.atMost("last who wants it of 10,000 has it, p50, mixed ÷ plain", 3, LAST,
                    MixedTraffic.cell(MixedTraffic.ALONE, Population.MIXED), MixedTraffic.cell(MixedTraffic.ALONE, Population.PLAIN)),
            Bar.atMost("processor time per delivery, 10,000 parked, mixed ÷ plain", 3, "cpu_per_delivery_ns",
                    MixedTraffic.cell(MixedTraffic.ALONE, Population.MIXED), MixedTraffic.cell(MixedTraffic.ALONE, Population.PLAIN)),
            Bar.atMost("lost share, 1,000 events/s × 10,000, mixed", 0, "lost_share", MixedTraffic.cell(1_000, Population.MIXED)),
            Bar.atMost("publish p99, 1,000 events/s × 10,000, mixed ÷ single-lock", 1 / 100.0, PUBLISH_TAIL,
                    MixedTraffic.cell(1_000, Population.MIXED), PacedThroughput.cell(1_000, SINGLE_LOCK)),
            Bar.atMost("heap bytes per subscription, without its thread", 64, "heap_bytes", Footprint.cell("registered", MCP_SESSION)),
            Bar.atLeast("touch, 2 threads, a million sessions ÷ locked-map", 3, "operations_per_s",
                    SessionStoreOps.cell("touch", Stores.MCP_SESSION), SessionStoreOps.cell("touch", Stores.LOCKED_MAP)),
            Bar.atLeast("touch, 2 threads, a million sessions ÷ caffeine", 4, "operations_per_s",
                    SessionStoreOps.cell("touch", Stores.MCP_SESSION), SessionStoreOps.cell("touch", Stores.CAFFEINE)),
            Bar.atMost("sweep of 1,000 among a million ÷ locked-map", 1 / 150.0, "sweep_p50_ns",
                    StoreSweep.cell(Stores.MCP_SESSION), StoreSweep.cell(Stores.LOCKED_MAP)),
            Bar.atMost("longest get during that sweep ÷ locked-map", 1 / 20.0, "stall_p50_ns",
                    StoreSweep.cell(Stores.MCP_SESSION), StoreSweep.cell(Stores.LOCKED_MAP)),
            Bar.atMost("last of 10,000 event streams has it, p50 ÷ write-loop", 1.15, LAST,
                    EventStreams.cell(MANY, EventStreams.ALONE, StreamServers.MCP_SESSION),
                    EventStreams.cell(MANY, EventStreams.ALONE, StreamServers.WRITE_LOOP)),
            Bar.atLeast("delivered share, 400 events/s × 1,000 event streams", 1, "delivered_share",
                    EventStreams.cell(1_000, 400, StreamServers.MCP_SESSION)),
            Bar.atMost("last of 1,000 event streams has it, 400 events/s, p50 ÷ write-per-event", 1 / 8.0, LAST,
                    EventStreams.cell(1_000, 400, StreamServers.MCP_SESSION),
                    EventStreams.cell(1_000, 400, StreamServers.WRITE_PER_EVENT)),
            Bar.atMost("event of one replica read on the other, p50 ÷ plain NOTIFY", 3, "delivered_p50_ns",
                    ReplicatedEvents.cell(ReplicatedEvents.ALONE, ReplicaDesigns.MCP_SESSION),
                    ReplicatedEvents.cell(ReplicatedEvents.ALONE, ReplicaDesigns.NOTIFY)),
            Bar.atLeast("published to replicas, by 32 ÷ by 1", 4, "published_per_s",
                    ReplicatedEvents.cell(32, ReplicaDesigns.MCP_SESSION), ReplicatedEvents.cell(1, ReplicaDesigns.MCP_SESSION)),
            Bar.atMost("lost share, published to replicas by 32", 0, "lost_share",
                    ReplicatedEvents.cell(32, ReplicaDesigns.MCP_SESSION)),
            Bar.atLeast("requests on Postgres, touches coalesced ÷ each", 3, "operations_per_s",
                    ReplicatedStore.cell(ReplicatedStore.COALESCED), ReplicatedStore.cell(ReplicatedStore.EACH)),
            Bar.atMost("processor time per request, wrapped ÷ bare", 1.05, "ratio", RequestOverhead.cell(32)));

    private Bars() {}
}
