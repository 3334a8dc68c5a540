package dev.mcpsession.reference;

import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.HandlerStats;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.Map;

/// Returns gauges and counters of this process as one JSON object. `sessions` and `sessionsHeld` are those of all replicas, as old as
/// `storeAgeSeconds` says, and absent until the store has answered.
final class StatusEndpoint implements GuardedEndpoint.Endpoint {

    private final SessionHandler sessions;
    private final ClientRequests requests;
    private final long started = System.nanoTime();

    StatusEndpoint(SessionHandler sessions, ClientRequests requests) {
        this.sessions = sessions;
        this.requests = requests;
    }

    @Override
    public Decision.Reply answer(GuardedEndpoint.Use use) {
        var stats = sessions.stats();
        var status = Json.obj()
                .with("uptimeSeconds", Duration.ofNanos(System.nanoTime() - started).toSeconds())
                .with("ready", sessions.isReady())
                .with("draining", sessions.isWithdrawn())
                .with("callsInFlight", stats.calls())
                .with("refused", byCause(stats.refused()))
                .with("storeFailures", byCause(stats.storeFailed()))
                .with("broadcasterFailures", byCause(stats.broadcasterFailed()));
        return Replies.json(200, status.merged(dialog(requests.stats())).merged(sessions(stats.sessions()))
                .merged(streams(stats.streams())).merged(events(stats)));
    }

    private static Json.Obj dialog(ClientRequests.Stats dialog) {
        return Json.obj()
                .with("asksOpen", dialog.openRequests())
                .with("asksEnded", byCause(dialog.asked()))
                .with("answersOpen", dialog.openAnswers())
                .with("callsCancelled", dialog.cancelled());
    }

    private static Json.Obj sessions(HandlerStats.OfSessions sessions) {
        var here = Json.obj()
                .with("sessionsInUse", sessions.inUse())
                .with("sessionsCreated", sessions.created())
                .with("sessionsRevived", sessions.revived())
                .with("sessionsEnded", byCause(sessions.ended()));
        return sessions.store().map(counts -> here
                .with("sessions", counts.live())
                .with("sessionsHeld", counts.held())
                .with("storeAgeSeconds", counts.age().toSeconds())).orElse(here);
    }

    private static Json.Obj streams(HandlerStats.OfStreams streams) {
        return Json.obj()
                .with("streamsOpen", streams.open())
                .with("streamsOpened", streams.opened())
                .with("streamsEnded", byCause(streams.ended()))
                .with("delivered", streams.delivered())
                .with("lagged", streams.lagged())
                .with("messagesLost", streams.lostMessages())
                .with("slowWrites", streams.slowWrites())
                .with("lagMillis", byBound(streams.lag()));
    }

    private static Json.Obj events(HandlerStats stats) {
        var events = stats.events();
        return Json.obj()
                .with("subscribers", events.subscribers())
                .with("waiting", events.waiting())
                .with("published", events.published())
                .with("wakeUps", events.wakeUps())
                .with("retainedEvents", events.retained())
                .with("retainedBytes", events.retainedBytes());
    }

    private static Json.Obj byCause(Map<? extends Enum<?>, Long> counted) {
        var counts = Json.obj();
        for (var cause : counted.entrySet()) counts = counts.with(cause.getKey().name(), cause.getValue());
        return counts;
    }

    /// How often it took at most so many milliseconds; `all` counts every time.
    private static Json.Obj byBound(HandlerStats.Histogram histogram) {
        var counts = Json.obj();
        for (var bound : histogram.atMost().entrySet()) {
            counts = counts.with(Double.toString(bound.getKey().toNanos() / 1e6), bound.getValue());
        }
        return counts.with("all", histogram.count());
    }
}
