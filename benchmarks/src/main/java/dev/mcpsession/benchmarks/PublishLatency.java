package dev.mcpsession.benchmarks;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.benchmarks.fanout.FanOut;
import dev.mcpsession.benchmarks.fanout.FanOuts;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Design;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.JmhQuestion;
import dev.mcpsession.benchmarks.suite.Size;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// When no subscriber waits: how long does `publish` take?
///
/// Data: 100 to 100,000 subscribers that either never read (`never`), so that every buffer is full and each subscriber loses each event, or
/// that one thread polls in turn (`poll`). Publishers publish as fast as they can. [DeliveryLatency] measures subscribers that wait. Unit:
/// nanoseconds per publish, sampled.
///
/// Publishing in a loop says nothing about delivery, because with a log a publisher can outrun all readers: see [PacedThroughput].
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="PublishLatency"`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(NANOSECONDS)
public class PublishLatency {

    private static final Object[] DESIGNS =
            {FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK, FanOuts.SUBMISSION_PUBLISHER, FanOuts.REACTOR};
    private static final int MORE_THAN_A_BUFFER = 100;

    /// Whether subscribers read: `never` or `poll`.
    @Param({"never", "poll"})
    public String readers;

    /// The number of lists over which waiting readers are spread.
    @Param("16")
    public int stripes;

    /// The number of subscribers.
    @Param({"100", "1000", "10000", "100000"})
    public int subscribers;

    /// The design that is measured.
    @Param({"mcp-session", "single-lock", "submission-publisher", "reactor"})
    public String design;

    private FanOut fanOut;
    private Thread poller;

    static JmhQuestion question() {
        return new JmhQuestion(PublishLatency.class,
                "When nobody waits: how long does publish take?",
                List.of("publish_p50_ns", "publish_p99_ns", "publish_p99.9_ns", "publish_mean_ns", "allocated_bytes"),
                List.of("publish_p50_ns", "publish_p99_ns"),
                FanOuts.SINGLE_LOCK.toString(),
                PublishLatency::cells);
    }

    private static List<Cell> cells(Size size) {
        return switch (size) {
            case SMOKE -> grid("never", 1, 16, 100).each("design", FanOuts.MCP_SESSION).cells();
            case QUICK -> Grid.union(
                    grid("never", 1, 16, 10_000, 100_000).each("design", DESIGNS).without(DeliveryLatency::isTooSlow),
                    grid("never", 2, 16, 10_000).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK),
                    grid("poll", 1, 16, 10_000).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK));
            case FULL -> Grid.union(
                    grid("never", 1, 16, 100, 1_000, 10_000, 100_000).each("design", DESIGNS).without(DeliveryLatency::isTooSlow),
                    grid("poll", 1, 16, 100, 10_000).each("design", DESIGNS),
                    grid("never", 2, 16, 10_000).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK),
                    grid("never", 4, 16, 10_000).each("design", FanOuts.MCP_SESSION, FanOuts.SINGLE_LOCK));
        };
    }

    private static Grid grid(String readers, int publishers, int stripes, Object... subscribers) {
        return Grid.of(PublishLatency.class.getSimpleName())
                .each("readers", readers).each("publishers", publishers).each("stripes", stripes).each("subscribers", subscribers);
    }

    /// The cell of subscribers that never read, with one publisher.
    static Cell neverReading(int subscribers, Design<?> design) {
        return grid("never", 1, 16, subscribers).each("design", design).cells().getFirst();
    }

    /// Subscribes, and fills every buffer.
    @Setup
    public void open() {
        fanOut = FanOuts.open(design, stripes);
        var all = Stream.generate(fanOut::subscribe).limit(subscribers).toList();
        for (var i = 0; i < MORE_THAN_A_BUFFER; i++) fanOut.publish();
        poller = Thread.ofPlatform().daemon().unstarted(() -> pollInTurn(all));
        if (readers.equals("poll")) poller.start();
    }

    private static void pollInTurn(List<FanOut.Reader> all) {
        while (!Thread.interrupted()) all.forEach(FanOut.Reader::poll);
    }

    /// Closes everything.
    ///
    /// @throws InterruptedException if the calling thread was interrupted
    @TearDown
    public void close() throws InterruptedException {
        poller.interrupt();
        poller.join();
        fanOut.close();
    }

    /// Publishes one event for all.
    @Benchmark
    public void publish() {
        fanOut.publish();
    }
}
