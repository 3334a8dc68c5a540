package dev.mcpsession.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.Caller;
import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.JmhQuestion;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.dialog.AnswerChannel;
import dev.mcpsession.dialog.AnswerStream;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.dialog.Outcome;
import dev.mcpsession.json.Json;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What does it cost to ask a client during a call, without any I/O?
///
/// Data: an open call, and a client in memory that responds to a request as soon as it is written, so no thread waits. `local`: the response
/// reaches the process that asked. `relayed`: it reaches another one, which relays it over the broadcaster that both share. The JSON of the
/// response is parsed by the application, and so is not part of it; a POST that holds no response costs nothing. Unit: nanoseconds.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="AskCost"`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(NANOSECONDS)
public class AskCost {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Json.Obj PARAMS = Json.obj().with("message", "Delete 3 files?");
    private static final Json.Obj RESPONSE = Json.obj().with("jsonrpc", "2.0")
            .with("result", Json.obj().with("action", "accept").with("content", Json.obj().with("ok", true)));
    private static final String ID = "\"id\":\"";

    private StripedBroadcaster broadcaster;
    private ClientRequests asking;
    private ClientRequests other;
    private ClientRequests receiving;
    private Caller caller;
    private AnswerStream call;

    static JmhQuestion question() {
        return new JmhQuestion(AskCost.class, "What does it cost to ask a client during a call, without any input or output?",
                List.of("time_ns", "allocated_bytes"), List.of(), "",
                _ -> Grid.of(AskCost.class.getSimpleName()).each("operation", "local", "relayed").cells());
    }

    /// Opens a call of a session.
    @Setup
    public void open() {
        broadcaster = new StripedBroadcaster();
        asking = ClientRequests.builder(broadcaster).build();
        other = ClientRequests.builder(broadcaster).build();
        var now = Instant.now();
        var session = new Session(SessionId.random(), Owner.anonymous(), new Client("2025-11-25", "client", "{\"elicitation\":{}}"),
                now, now, now.plusSeconds(60), false, Json.obj(), 0);
        Caller.call(session.owner(), Optional.of(session), () -> {
            caller = Caller.current();
            call = asking.answer(Json.Num.of(1), new AnsweringClient());
            return null;
        });
    }

    /// Ends the broadcaster's thread.
    @TearDown
    public void close() {
        asking.close();
        other.close();
        broadcaster.close();
    }

    private final class AnsweringClient extends OutputStream implements AnswerChannel {

        @Override
        public boolean takesEventStream() {
            return true;
        }

        @Override
        public OutputStream stream() {
            return this;
        }

        @Override
        public void reply(int status, byte[] json) {
            throw new IllegalStateException("the call must have become a stream");
        }

        @Override
        public void write(int b) {
            throw new IllegalStateException("bytes must come together");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            var text = new String(bytes, offset, length, US_ASCII);
            var start = text.indexOf(ID) + ID.length();
            receiving.deliver(caller, RESPONSE.with("id", text.substring(start, text.indexOf('"', start))));
        }
    }

    /// Asks, and receives the response here.
    ///
    /// @return the outcome
    /// @throws InterruptedException never
    @Benchmark
    public Outcome local() throws InterruptedException {
        receiving = asking;
        return asking.ask(call, "elicitation/create", PARAMS, TIMEOUT);
    }

    /// Asks, and receives the response in another process.
    ///
    /// @return the outcome
    /// @throws InterruptedException never
    @Benchmark
    public Outcome relayed() throws InterruptedException {
        receiving = other;
        return asking.ask(call, "elicitation/create", PARAMS, TIMEOUT);
    }
}
