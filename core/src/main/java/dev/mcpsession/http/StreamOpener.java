package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.SubscriptionTag;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Opens event streams as long as places are free. Thread-safe.
final class StreamOpener {

    static final Decision.Reply FULL = Replies.unavailable("there are too many streams");
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "text/event-stream",
            "Cache-Control", "no-cache",
            "X-Accel-Buffering", "no");

    private final Broadcaster broadcaster;
    private final NotificationFilter.Offer offer;
    private final int maxListenResources;
    private final Sessions sessions;
    private final OpenStreams streams;

    StreamOpener(Broadcaster broadcaster, NotificationFilter.Offer offer, Limits limits, Sessions sessions, OpenStreams streams) {
        this.broadcaster = broadcaster;
        this.offer = offer;
        maxListenResources = limits.maxListenResources();
        this.sessions = sessions;
        this.streams = streams;
    }

    // The session is looked up again once the subscription exists. A session that is deleted later ends the subscription; one that was
    // deleted before is not found. The same look-up closes the gap for the topics that the session subscribes to.

    /// Opens a session's stream.
    ///
    /// @param after   the event to resume after; empty to begin now
    /// @param version the revision that the request names
    Decision ofSession(Session session, Optional<EventId> after, Optional<ProtocolVersion> version) {
        if (!streams.takePlace()) return FULL;
        try (var place = new Place()) {
            var topics = ResourceSubscriptions.topics(session);
            var filter = EventFilter.of(session.id(), session.owner()).withTopics(topics);
            place.subscription = broadcaster.subscribe(filter, after.map(Start::after).orElse(Start.now()));
            var now = sessions.touched(session.id());
            if (now.isEmpty()) return Replies.SESSION_NOT_FOUND;
            updateTopics(session.id(), topics, ResourceSubscriptions.topics(now.get()));
            var subscription = place.subscription;
            var writer = new SessionStreamWriter(session.id(), () -> offer.everything(subscription.topics()), after,
                    subscription.start(), takesPriming(session, version));
            place.hold = sessions.hold(session.id());
            return place.open(writer, session.owner(), Map.of(McpHeaders.SESSION_ID, session.id().value()));
        }
    }

    private void updateTopics(SessionId session, Set<Topic.Key> before, Set<Topic.Key> now) {
        now.stream().filter(key -> !before.contains(key)).forEach(key -> broadcaster.addTopic(session, key));
        before.stream().filter(key -> !now.contains(key)).forEach(key -> broadcaster.removeTopic(session, key));
    }

    // The request names the revision that was agreed on; without it, the one that the client requested at `initialize` counts.
    private static boolean takesPriming(Session session, Optional<ProtocolVersion> version) {
        var spoken = version.or(() -> ProtocolVersion.served(session.client().protocolVersion()));
        return spoken.filter(ProtocolVersion::takesPrimingEvent).isPresent();
    }

    /// Opens the stream of a `subscriptions/listen`. No store is involved: nothing of the stream remains after its end.
    ///
    /// @param request   the request's id
    /// @param requested its `notifications`
    Decision ofListen(Json request, Json.Obj requested, Owner caller) {
        var flaw = NotificationFilter.flaw(requested, offer);
        if (flaw.isPresent()) return Replies.invalidParams(flaw.get());
        if (!streams.takePlace()) return FULL;
        try (var place = new Place()) {
            var granted = NotificationFilter.granted(requested, offer, caller, maxListenResources);
            place.subscription = broadcaster.subscribe(granted.toEventFilter(caller), Start.recent());
            return place.open(new ListenStreamWriter(new SubscriptionTag(request), granted, caller), caller, Map.of());
        }
    }

    /// A place that was taken, and its resources. Closing it releases all of them, unless the stream has been handed out.
    private final class Place implements AutoCloseable {

        private Subscription subscription;
        private SessionHolds.Hold hold = SessionHolds.Hold.NONE;
        private EventStream stream;
        private boolean isHandedOut;

        Decision open(StreamWriter writer, Owner owner, Map<String, String> headers) {
            stream = new EventStream(writer, owner, subscription, hold, streams, streams.newDeadline());
            streams.opened(stream);
            var decision = new Decision.Stream(Replies.merged(HEADERS, headers), stream);
            isHandedOut = true;
            return decision;
        }

        @Override
        public void close() {
            if (isHandedOut) return;
            if (stream == null || !streams.ended(stream, StreamEnd.FAILED)) streams.leavePlace();
            if (subscription != null) subscription.close();
            hold.close();
        }
    }
}
