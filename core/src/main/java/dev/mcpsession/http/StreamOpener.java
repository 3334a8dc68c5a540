package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Beginning;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.SubscriptionTag;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Opens event streams, those of sessions and those of listens, while there are places. Safe for use by many threads.
final class StreamOpener {

    private static final Decision.Reply FULL = Replies.unavailable("there are too many streams");
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "text/event-stream",
            "Cache-Control", "no-cache",
            "X-Accel-Buffering", "no");

    private final Broadcaster broadcaster;
    private final ListenOptions listens;
    private final int maxListenResources;
    private final Sessions sessions;
    private final OpenStreams streams;
    private final Consumer<EventStream> onOpen;

    /// @param onOpen is told of each stream before it is written
    StreamOpener(SessionHandlerBuilder builder, Sessions sessions, OpenStreams streams, Consumer<EventStream> onOpen) {
        broadcaster = builder.broadcaster;
        listens = builder.listens;
        maxListenResources = builder.limits.maxListenResources();
        this.sessions = sessions;
        this.streams = streams;
        this.onOpen = onOpen;
    }

    /// Opens a session's stream, behind an event or from now on. The subscription exists before the first byte is sent, and the
    /// session is asked for once more after it exists: whoever deletes it later finds the subscription, and whoever deleted it
    /// before is seen. So it is with the resources that it subscribes to, and other topics.
    ///
    /// @param version the revision that the request names
    Decision ofSession(Session session, Optional<EventId> after, Optional<ProtocolVersion> version) {
        if (!streams.takePlace()) return FULL;
        try (var place = new Place()) {
            var topics = ResourceSubscriptions.topics(session);
            var begun = begin(EventFilter.of(session.id(), session.owner()).withTopics(topics), after);
            place.subscription = begun.subscription();
            var now = sessions.touched(session.id());
            if (now.isEmpty()) return Replies.sessionNotFound();
            watchChanges(session.id(), topics, ResourceSubscriptions.topics(now.get()));
            var dialect = new SessionStreamWriter(session.id(), after, begun.position(), takesPriming(session, version));
            return place.take(new EventStream(dialect, place.subscription, sessions.hold(session.id()), streams),
                    Map.of(McpHeaders.SESSION_ID, session.id().value()));
        }
    }

    private Beginning begin(EventFilter filter, Optional<EventId> after) {
        return after.map(id -> broadcaster.begin(filter, id)).orElseGet(() -> broadcaster.begin(filter));
    }

    private void watchChanges(SessionId session, Set<Topic.Key> before, Set<Topic.Key> now) {
        now.stream().filter(key -> !before.contains(key)).forEach(key -> broadcaster.watch(session, key));
        before.stream().filter(key -> !now.contains(key)).forEach(key -> broadcaster.unwatch(session, key));
    }

    /// What the client says at this request is the revision it agreed on; without that, what it asked for when it began.
    private static boolean takesPriming(Session session, Optional<ProtocolVersion> version) {
        var spoken = version.or(() -> ProtocolVersion.served(session.client().protocolVersion()));
        return spoken.filter(ProtocolVersion::takesPrimingEvent).isPresent();
    }

    /// Opens the stream that answers a `subscriptions/listen`. Asks no store: it belongs to nobody's session, and when it is gone
    /// it leaves nothing behind.
    ///
    /// @param request the request's id
    /// @param asked   its `notifications`
    Decision ofListen(Json request, Json.Obj asked, Owner caller) {
        var flaw = NotificationFilter.flaw(asked, listens);
        if (flaw.isPresent()) return Replies.invalidParams(flaw.get());
        if (!streams.takePlace()) return FULL;
        try (var place = new Place()) {
            var granted = NotificationFilter.granted(asked, listens, caller, maxListenResources);
            place.subscription = broadcaster.subscribeAfterRecent(granted.toEventFilter(caller));
            var dialect = new ListenStreamWriter(new SubscriptionTag(request), granted, caller);
            return place.take(new EventStream(dialect, place.subscription, null, streams), Map.of());
        }
    }

    /// One of the places, with what is in it: given back unless a stream takes it.
    private final class Place implements AutoCloseable {

        private Subscription subscription;
        private boolean isTaken;

        Decision take(EventStream stream, Map<String, String> headers) {
            isTaken = true;
            onOpen.accept(stream);
            var all = new HashMap<>(HEADERS);
            all.putAll(headers);
            return new Decision.Stream(all, stream);
        }

        @Override
        public void close() {
            if (isTaken) return;
            streams.leavePlace();
            if (subscription != null) subscription.close();
        }
    }
}
