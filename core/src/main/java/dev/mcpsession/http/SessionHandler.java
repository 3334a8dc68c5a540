package dev.mcpsession.http;

import static dev.mcpsession.Checks.require;
import static java.lang.System.Logger.Level.INFO;
import static java.util.Objects.requireNonNull;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.http.HandlerStats.OpenStream;
import dev.mcpsession.http.HandlerStats.SessionEnd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/// The sessions and event streams of one MCP endpoint.
///
/// An adapter passes each request to [#decide] and performs the [Decision]. Closing the handler does not close the store and the
/// broadcaster; close them after it. Thread-safe.
public final class SessionHandler implements AutoCloseable {

    private final Rules rules;
    private final Sessions sessions;
    private final OpenStreams streams;
    private final Decider decider;
    private final InFlight calls = new InFlight();
    private final InFlight open = new InFlight();
    private volatile boolean withdrawn;

    private SessionHandler(Builder builder) {
        rules = new Rules(builder.path, builder.hostPolicy, builder.limits, builder.revisions,
                builder.broadcaster == null ? Rules.Streams.APPLICATION : builder.streams);
        sessions = new Sessions(builder.store, builder.broadcaster);
        streams = new OpenStreams(builder.limits, builder.maxStreamAge, builder.endsSessionOnLoss, open, sessions::deleteLater,
                builder.onDrain);
        var opener = new StreamOpener(builder.broadcaster, builder.offer, builder.limits, sessions, streams);
        decider = new Decider(rules, builder.owners, sessions, streams, opener, calls);
    }

    /// {@return a builder with the defaults}
    /// @param store the store of the sessions
    public static Builder builder(SessionStore store) {
        return new Builder(store);
    }

    /// {@return the endpoint's path, such as `/mcp`}
    public String path() {
        return rules.path();
    }

    /// {@return the decision on a request: a reply to send, a call to forward, or a stream to write}
    /// @param request the request; its body is read only if its head does not decide
    /// @throws IOException if the client went away while its body was read
    @ForAdapters
    public Decision decide(Request request) throws IOException {
        return decider.decide(request);
    }

    /// {@return the reply to another path (404), to a missing, repeated or invalid `Host` (400), or to a foreign `Host` or `Origin` (403)}
    /// [#decide] checks this first. A server calls it before it authenticates, so that a foreign page learns nothing about credentials.
    /// @param request the request; its body is not read
    @ForAdapters
    public Optional<Decision.Reply> refuseEarly(Request request) {
        return decider.refuseEarly(request);
    }

    /// {@return the headers with which a browser's script can read an answer, for handlers beside the endpoint; a [Decision] has them}
    /// @param request the request
    @ForAdapters
    public Map<String, String> corsHeaders(Request request) {
        return rules.policy().corsHeaders(request);
    }

    /// Logs an owner out: removes all sessions of the owner permanently, and ends all the owner's streams on every replica.
    /// @param owner an authenticated owner
    /// @return the number of removed sessions that were alive
    /// @throws SessionStoreException    if the store failed
    /// @throws BroadcasterException     if the sessions are removed, but the end of the streams could not be published: call again
    /// @throws IllegalArgumentException if the owner is anonymous
    public int deleteAll(Owner owner) {
        return sessions.deleteAll(owner);
    }

    /// Removes a session permanently, as a DELETE of its client does, and ends its stream on whichever replica that is.
    /// @param id the session's id; need not exist
    /// @return whether the session was alive
    /// @throws SessionStoreException if the store failed
    public boolean endSession(SessionId id) {
        return sessions.delete(id, SessionEnd.ENDED);
    }

    /// {@return gauges and counters, without a query to the store}
    public HandlerStats stats() {
        return new HandlerStats(sessions.stats(), streams.stats(), sessions.events(), calls.count(), decider.refused(),
                sessions.storeFailed(), sessions.broadcasterFailed());
    }

    /// {@return the streams that are open in this process, in no particular order; as many as [Limits#maxStreams()] at most}
    public List<OpenStream> openStreams() {
        return streams.current();
    }

    /// {@return whether requests should be sent here, for a readiness probe: the store answered the last tick, and [#withdraw] was not
    /// called} Ticks are one [dev.mcpsession.SessionPolicy#touchInterval()] apart, and at most 5 s while the store is away.
    public boolean isReady() {
        return !withdrawn && sessions.storeAnswers();
    }

    /// Is not [ready][#isReady()] from now on, so that a router sends its requests elsewhere. Until it has noticed, everything is served.
    public void withdraw() {
        withdrawn = true;
    }

    /// {@return whether the endpoint was withdrawn; each answer should then close its connection}
    public boolean isWithdrawn() {
        return withdrawn;
    }

    /// [Withdraws][#withdraw], ends the open streams gracefully, and runs the builder's [onDrain][Builder#onDrain]. What comes later is
    /// served; a further call ends the streams that were opened since.
    /// @return how many streams end
    public int drain() {
        withdraw();
        return streams.drain();
    }

    /// [Drains][#drain], creates no more sessions, opens no more streams, and waits for calls in flight. Sessions stay in the store, for
    /// other replicas or for a later handler. Idempotent.
    /// @param grace how long to wait for calls and streams; the last touches of sessions may take up to 2 s more
    /// @return whether everything ended in time
    public boolean close(Duration grace) {
        withdrawn = true;
        streams.close();
        var start = System.nanoTime();
        var drained = open.awaitNone(grace) & calls.awaitNone(grace.minusNanos(System.nanoTime() - start));
        if (!drained) Sessions.LOG.log(INFO, () -> "closed with " + calls.count() + " calls and " + open.count() + " streams under way");
        sessions.close();
        return drained;
    }

    /// Drains with a grace period of 2 s.
    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    /// Builds a [SessionHandler]. Each setter checks its value. Not thread-safe.
    public static final class Builder {

        private final SessionStore store;
        private Broadcaster broadcaster; // null: the application answers GET
        private String path = "/mcp";
        private Set<ProtocolVersion> revisions = Set.of(ProtocolVersion.values());
        private Rules.Streams streams = Rules.Streams.BOTH;
        private HostPolicy hostPolicy = HostPolicy.LOOPBACK;
        private OwnerResolver owners = OwnerResolver.standard();
        private Limits limits = Limits.DEFAULT;
        private NotificationFilter.Offer offer = NotificationFilter.Offer.EVERYTHING;
        private Duration maxStreamAge = Duration.ZERO;
        private boolean endsSessionOnLoss;
        private Runnable onDrain = () -> {};

        private Builder(SessionStore store) {
            this.store = requireNonNull(store, "store");
        }

        /// {@return this builder}
        /// @param value the source of events; without a broadcaster, GET goes to the application
        public Builder broadcaster(Broadcaster value) {
            broadcaster = requireNonNull(value, "broadcaster");
            return this;
        }

        /// {@return this builder}
        /// @param value the endpoint's path in place of `/mcp`, compared exactly; must begin with a slash
        public Builder path(String value) {
            require(value.startsWith("/"), "path must begin with a slash", value);
            path = value;
            return this;
        }

        /// {@return this builder} Requests of another revision get 400 with `UnsupportedProtocolVersionError` (-32022). An `initialize` is
        /// forwarded for any revision, since the application's answer negotiates, unless none of these has sessions.
        /// @param values the revisions that the application speaks, at least one; all by default
        public Builder revisions(ProtocolVersion... values) {
            if (values.length == 0) throw new IllegalArgumentException("revisions must name at least one");
            revisions = Set.copyOf(List.of(values));
            return this;
        }

        /// {@return this builder} If the application has streams, which is the default, a GET whose `Last-Event-ID` is not this library's
        /// is forwarded. Otherwise such an id is a position that is gone: the session's stream opens with the newest of each signal.
        /// @param value whether the application answers GET with its own event streams
        public Builder applicationStreams(boolean value) {
            streams = value ? Rules.Streams.BOTH : Rules.Streams.LIBRARY;
            return this;
        }

        /// {@return this builder}
        /// @param value which hosts and origins are allowed, in place of [HostPolicy#LOOPBACK]
        public Builder hostPolicy(HostPolicy value) {
            hostPolicy = requireNonNull(value, "hostPolicy");
            return this;
        }

        /// {@return this builder}
        /// @param value names the caller of a request, in place of [OwnerResolver#standard()]
        public Builder owners(OwnerResolver value) {
            owners = requireNonNull(value, "owners");
            return this;
        }

        /// {@return this builder}
        /// @param value the endpoint's limits, in place of [Limits#DEFAULT]
        public Builder limits(Limits value) {
            limits = requireNonNull(value, "limits");
            return this;
        }

        /// {@return this builder}
        /// @param values which changes of prompts, resources and tools the application publishes; all three by default
        /// @throws IllegalArgumentException if an event is not one of those three
        public Builder listChanges(Event... values) {
            offer = offer.withLists(values);
            return this;
        }

        /// {@return this builder}
        /// @param topic a topic, all of whose things a listen can request; its field and its method must be new
        public Builder topic(Topic topic) {
            return topic(topic, (_, _) -> true);
        }

        /// {@return this builder} By default a listen can request every uri of [Topic#RESOURCES].
        /// @param topic  the topic, such as [Topic#RESOURCES]
        /// @param exists whether a caller may know of a thing, given its key. Runs in the thread that opens a listen, and may fail it
        /// @throws IllegalArgumentException if another topic, or a list, has the same field or the same method
        public Builder topic(Topic topic, BiPredicate<Owner, String> exists) {
            offer = offer.with(topic, exists);
            return this;
        }

        /// {@return this builder} Off by default: the official Java client does not reopen its stream.
        /// @param value the age, not negative, plus or minus a tenth, at which a stream ends and its client reopens it; zero for no limit
        public Builder maxStreamAge(Duration value) {
            require(!value.isNegative(), "maxStreamAge must not be negative", value);
            maxStreamAge = value;
            return this;
        }

        /// {@return this builder}
        /// @param value whether the loss of a message ends the session, so that its client initializes again; false by default
        public Builder endsSessionOnLoss(boolean value) {
            endsSessionOnLoss = value;
            return this;
        }

        /// {@return this builder}
        /// @param value also runs at each [SessionHandler#drain], and must not wait: it ends calls, as `ClientRequests.drain` does
        public Builder onDrain(Runnable value) {
            onDrain = requireNonNull(value, "onDrain");
            return this;
        }

        /// {@return a new handler, which runs a background thread until it is closed}
        public SessionHandler build() {
            return new SessionHandler(this);
        }
    }
}
