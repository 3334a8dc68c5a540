package dev.mcpsession.benchmarks.fanout;

import dev.mcpsession.benchmarks.suite.Design;
import java.util.List;
import java.util.function.IntFunction;

/// The fan-outs that are compared. They are opened with the number of lists over which waiting readers are spread, which only this library
/// uses.
public final class FanOuts {

    /// This library.
    public static final Design<IntFunction<FanOut>> MCP_SESSION = new Design<>("mcp-session", McpSessionFanOut::new);
    /// One lock around a set of bounded queues.
    public static final Design<IntFunction<FanOut>> SINGLE_LOCK = new Design<>("single-lock", _ -> new SingleLockFanOut());
    /// The JDK's `SubmissionPublisher`.
    public static final Design<IntFunction<FanOut>> SUBMISSION_PUBLISHER =
            new Design<>("submission-publisher", _ -> new SubmissionFanOut());
    /// Project Reactor's multicast sink.
    public static final Design<IntFunction<FanOut>> REACTOR = new Design<>("reactor", _ -> new ReactorFanOut());
    /// The floor for every design that wakes its readers one by one.
    public static final Design<IntFunction<FanOut>> FLOOR = new Design<>("floor", _ -> new FloorFanOut());

    /// All of them, in the order of the report.
    public static final List<Design<IntFunction<FanOut>>> ALL = List.of(MCP_SESSION, SINGLE_LOCK, SUBMISSION_PUBLISHER, REACTOR, FLOOR);

    private FanOuts() {}

    /// Opens a fan-out without readers.
    ///
    /// @param design  its name
    /// @param stripes the number of lists over which waiting readers are spread
    /// @return a new fan-out
    public static FanOut open(String design, int stripes) {
        return Design.opener(design, ALL).apply(stripes);
    }
}
