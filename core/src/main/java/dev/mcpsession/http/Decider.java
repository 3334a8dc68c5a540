package dev.mcpsession.http;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.http.HandlerStats.BroadcasterTask;
import dev.mcpsession.http.HandlerStats.Refusal;
import dev.mcpsession.http.HandlerStats.SessionEnd;
import dev.mcpsession.http.HandlerStats.StoreTask;
import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Decides on a request: the rules read its intent, the resolver names its caller, and the store and the broadcaster determine whether
/// the caller gets what it requests. Thread-safe.
final class Decider {

    private static final Set<Integer> INVALID = Set.of(400, 405, 406, 413, 415);
    private static final Decision.Reply GOING_AWAY = Replies.unavailable("the server is going away");

    private final Door door;
    private final Rules rules;
    private final OwnerResolver owners;
    private final Sessions sessions;
    private final OpenStreams streams;
    private final StreamOpener opener;
    private final InFlight calls;
    private final Counts<Refusal> refused = new Counts<>(Refusal.class);

    Decider(Rules rules, OwnerResolver owners, Sessions sessions, OpenStreams streams, StreamOpener opener, InFlight calls) {
        door = new Door(rules);
        this.rules = rules;
        this.owners = owners;
        this.sessions = sessions;
        this.streams = streams;
        this.opener = opener;
        this.calls = calls;
    }

    /// A request's body, if it was read before the decision.
    ///
    /// @param bytes null if it was not read
    private record Body(byte[] bytes, JsonRpcPeek peek) {

        static final Body UNREAD = new Body(null, JsonRpcPeek.NOTHING);
    }

    Optional<Decision.Reply> refuseEarly(Request request) {
        return door.refuse(request);
    }

    Decision decide(Request request) throws IOException {
        var early = refuseEarly(request);
        if (early.isPresent()) return refused(early.get().status() == 403 ? Refusal.HOST : Refusal.INVALID, early.get());
        return door.withCors(request, decide(RequestHead.of(request)));
    }

    // The other refusals are counted where their cause is known.
    private Decision counted(Decision decision) {
        if (!(decision instanceof Decision.Reply reply)) return decision;
        if (reply.status() == 404) refused.add(Refusal.NO_SESSION);
        else if (INVALID.contains(reply.status())) refused.add(Refusal.INVALID);
        return reply;
    }

    private Decision refused(Refusal why, Decision.Reply reply) {
        refused.add(why);
        return reply;
    }

    Map<Refusal, Long> refused() {
        return refused.current();
    }

    private Decision decide(RequestHead head) throws IOException {
        var intent = rules.intent(head);
        if (intent.isPresent()) return resolve(intent.get(), head, Body.UNREAD);
        Optional<Body> body;
        try {
            body = read(head, rules.limits().maxBodyBytes());
        } catch (JsonException e) {
            return refused(Refusal.INVALID, Replies.notJson(e.getMessage()));
        }
        if (body.isEmpty()) return refused(Refusal.INVALID, Replies.tooLarge("body", rules.limits().maxBodyBytes()));
        return answering(body.get(), resolve(rules.intent(head, body.get().peek()), head, body.get()));
    }

    private Optional<Body> read(RequestHead head, int maxBytes) throws IOException {
        return head.request().readBody(maxBytes).map(bytes -> new Body(bytes, JsonRpcPeek.of(bytes, rules.limits())));
    }

    private static Decision answering(Body body, Decision decision) {
        return decision instanceof Decision.Reply reply ? Replies.answering(body.peek().id(), reply) : decision;
    }

    private Decision resolve(Intent intent, RequestHead head, Body body) throws IOException {
        if (intent instanceof Intent.Refuse(var reply)) return counted(reply);
        return switch (owners.resolve(head.request())) {
            case OwnerResolver.Resolution.Challenge challenge -> refused(Refusal.CHALLENGED, Replies.challenge(challenge));
            case OwnerResolver.Resolution.Known(var caller) -> counted(grant(intent, head, caller, body));
        };
    }

    private Decision grant(Intent intent, RequestHead head, Owner caller, Body body) throws IOException {
        try {
            return switch (intent) {
                case Intent.Refuse(var reply) -> reply;
                case Intent.Deny(var reply) -> reply;
                case Intent.Create(var client) -> create(caller, client, body);
                case Intent.Use(var id) -> {
                    var session = sessions.find(id, caller);
                    yield session.isPresent() ? use(caller, session.get(), body) : withoutSession(head, caller, body);
                }
                case Intent.Pass() -> forward(caller, null, Map.of(), body, _ -> {});
                case Intent.OpenStream(var id, var after, var version) ->
                        within(id, caller, session -> opened(() -> opener.ofSession(session, after, version)));
                case Intent.Listen(var request, var requested) ->
                        opened(() -> opener.ofListen(request, requested, caller));
                case Intent.End(var id) -> sessions.delete(id, caller) ? Replies.DELETED : Replies.SESSION_NOT_FOUND;
            };
        } catch (SessionStoreException e) {
            sessions.failed(StoreTask.ANSWER, "answering 503", e);
            return refused(Refusal.STORE_FAILED, Replies.unavailable("sessions cannot be looked up at the moment"));
        } catch (BroadcasterException e) {
            sessions.failed(BroadcasterTask.OPEN, "answering 503", e);
            return refused(Refusal.BROADCASTER_FAILED, Replies.unavailable("streams cannot be opened at the moment"));
        }
    }

    private Decision opened(Supplier<Decision> opening) {
        if (streams.isClosed()) return refused(Refusal.CLOSING, GOING_AWAY);
        var decision = opening.get();
        return decision == StreamOpener.FULL ? refused(Refusal.STREAMS_FULL, StreamOpener.FULL) : decision;
    }

    private Decision within(SessionId id, Owner caller, Function<Session, Decision> decision) {
        return sessions.find(id, caller).map(decision).orElse(Replies.SESSION_NOT_FOUND);
    }

    // The request names a session that does not exist for the caller. An `initialize` gets a new one nevertheless, so the body is read
    // now; no other body changes the answer.
    private Decision withoutSession(RequestHead head, Owner caller, Body body) throws IOException {
        if (!head.isPost()) return Replies.SESSION_NOT_FOUND;
        var read = body == Body.UNREAD ? readInitialize(head) : body;
        return answering(read, grant(rules.initialize(read.peek(), Replies.SESSION_NOT_FOUND), head, caller, read));
    }

    private Body readInitialize(RequestHead head) throws IOException {
        try {
            return read(head, rules.limits().maxInitializeBytes()).orElse(Body.UNREAD);
        } catch (JsonException _) {
            return Body.UNREAD;
        }
    }

    private Decision use(Owner caller, Session session, Body body) {
        sessions.used(session);
        var hold = sessions.hold(session.id());
        return forward(caller, session, Map.of(), body, _ -> hold.close());
    }

    private Decision create(Owner owner, Client client, Body body) {
        if (streams.isClosed()) return refused(Refusal.CLOSING, GOING_AWAY);
        return switch (sessions.create(owner, client)) {
            case CreateResult.Created(var session) -> forward(owner, session, Map.of(McpHeaders.SESSION_ID, session.id().value()), body,
                    status -> deleteUnlessOk(session.id(), status));
            case CreateResult.OwnerFull() -> refused(Refusal.OWNER_FULL, Replies.unavailable("you have too many sessions"));
            case CreateResult.StoreFull() -> refused(Refusal.STORE_FULL, Replies.unavailable("there are too many sessions"));
        };
    }

    private void deleteUnlessOk(SessionId id, int status) {
        if (status < 200 || status > 299) sessions.deleteQuietly(id, SessionEnd.INITIALIZE_FAILED);
    }

    private Decision forward(Owner caller, Session session, Map<String, String> headers, Body body, IntConsumer onCompletion) {
        calls.enter();
        return new Decision.Forward(caller, session, headers, body.bytes(), body.peek().id(), status -> {
            calls.leave();
            onCompletion.accept(status);
        });
    }
}
