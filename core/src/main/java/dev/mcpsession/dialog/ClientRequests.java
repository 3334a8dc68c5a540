package dev.mcpsession.dialog;

import static dev.mcpsession.Checks.positive;
import static dev.mcpsession.Checks.require;

import dev.mcpsession.Caller;
import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.ControlObserver;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Asks clients on behalf of the calls that they have made, and delivers what they send about them: responses and cancellations.
///
/// A response comes in a POST of its own, which may reach another replica. That replica relays it through the [Broadcaster] that all
/// replicas share, and the call that waits gets it. Requests are of revisions with sessions; in 2026-07-28 a result requests input, and
/// [RequestState] carries the state between the two calls.
///
/// {@snippet class="dev.mcpsession.ExamplesTest" region="ask"}
///
/// Create one for each process, and close it before its broadcaster. To end the waiting when a
/// [SessionHandler][dev.mcpsession.http.SessionHandler] drains, pass [#drain] to its builder's
/// `onDrain`.
///
/// Thread-safe.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation">MCP 2025-11-25, Elicitation</a>
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/client/sampling">MCP 2025-11-25, Sampling</a>
public final class ClientRequests implements AutoCloseable {

    private final Broadcaster broadcaster;
    private final int maxMessageBytes;
    private final OpenAsks asks;
    private final OpenAnswers answers = new OpenAnswers();
    private final AskCounts asked = new AskCounts();
    private final LongAdder cancelled = new LongAdder();
    private final ControlObserver.Observation observation;

    private ClientRequests(Builder builder) {
        broadcaster = builder.broadcaster;
        maxMessageBytes = builder.maxMessageBytes;
        asks = new OpenAsks(builder.maxOpen, builder.maxOpenPerSession);
        observation = broadcaster.observe(new Controls());
    }

    /// {@return a builder with the defaults}
    /// @param broadcaster the broadcaster that all replicas share
    public static Builder builder(Broadcaster broadcaster) {
        return new Builder(broadcaster);
    }

    /// Opens the answer to a request of [Caller#current]. Close it before the handler returns.
    ///
    /// @param id      the request's id: a string or a number
    /// @param channel the HTTP side of the answer; the adapter of an HTTP server has one
    /// @return a new answer, of which nothing is sent yet
    public AnswerStream answer(Json id, AnswerChannel channel) {
        require(id instanceof Json.Str || id instanceof Json.Num, "id must be a string or a number", id);
        var answer = new AnswerStream(Caller.current(), id, Objects.requireNonNull(channel, "channel"), answers::remove);
        answer.onCancel(cancelled::increment);
        answers.add(answer);
        return answer;
    }

    /// Asks the client that made a call, on the stream that answers the call, and waits for the outcome.
    ///
    /// @param call    the answer to the call
    /// @param method  such as `elicitation/create`
    /// @param params  the request's params
    /// @param timeout how long to wait, at least; sending the request may take as long as the adapter's write timeout before that
    /// @return the outcome
    /// @throws InterruptedException     if the thread is interrupted, also by a cancellation ([AnswerStream#interruptibly])
    /// @throws TooManyRequestsException if the session or the process has too many open requests
    /// @throws IllegalArgumentException if the params exceed the size limit, or the timeout is not positive
    public Outcome ask(AnswerStream call, String method, Json.Obj params, Duration timeout) throws InterruptedException {
        requireFits("params", params);
        positive("timeout", timeout);
        var obstacle = obstacle(call, method, params);
        if (obstacle.isPresent()) return counted(new Outcome.NotAskable(obstacle.get()));
        var ask = open(call.caller().session().orElseThrow());
        Runnable onCancel = () -> ask.end(new Outcome.Cancelled());
        try {
            call.onCancel(onCancel);
            if (ask.isEnded()) return counted(ask.await(timeout)); // cancelled or draining: the client need not be troubled
            if (call.request(ask.id(), method, params)) return counted(await(ask, call, timeout));
            asked.add(Outcome.Kind.CLIENT_GONE);
            return new Outcome.NotAskable("client must keep the answer's stream open");
        } catch (InterruptedException e) {
            asked.add(Outcome.Kind.CANCELLED);
            throw e;
        } finally {
            call.removeOnCancel(onCancel);
            asks.close(ask);
        }
    }

    private Ask open(Session session) {
        try {
            return asks.open(session);
        } catch (TooManyRequestsException e) {
            asked.add(Outcome.Kind.TOO_MANY);
            throw e;
        }
    }

    private Outcome counted(Outcome outcome) {
        asked.add(Outcome.Kind.of(outcome));
        return outcome;
    }

    private static Optional<String> obstacle(AnswerStream call, String method, Json.Obj params) {
        var session = call.caller().session();
        if (session.isEmpty()) return Optional.of("request must be of a revision with sessions");
        if (!call.takesEventStream()) return Optional.of("client must accept text/event-stream");
        return Capabilities.missing(session.get().client().capabilities(), method, params)
                .map(capability -> "client must declare the capability " + capability);
    }

    /// Notifies a client that no longer needs to answer.
    private static Outcome await(Ask ask, AnswerStream call, Duration timeout) throws InterruptedException {
        Outcome outcome = new Outcome.Cancelled(); // also if this thread is interrupted
        try {
            outcome = ask.await(timeout);
            return outcome;
        } finally {
            var isAnswered = outcome instanceof Outcome.Answered || outcome instanceof Outcome.Refused;
            if (!isAnswered) call.notification(FromClient.CANCELLED, Json.obj().with("requestId", ask.id()));
        }
    }

    /// Delivers a message that a client has sent in a POST: a response to a request, or `notifications/cancelled`. Nothing happens if it is
    /// neither, or if nothing waits for it: its id was never given, was given to another session, or is answered already. Answer the POST
    /// with 202 in any case.
    ///
    /// What is not for this process is written to the log of events, if it has the form of another process's, whether or not that process
    /// still waits: such a POST costs as much as one that publishes.
    ///
    /// @param caller  the sender, usually [Caller#current]
    /// @param message the message
    /// @throws IllegalArgumentException                         if the message exceeds the size limit
    /// @throws dev.mcpsession.event.BroadcasterException        if it may be for another replica, and could not be relayed
    public void deliver(Caller caller, Json.Obj message) {
        var from = FromClient.of(message);
        var session = caller.session().filter(it -> it.isOpenTo(caller.owner()));
        if (from.isEmpty() || session.isEmpty()) return;
        requireFits("message", message);
        if (!take(session.get().id(), from.get())) broadcaster.relay(session.get().id(), from.get().toJson());
    }

    /// {@return whether the message need not be relayed}
    private boolean take(SessionId session, FromClient message) {
        return switch (message) {
            case FromClient.Response(var id, var outcome, _) -> {
                asks.answer(session, id, outcome);
                yield !asks.isElsewhere(id);
            }
            case FromClient.Cancel(var request) -> answers.cancel(session, request);
        };
    }

    private void requireFits(String name, Json.Obj json) {
        var bytes = json.toUtf8().length;
        require(bytes <= maxMessageBytes, name + " must be at most " + maxMessageBytes + " bytes", bytes);
    }

    /// {@return gauges and counters}
    public Stats stats() {
        return new Stats(asks.count(), answers.count(), asked.current(), cancelled.sum());
    }

    /// {@return how many requests to clients are open in this process}
    public int openRequests() {
        return asks.count();
    }

    /// {@return how many answers are open in this process}
    public int openAnswers() {
        return answers.count();
    }

    /// Ends all open requests, and all later ones at once, with [Outcome.Draining]. Responses for other replicas are still relayed.
    public void drain() {
        asks.endAll(new Outcome.Draining());
    }

    /// Ends all open requests, and all later ones at once, with [Outcome.Closed], and sends no more heartbeats. Idempotent.
    @Override
    public void close() {
        observation.close();
        asks.endAll(new Outcome.Closed());
    }

    /// What the replicas have in common.
    private final class Controls implements ControlObserver {

        @Override
        public void sessionsEnded(Collection<SessionId> sessions) {
            asks.endSessions(sessions);
        }

        @Override
        public void ownerEnded(Owner owner) {
            asks.endOwner(owner);
        }

        @Override
        public void relayed(SessionId session, Json.Obj message) {
            FromClient.of(message).ifPresent(from -> take(session, from));
        }

        @Override
        public void tick(Duration heartbeat) {
            answers.beat(heartbeat);
        }
    }

    /// Gauges and counters of this process. Counters begin at zero with the [ClientRequests]. Immutable.
    ///
    /// @param openRequests requests to clients that wait
    /// @param openAnswers  answers that are open
    /// @param asked        requests to clients that ended, by how; every kind is present
    /// @param cancelled    calls that their clients cancelled
    public record Stats(int openRequests, int openAnswers, Map<Outcome.Kind, Long> asked, long cancelled) {}

    /// Builds [ClientRequests]. Each setter checks its value. Not thread-safe.
    public static final class Builder {

        private final Broadcaster broadcaster;
        private int maxOpen = 10_000;
        private int maxOpenPerSession = 32;
        private int maxMessageBytes = 1 << 20;

        private Builder(Broadcaster broadcaster) {
            this.broadcaster = Objects.requireNonNull(broadcaster, "broadcaster");
        }

        /// {@return this builder}
        /// @param value how many requests may be open in this process; 10,000 by default
        /// @throws IllegalArgumentException if it is not positive
        public Builder maxOpen(int value) {
            maxOpen = positive("maxOpen", value);
            return this;
        }

        /// {@return this builder}
        /// @param value how many requests of one session may be open in this process; 32 by default
        /// @throws IllegalArgumentException if it is not positive
        public Builder maxOpenPerSession(int value) {
            maxOpenPerSession = positive("maxOpenPerSession", value);
            return this;
        }

        /// {@return this builder}
        /// @param value how large the params of a request and a message of a client may be, in bytes; 1 MiB by default
        /// @throws IllegalArgumentException if it is not positive
        public Builder maxMessageBytes(int value) {
            maxMessageBytes = positive("maxMessageBytes", value);
            return this;
        }

        /// {@return new client requests, which observe the broadcaster until they are closed}
        public ClientRequests build() {
            return new ClientRequests(this);
        }
    }
}
