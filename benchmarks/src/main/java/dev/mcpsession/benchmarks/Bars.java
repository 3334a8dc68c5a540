package dev.mcpsession.benchmarks;

import static dev.mcpsession.benchmarks.fanout.FanOuts.FLOOR;
import static dev.mcpsession.benchmarks.fanout.FanOuts.MCP_SESSION;
import static dev.mcpsession.benchmarks.fanout.FanOuts.REACTOR;
import static dev.mcpsession.benchmarks.fanout.FanOuts.SINGLE_LOCK;

import dev.mcpsession.benchmarks.mixed.Population;
import dev.mcpsession.benchmarks.products.ProductServers;
import dev.mcpsession.benchmarks.replicas.ReplicaDesigns;
import dev.mcpsession.benchmarks.report.Bar;
import dev.mcpsession.benchmarks.store.Stores;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.wire.StreamServers;
import java.util.List;

/// The goals for the figures: ratios of two things that were measured in the same JVM, or in turns.
final class Bars {

    private static final String PUBLISH = "publish_p50_ns";
    private static final String PUBLISH_TAIL = "publish_p99_ns";
    private static final String WAKE_ONE = "wake_one_p50_ns";
    private static final String WAKE_ONE_TAIL = "wake_one_p99_ns";
    private static final String LAST = "last_p50_ns";
    private static final int MANY = 10_000;

    static final List<Bar> ALL = List.of(
            Bar.atMost("publish p50, 100 parked ÷ waking one thread", 6, PUBLISH, parked(100), WAKE_ONE, parked(100))
                    .protects("A publisher pays for waking a few threads, not for each subscriber."),
            Bar.atMost("publish p50, 10,000 parked ÷ waking one thread", 10, PUBLISH, parked(MANY), WAKE_ONE, parked(MANY))
                    .protects("The same with many subscribers."),
            Bar.atMost("publish p50, 100,000 parked ÷ waking one thread", 25, PUBLISH, parked(100_000), WAKE_ONE, parked(100_000))
                    .protects("The same with more subscribers than one process has connections."),
            Bar.atMost("publish p99, 10,000 parked ÷ that of waking one thread", 100, PUBLISH_TAIL, parked(MANY),
                    WAKE_ONE_TAIL, parked(MANY))
                    .protects("A publisher loses its processor to those that it wakes for a few milliseconds at most."),
            Bar.atMost("publish p50, 10,000 that never read ÷ waking one thread", 0.2, PUBLISH,
                    PublishLatency.neverReading(MANY, MCP_SESSION), WAKE_ONE, parked(MANY))
                    .protects("Subscribers that do not read cost a publisher nothing."),
            Bar.atMost("publish p50, 100,000 that never read ÷ waking one thread", 0.2, PUBLISH,
                    PublishLatency.neverReading(100_000, MCP_SESSION), WAKE_ONE, parked(100_000))
                    .protects("The same with more of them."),
            Bar.atMost("last of 10,000 has it, p50 ÷ floor", 0.9, LAST, parked(MANY), DeliveryLatency.cell(MANY, FLOOR))
                    .protects("Woken subscribers wake others, so the last one is faster than with one thread that wakes all."),
            Bar.atMost("last of 10,000 has it, p50 ÷ single-lock", 0.5, LAST, parked(MANY), DeliveryLatency.cell(MANY, SINGLE_LOCK))
                    .protects("An event arrives sooner than with a queue for each subscriber."),
            Bar.atMost("last of 10,000 has it, p50 ÷ reactor", 0.8, LAST, parked(MANY), DeliveryLatency.cell(MANY, REACTOR))
                    .protects("An event arrives sooner than with a reactive library."),
            Bar.atMost("processor time per delivery, 10,000 parked ÷ single-lock", 0.5, "cpu_per_delivery_ns",
                    parked(MANY), DeliveryLatency.cell(MANY, SINGLE_LOCK))
                    .protects("The whole delivery is cheaper, not only the publisher's part."),
            Bar.atMost("publish p50 to one of 10,000 parked ÷ to the only one", 2.5, PUBLISH, Addressed.cell(MANY), Addressed.cell(1))
                    .protects("An event for one session costs the same however many there are."),
            Bar.atMost("threads woken by an event for one of 10,000", 1, "woken_per_event", Addressed.cell(MANY))
                    .protects("An event for one session wakes no other thread."),
            Bar.atMost("lost share, 1,000 events/s × 10,000", 0, "lost_share", PacedThroughput.cell(1_000, MCP_SESSION))
                    .protects("Nothing is lost while subscribers keep up."),
            Bar.atMost("publish p99, 1,000 events/s × 10,000 ÷ single-lock", 1 / 20.0, PUBLISH_TAIL,
                    PacedThroughput.cell(1_000, MCP_SESSION), PacedThroughput.cell(1_000, SINGLE_LOCK))
                    .protects("A steady publisher does not stall under load."),
            Bar.atMost("publish p50, 10,000 parked, mixed ÷ plain", 2, PUBLISH,
                    MixedTraffic.cell(MixedTraffic.ALONE, Population.MIXED), MixedTraffic.cell(MixedTraffic.ALONE, Population.PLAIN))
                    .protects("Filters and listens do not make a publish slow."),
            Bar.atMost("last who wants it of 10,000 has it, p50, mixed ÷ plain", 3, LAST,
                    MixedTraffic.cell(MixedTraffic.ALONE, Population.MIXED), MixedTraffic.cell(MixedTraffic.ALONE, Population.PLAIN))
                    .protects("Nor do they make a delivery slow."),
            Bar.atMost("processor time per delivery, 10,000 parked, mixed ÷ plain", 3, "cpu_per_delivery_ns",
                    MixedTraffic.cell(MixedTraffic.ALONE, Population.MIXED), MixedTraffic.cell(MixedTraffic.ALONE, Population.PLAIN))
                    .protects("Nor do they make a delivery expensive."),
            Bar.atMost("lost share, 1,000 events/s × 10,000, mixed", 0, "lost_share", MixedTraffic.cell(1_000, Population.MIXED))
                    .protects("Nothing is lost with filters either."),
            Bar.atMost("publish p99, 1,000 events/s × 10,000, mixed ÷ single-lock", 1 / 20.0, PUBLISH_TAIL,
                    MixedTraffic.cell(1_000, Population.MIXED), PacedThroughput.cell(1_000, SINGLE_LOCK))
                    .protects("A steady publisher does not stall with filters either."),
            Bar.atMost("heap bytes per subscription, without its thread", 64, "heap_bytes", Footprint.cell("registered", MCP_SESSION))
                    .protects("A waiting subscription is almost free."),
            Bar.atLeast("find, 1 thread, a million sessions ÷ locked-map", 1 / 1.3, "operations_per_s",
                    SessionStoreOps.cell(1, "get", Stores.MCP_SESSION), SessionStoreOps.cell(1, "get", Stores.LOCKED_MAP))
                    .protects("A snapshot of a session costs little more than a reference to it."),
            Bar.atLeast("find, 2 threads, a million sessions ÷ caffeine", 1, "operations_per_s",
                    SessionStoreOps.cell(2, "get", Stores.MCP_SESSION), SessionStoreOps.cell(2, "get", Stores.CAFFEINE))
                    .protects("The store is worth having beside a good cache."),
            Bar.atLeast("touch, 2 threads, a million sessions ÷ locked-map", 2, "operations_per_s",
                    SessionStoreOps.cell(2, "touch", Stores.MCP_SESSION), SessionStoreOps.cell(2, "touch", Stores.LOCKED_MAP))
                    .protects("Requests of different sessions do not wait for each other."),
            Bar.atLeast("create, 2 threads, a million sessions ÷ caffeine", 1, "operations_per_s",
                    SessionStoreOps.cell(2, "create", Stores.MCP_SESSION), SessionStoreOps.cell(2, "create", Stores.CAFFEINE))
                    .protects("Limits, an index by owner and expiry cost less than a good cache's."),
            Bar.atMost("sweep of 1,000 among a million ÷ locked-map", 1 / 50.0, "sweep_p50_ns",
                    StoreSweep.cell(Stores.MCP_SESSION), StoreSweep.cell(Stores.LOCKED_MAP))
                    .protects("A sweep costs what has expired, not what lives."),
            Bar.atMost("longest get during that sweep ÷ locked-map", 1 / 20.0, "stall_p50_ns",
                    StoreSweep.cell(Stores.MCP_SESSION), StoreSweep.cell(Stores.LOCKED_MAP))
                    .protects("No request waits for a sweep."),
            Bar.atMost("last of 10,000 event streams has it, p50 ÷ bare handler", 1.3, LAST,
                    streams(MANY, StreamServers.MCP_SESSION), streams(MANY, StreamServers.BARE_HANDLER))
                    .protects("Sessions, order, limits and time-outs add little to what the server and a thread for each stream take."),
            Bar.atMost("processor time per delivery, 10,000 event streams ÷ bare handler", 1.3, "cpu_per_delivery_ns",
                    streams(MANY, StreamServers.MCP_SESSION), streams(MANY, StreamServers.BARE_HANDLER))
                    .protects("Nor do they make a delivery expensive."),
            Bar.atMost("processor time per delivery, 10,000 event streams ÷ write-loop", 1.35, "cpu_per_delivery_ns",
                    streams(MANY, StreamServers.MCP_SESSION), streams(MANY, StreamServers.WRITE_LOOP))
                    .protects("Delivery costs little more than the system calls.")
                    .exception("A bare handler misses it, too: the JDK's server and waking a thread cost the rest."),
            Bar.atMost("publish p50, 10,000 event streams ÷ 1,000", 4, PUBLISH,
                    streams(MANY, StreamServers.MCP_SESSION), streams(1_000, StreamServers.MCP_SESSION))
                    .protects("Ten times the clients do not cost a publisher ten times as much, over connections either."),
            Bar.atLeast("delivered share, 400 events/s × 1,000 event streams", 1, "delivered_share",
                    EventStreams.cell(1_000, 400, StreamServers.MCP_SESSION))
                    .protects("Nothing is lost over connections at a rate that the machine can bear."),
            Bar.atMost("last of 1,000 event streams has it, 400 events/s, p50 ÷ write-per-event", 1 / 3.0, LAST,
                    EventStreams.cell(1_000, 400, StreamServers.MCP_SESSION),
                    EventStreams.cell(1_000, 400, StreamServers.WRITE_PER_EVENT))
                    .protects("A busy stream gathers events into one write."),
            Bar.atMost("publish p50, 1,000 streams at 20 events/s ÷ SDK on Jetty", 1 / 10.0, PUBLISH,
                    product(ProductServers.MCP_SESSION), product(ProductServers.SDK_JETTY))
                    .protects("A publisher does not pay for each client, as with the official SDK."),
            Bar.atMost("processor time per delivery, 1,000 streams at 20 events/s ÷ SDK on Jetty", 1, "cpu_per_delivery_ns",
                    product(ProductServers.MCP_SESSION), product(ProductServers.SDK_JETTY))
                    .protects("The delivery as a whole costs no more, either."),
            Bar.atMost("processor time per tools/call ÷ SDK on Jetty", 1, "cpu_per_request_ns",
                    Products.called(ProductServers.MCP_SESSION), Products.called(ProductServers.SDK_JETTY))
                    .protects("A call of the same tool costs no more than in the SDK's own servlet."),
            Bar.atMost("event of one replica read on the other, p50 ÷ plain NOTIFY", 3, "delivered_p50_ns",
                    ReplicatedEvents.cell(ReplicatedEvents.ALONE, ReplicaDesigns.MCP_SESSION),
                    ReplicatedEvents.cell(ReplicatedEvents.ALONE, ReplicaDesigns.NOTIFY))
                    .protects("A log that keeps everything is nearly as fast as a notification that keeps nothing."),
            Bar.atLeast("published to replicas, by 32 ÷ by 1", 4, "published_per_s",
                    ReplicatedEvents.cell(32, ReplicaDesigns.MCP_SESSION), ReplicatedEvents.cell(1, ReplicaDesigns.MCP_SESSION))
                    .protects("Concurrent publishers share a commit."),
            Bar.atMost("lost share, published to replicas by 32", 0, "lost_share",
                    ReplicatedEvents.cell(32, ReplicaDesigns.MCP_SESSION))
                    .protects("Nothing is lost between replicas."),
            Bar.atLeast("requests on Postgres, touches coalesced ÷ each", 2.5, "operations_per_s",
                    ReplicatedStore.cell(ReplicatedStore.COALESCED), ReplicatedStore.cell(ReplicatedStore.EACH))
                    .protects("A request does not wait for a write to the database."),
            Bar.atMost("processor time per request, wrapped ÷ bare", 1.05, "ratio", RequestOverhead.cell(32))
                    .protects("Wrapping a handler is almost free.")
                    .exception("The bare handler only echoes, for about 30 µs. No profile shows more than an eighth of it in this library."));

    private Bars() {}

    private static Cell parked(int subscribers) {
        return DeliveryLatency.cell(subscribers, MCP_SESSION);
    }

    private static Cell streams(int clients, Design<?> design) {
        return EventStreams.cell(clients, EventStreams.ALONE, design);
    }

    private static Cell product(Design<?> design) {
        return Products.cell("20/s", 1_000, design);
    }
}
