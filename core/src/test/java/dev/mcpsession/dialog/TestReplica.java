package dev.mcpsession.dialog;

import dev.mcpsession.Caller;
import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Sessions and answers without a server. Several replicas share a broadcaster.
final class TestReplica implements AutoCloseable {

    static final Duration LONG = Duration.ofSeconds(60);
    static final Json.Obj PARAMS = Json.obj().with("message", "Really?");
    static final String ELICIT = "elicitation/create";
    static final String EVERYTHING = "{\"elicitation\":{},\"sampling\":{},\"roots\":{}}";

    private final ClientRequests requests;

    TestReplica(StripedBroadcaster broadcaster) {
        this(broadcaster, builder -> builder);
    }

    TestReplica(StripedBroadcaster broadcaster, UnaryOperator<ClientRequests.Builder> options) {
        requests = options.apply(ClientRequests.builder(broadcaster)).build();
    }

    static StripedBroadcaster broadcaster(Duration heartbeat) {
        return new StripedBroadcaster(BroadcasterOptions.builder().heartbeat(heartbeat).build());
    }

    static Session session(Owner owner) {
        return session(owner, EVERYTHING);
    }

    static Session session(Owner owner, String capabilities) {
        var now = Instant.EPOCH;
        return new Session(SessionId.random(), owner, new Client("2025-11-25", "test", capabilities), now, now, now.plus(LONG), false,
                Json.obj(), 0);
    }

    ClientRequests requests() {
        return requests;
    }

    AnswerStream answer(Session session, int id, AnswerChannel channel) {
        return Caller.call(session.owner(), Optional.of(session), () -> requests.answer(Json.Num.of(id), channel));
    }

    AnswerStream statelessAnswer(AnswerChannel channel) {
        return Caller.call(Owner.anonymous(), Optional.empty(), () -> requests.answer(new Json.Str("s"), channel));
    }

    void deliver(Session session, Json.Obj message) {
        deliver(session.owner(), session, message);
    }

    void deliver(Owner sender, Session session, Json.Obj message) {
        Caller.call(sender, Optional.of(session), () -> {
            requests.deliver(Caller.current(), message);
            return null;
        });
    }

    static Json.Obj response(Json id, String text) {
        return Json.obj().with("jsonrpc", "2.0").with("id", id).with("result", Json.obj().with("text", text));
    }

    static Json.Obj cancel(Json request) {
        return Json.obj().with("jsonrpc", "2.0").with("method", "notifications/cancelled")
                .with("params", Json.obj().with("requestId", request).with("reason", "no longer needed"));
    }

    @Override
    public void close() {
        requests.close();
    }
}
