package dev.mcpsession.benchmarks;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.JmhQuestion;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.SubscriptionTag;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What does it cost to encode an event once, and to write it for one reader?
///
/// Data: three kinds of events. `publish` has no subscribers: it encodes the event and appends it to the log. `write` copies the frame for
/// a reader with a session, `splice` inserts the subscription's id for a reader without one. Unit: nanoseconds.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="EventEncoding"`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(NANOSECONDS)
public class EventEncoding {

    /// A kind of event.
    public enum Shape {
        /// A signal without parameters.
        SIGNAL(Event.of("notifications/tools/list_changed")),
        /// A signal that names a resource.
        RESOURCE(Event.of("notifications/resources/updated", Json.obj().with("uri", "file:///project/src/main.rs"))),
        /// A message of 0.2 kB.
        MESSAGE(Event.of("notifications/message", Json.obj().with("level", "error").with("logger", "database").with("data",
                Json.obj().with("error", "Connection failed").with("details", Json.obj().with("host", "localhost").with("port", 5432)))));

        private final Event event;

        Shape(Event event) {
            this.event = event;
        }
    }

    /// The shape of this run.
    @Param
    public Shape shape;

    private static final SubscriptionTag SUBSCRIPTION = new SubscriptionTag(Json.Num.of(7));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    private StripedBroadcaster broadcaster;
    private EventFrame encoded;

    static JmhQuestion question() {
        return new JmhQuestion(EventEncoding.class,
                "What does it cost to make an event ready for the wire, once, and to write it for one reader?",
                List.of("time_ns", "allocated_bytes"), List.of(), "", EventEncoding::cells);
    }

    private static List<Cell> cells(Size size) {
        var shapes = size == Size.FULL ? Shape.values() : new Shape[] {Shape.SIGNAL};
        return Grid.of(EventEncoding.class.getSimpleName())
                .each("operation", "publish", "write", "splice").each("shape", (Object[]) shapes).cells();
    }

    /// Opens a broadcaster and encodes the event once.
    ///
    /// @throws InterruptedException never, because the event is present
    @Setup
    public void open() throws InterruptedException {
        broadcaster = new StripedBroadcaster();
        try (var subscription = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            broadcaster.publish(shape.event);
            encoded = ((Delivery.Next) subscription.next()).frame();
        }
    }

    /// Ends the broadcaster's thread.
    @TearDown
    public void close() {
        broadcaster.close();
    }

    /// Encodes and appends.
    ///
    /// @return the event's id
    @Benchmark
    public EventId publish() {
        return broadcaster.publish(shape.event);
    }

    /// Writes the frame as it stands.
    ///
    /// @return where to
    /// @throws IOException never
    @Benchmark
    public ByteArrayOutputStream write() throws IOException {
        out.reset();
        encoded.writeTo(out);
        return out;
    }

    /// Writes the frame with the id of a subscription.
    ///
    /// @return where to
    /// @throws IOException never
    @Benchmark
    public ByteArrayOutputStream splice() throws IOException {
        out.reset();
        encoded.writeTo(SUBSCRIPTION, out);
        return out;
    }
}
