package dev.mcpsession.reference;

import dev.mcpsession.http.Decision;
import dev.mcpsession.http.HandlerStats.OpenStream;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;
import java.util.Comparator;

/// Lists the event streams that are open in this process, those with the slowest clients first.
///
/// @param sessions has the streams
record StreamsEndpoint(SessionHandler sessions) implements GuardedEndpoint.Endpoint {

    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1_000;
    private static final Comparator<OpenStream> SLOWEST_FIRST = Comparator.comparing(OpenStream::slowestWrite).reversed();

    @Override
    public Decision.Reply answer(GuardedEndpoint.Use use) {
        var limit = use.number("limit", PAGE, MAX_PAGE);
        var open = sessions.openStreams();
        var slowest = open.stream().sorted(SLOWEST_FIRST).limit(limit).map(StreamsEndpoint::shown).toList();
        return Replies.json(200, Json.obj().with("open", open.size()).with("streams", new Json.Arr(slowest)));
    }

    private static Json shown(OpenStream stream) {
        var shown = Json.obj()
                .with("owner", stream.owner().toString())
                .with("ageSeconds", stream.age().toSeconds())
                .with("events", stream.events())
                .with("slowestWriteMicros", stream.slowestWrite().toNanos() / 1_000);
        return stream.session().map(id -> shown.with("key", Known.key(id)).with("id", id.toString())).orElse(shown);
    }
}
