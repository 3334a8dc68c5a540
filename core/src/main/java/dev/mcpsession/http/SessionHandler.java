package dev.mcpsession.http;

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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/// The sessions and event streams of one MCP endpoint.
///
/// An adapter passes each request to [#decide] and performs the [Decision]; an application ends sessions, reads the counters and
/// closes the handler. The store and the broadcaster are not closed with it: close them after it. Thread-safe.
public final class SessionHandler implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SessionHandler.class.getName());

    private final Rules rules;
    private final Sessions sessions;
    private final OpenStreams streams;
    private final Decider decider;
    private final InFlight inFlight = new InFlight();

    private SessionHandler(Builder builder) {
        rules = new Rules(builder.path, builder.hostPolicy, builder.limits, builder.revisions, builder.streams());
        sessions = new Sessions(builder.store, builder.broadcaster);
        streams = new OpenStreams(builder.limits, builder.maxStreamAge, builder.endsSessionOnLoss, inFlight, sessions::deleteLater);
        var opener = new StreamOpener(builder.broadcaster, builder.offer, builder.limits, sessions, streams);
        decider = new Decider(rules, builder.owners, sessions, streams, opener, inFlight);
    }

    /// {@return a builder with the defaults}
    ///
    /// @param store where the sessions live
    public static Builder builder(SessionStore store) {
        return new Builder(store);
    }

    /// {@return the endpoint's path, such as `/mcp`}
    public String path() {
        return rules.path();
    }

    /// Decides what becomes of a request. Reads its body only if its head does not decide.
    ///
    /// @param request the request
    /// @return a reply to send, a call to forward, or a stream to write
    /// @throws IOException if the client went away while its body was read
    @ForAdapters
    public Decision decide(Request request) throws IOException {
        return decider.decide(request);
    }

    /// Refuses a request with another path (404), a missing, repeated or invalid `Host` (400), or a `Host` or `Origin` that is not
    /// allowed (403). [#decide] begins with this; a server that authenticates callers calls it first, so that a page of a foreign
    /// origin learns nothing about credentials.
    ///
    /// @param request the request; its body is not read
    /// @return the reply to send, with CORS headers; empty if the request may go on
    @ForAdapters
    public Optional<Decision.Reply> refuseEarly(Request request) {
        return decider.refuseEarly(request);
    }

    /// {@return the headers that let a browser's script read an answer; only `Vary: Origin` unless the request's origin is allowed}
    /// The decisions of [#decide] have them already; these are for handlers beside the endpoint.
    ///
    /// @param request the request
    @ForAdapters
    public Map<String, String> corsHeaders(Request request) {
        return rules.policy().corsHeaders(request);
    }

    /// Removes all sessions of an owner permanently, and ends all streams of the owner on every replica, those of listens too: logs a
    /// person out everywhere.
    ///
    /// @param owner an authenticated owner
    /// @return how many sessions were alive
    /// @throws SessionStoreException    if the store failed
    /// @throws BroadcasterException     if the sessions are removed, but their end could not be published: call again. Without that,
    ///                                  their streams end when they are touched next, and the owner's listens stay open
    /// @throws IllegalArgumentException if the owner is anonymous
    public int deleteAll(Owner owner) {
        return sessions.deleteAll(owner);
    }

    /// Removes a session permanently, as its client's DELETE does, and ends its stream on whichever replica that is.
    ///
    /// @param id the session's id; need not exist
    /// @return whether the session was alive
    /// @throws SessionStoreException if the store failed
    public boolean endSession(SessionId id) {
        return sessions.delete(id);
    }

    /// {@return gauges and counters of the event streams}
    public StreamStats streams() {
        return streams.stats();
    }

    /// {@return how many forwarded calls and streams are under way}
    public long inFlight() {
        return inFlight.count();
    }

    /// {@return how many sessions were removed because their owner had too many: first those never used, then the least recently used}
    public long evictedSessions() {
        return sessions.evicted();
    }

    /// {@return how often `initialize` was refused because there were too many sessions}
    public long refusedSessions() {
        return sessions.refused();
    }

    /// {@return how often the session store failed, in requests and in the background}
    public long storeFailures() {
        return sessions.storeFailures();
    }

    /// {@return how often the broadcaster failed to open or to end streams}
    public long broadcasterFailures() {
        return sessions.broadcasterFailures();
    }

    /// Ends the open streams gracefully: those of sessions with a reconnection delay, those of listens with their result. Clients may
    /// reconnect here at once.
    ///
    /// @return how many streams were asked to end
    public int drainStreams() {
        return streams.drain();
    }

    /// Drains the endpoint: creates no more sessions, opens no more streams, ends the open streams gracefully, and lets calls in flight
    /// finish. Sessions stay: another replica, or this one after a restart, serves them. Idempotent.
    ///
    /// @param grace how long to wait at most
    /// @return whether everything ended in time
    public boolean close(Duration grace) {
        streams.close();
        var drained = inFlight.awaitNone(grace);
        if (!drained) LOG.log(INFO, () -> "closed with " + inFlight.count() + " calls and streams under way");
        sessions.close();
        return drained;
    }

    /// Drains for at most 2 s.
    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    @Override
    public String toString() {
        var open = streams.stats().open();
        return "SessionHandler[path=" + path() + ", streams=" + open + ", calls=" + Math.max(0, inFlight.count() - open) + "]";
    }

    /// Configures a [SessionHandler]; each setter checks its value. Not thread-safe.
    public static final class Builder {

        private final SessionStore store;
        private Broadcaster broadcaster; // null: the application answers GET
        private String path = "/mcp";
        private Set<ProtocolVersion> revisions = Set.of(ProtocolVersion.values());
        private boolean applicationStreams = true;
        private HostPolicy hostPolicy = HostPolicy.LOOPBACK;
        private OwnerResolver owners = OwnerResolver.standard();
        private Limits limits = Limits.DEFAULT;
        private NotificationFilter.Offer offer = NotificationFilter.Offer.EVERYTHING;
        private Duration maxStreamAge = Duration.ZERO;
        private boolean endsSessionOnLoss;

        private Builder(SessionStore store) {
            this.store = requireNonNull(store, "store");
        }

        /// {@return this, with streams of events; without a broadcaster, GET goes to the application}
        ///
        /// @param value where the events come from
        public Builder broadcaster(Broadcaster value) {
            broadcaster = requireNonNull(value, "broadcaster");
            return this;
        }

        /// {@return this, with another path than `/mcp`}
        ///
        /// @param value the path, compared exactly
        /// @throws IllegalArgumentException if it does not begin with a slash
        public Builder path(String value) {
            if (!value.startsWith("/")) throw new IllegalArgumentException("path must begin with a slash: " + value);
            path = value;
            return this;
        }

        /// {@return this, with only the revisions that the application speaks; all by default} A request of another one gets 400 with
        /// `UnsupportedProtocolVersionError` (-32022) and the list. An `initialize` is forwarded whatever revision it asks for, since
        /// the application's answer negotiates; but if no revision has sessions, `initialize` and requests that name no revision are
        /// refused, too, and GET and DELETE get 405.
        ///
        /// @param values at least one
        /// @throws IllegalArgumentException if there is none
        /// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning">MCP 2026-07-28, Versioning</a>
        public Builder revisions(ProtocolVersion... values) {
            if (values.length == 0) throw new IllegalArgumentException("revisions must name at least one");
            revisions = Set.copyOf(List.of(values));
            return this;
        }

        /// {@return this, where the application does or does not answer GET with streams of its own; it does by default} If so, a GET
        /// whose `Last-Event-ID` was not issued by this library goes to the application. If not, such an id is a position that is
        /// gone: the session's stream opens with the newest of each signal.
        ///
        /// @param value whether it does
        public Builder applicationStreams(boolean value) {
            applicationStreams = value;
            return this;
        }

        /// {@return this, with a policy in place of [HostPolicy#LOOPBACK]}
        ///
        /// @param value which hosts and origins are allowed
        public Builder hostPolicy(HostPolicy value) {
            hostPolicy = requireNonNull(value, "hostPolicy");
            return this;
        }

        /// {@return this, with a resolver in place of [OwnerResolver#standard()]}
        ///
        /// @param value names the caller of a request
        public Builder owners(OwnerResolver value) {
            owners = requireNonNull(value, "owners");
            return this;
        }

        /// {@return this, with limits in place of [Limits#DEFAULT]}
        ///
        /// @param value how much the endpoint takes on
        public Builder limits(Limits value) {
            limits = requireNonNull(value, "limits");
            return this;
        }

        /// {@return this, where a listen can ask for changes of these lists only; of all three by default}
        ///
        /// @param values the events that the application publishes when the list of its prompts, resources or tools has changed
        /// @throws IllegalArgumentException if an event is not one of those three
        public Builder listChanges(Event... values) {
            offer = offer.withLists(values);
            return this;
        }

        /// {@return this, where a listen can ask for all things of another topic}
        ///
        /// @param topic the topic
        /// @throws IllegalArgumentException if another topic, or a list, has the same field or the same method
        public Builder topic(Topic topic) {
            return topic(topic, (_, _) -> true);
        }

        /// {@return this, where a listen can ask for those things of a topic that exist} By default it can ask for every uri of
        /// [Topic#RESOURCES].
        /// ```java
        /// builder.topic(Topic.RESOURCES, (owner, uri) -> board.has(uri))
        ///         .topic(new Topic("taskIds", "notifications/tasks", "taskId"), tasks::isOf);
        /// ```
        /// @param topic  the topic
        /// @param exists whether a caller may know of a thing, given its key, such as a uri. Runs in the thread of the request that
        ///               opens a listen; an exception fails the request
        /// @throws IllegalArgumentException if another topic, or a list, has the same field or the same method
        /// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#acknowledgment">MCP
        ///      2026-07-28, Subscriptions, Acknowledgment</a>
        public Builder topic(Topic topic, BiPredicate<Owner, String> exists) {
            offer = offer.with(topic, exists);
            return this;
        }

        /// {@return this, where streams end at an age, plus or minus a tenth, and may be opened again} Off by default: the official
        /// Java client does not reopen its stream.
        ///
        /// @param value the age; zero for none
        /// @throws IllegalArgumentException if it is negative
        public Builder maxStreamAge(Duration value) {
            if (value.isNegative()) throw new IllegalArgumentException("maxStreamAge must not be negative: " + value);
            maxStreamAge = value;
            return this;
        }

        /// {@return this, where the loss of a message ends the session, so that its client initializes again; or does not, the default}
        ///
        /// @param value whether it does
        public Builder endsSessionOnLoss(boolean value) {
            endsSessionOnLoss = value;
            return this;
        }

        private Rules.Streams streams() {
            if (broadcaster == null) return Rules.Streams.APPLICATION;
            return applicationStreams ? Rules.Streams.BOTH : Rules.Streams.LIBRARY;
        }

        /// {@return a new handler with a background thread of its own}
        public SessionHandler build() {
            return new SessionHandler(this);
        }
    }
}
