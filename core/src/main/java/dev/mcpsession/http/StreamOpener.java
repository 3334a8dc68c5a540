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
    private final Sessions sessions;
    private final StreamRegistry streams;
    private final Consumer<EventStream> onOpen;

    /// @param onOpen is told of each stream before it is written
    StreamOpener(Broadcaster broadcaster, Sessions sessions, StreamRegistry streams, Consumer<EventStream> onOpen) {
        this.broadcaster = broadcaster;
        this.sessions = sessions;
        this.streams = streams;
        this.onOpen = onOpen;
    }

    /// Opens a session's stream, behind an event or from now on. The subscription exists before the first byte is sent, and the
    /// session is asked for once more after it exists: whoever deletes it later finds the subscription, and whoever deleted it
    /// before is seen. So it is with the resources that it subscribes to.
    ///
    /// @param version the revision that the request names
    Decision ofSession(Session session, Optional<EventId> after, Optional<ProtocolVersion> version) {
        if (!streams.takePlace()) return FULL;
        try (var place = new Place()) {
            var resources = ResourceSubscriptions.of(session);
            var begun = begin(EventFilter.of(session.id(), session.owner()).withResources(resources), after);
            place.subscription = begun.subscription();
            var now = sessions.touched(session.id());
            if (now.isEmpty()) return Replies.sessionNotFound();
            watchChanges(session.id(), resources, ResourceSubscriptions.of(now.get()));
            var dialect = new SessionDialect(session.id(), after, begun.position(), takesPriming(session, version));
            return place.take(new EventStream(dialect, place.subscription, sessions.hold(session.id()), streams),
                    Map.of(McpHeaders.SESSION_ID, session.id().value()));
        }
    }

    private Beginning begin(EventFilter filter, Optional<EventId> after) {
        return after.map(id -> broadcaster.begin(filter, id)).orElseGet(() -> broadcaster.begin(filter));
    }

    private void watchChanges(SessionId session, Set<String> before, Set<String> now) {
        now.stream().filter(uri -> !before.contains(uri)).forEach(uri -> broadcaster.watch(session, uri));
        before.stream().filter(uri -> !now.contains(uri)).forEach(uri -> broadcaster.unwatch(session, uri));
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
    /// @param granted what it is told
    Decision ofListen(Json request, NotificationFilter granted, Owner caller) {
        if (!streams.takePlace()) return FULL;
        try (var place = new Place()) {
            place.subscription = broadcaster.subscribeAfterRecent(granted.toEventFilter(caller));
            var dialect = new ListenDialect(new SubscriptionTag(request), granted, caller);
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
