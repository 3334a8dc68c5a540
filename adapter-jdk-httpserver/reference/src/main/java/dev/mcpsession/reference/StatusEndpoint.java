package dev.mcpsession.reference;

import dev.mcpsession.backend.Backend;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.Request;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.http.StreamEnd;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.Map;

/// Returns gauges and counters of this process as one JSON object.
final class StatusEndpoint implements GuardedEndpoint.Endpoint {

    private final SessionHandler sessions;
    private final Backend backend;
    private final long started = System.nanoTime();

    StatusEndpoint(SessionHandler sessions, Backend backend) {
        this.sessions = sessions;
        this.backend = backend;
    }

    @Override
    public Decision.Reply answer(Request request) {
        var streams = sessions.streams();
        var events = backend.broadcaster().stats();
        return Replies.json(200, Json.obj()
                .with("uptimeSeconds", Duration.ofNanos(System.nanoTime() - started).toSeconds())
                .with("sessions", backend.store().liveCount())
                .with("sessionsHeld", backend.store().heldCount())
                .with("sessionsEvicted", sessions.evictedSessions())
                .with("sessionsRefused", sessions.refusedSessions())
                .with("callsInFlight", Math.max(0, sessions.inFlight() - streams.open()))
                .with("streamsOpen", streams.open())
                .with("streamsOpened", streams.opened())
                .with("streamsEnded", byCause(streams.ended()))
                .with("subscribers", events.subscribers())
                .with("waiting", events.waiting())
                .with("published", events.published())
                .with("delivered", streams.delivered())
                .with("lagged", streams.lagged())
                .with("messagesLost", streams.lostMessages())
                .with("wakeUps", events.wakeUps())
                .with("retainedEvents", events.retained())
                .with("retainedBytes", events.retainedBytes())
                .with("storeFailures", sessions.storeFailures()));
    }

    private static Json.Obj byCause(Map<StreamEnd, Long> ended) {
        var counts = Json.obj();
        for (var end : ended.entrySet()) counts = counts.with(end.getKey().name(), end.getValue());
        return counts;
    }
}
