package dev.mcpsession.http;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Decides on a request: the rules say what it wants, the resolver who sent it, and the store and the broadcaster whether it can
/// have it. Safe for use by many threads.
final class Decider {

    private static final Decision.Reply GOING_AWAY = Replies.unavailable("the server is going away");

    private final Door door;
    private final Rules rules;
    private final OwnerResolver owners;
    private final Sessions sessions;
    private final OpenStreams streams;
    private final StreamOpener opener;
    private final InFlight inFlight;

    Decider(Rules rules, OwnerResolver owners, Sessions sessions, OpenStreams streams, StreamOpener opener, InFlight inFlight) {
        door = new Door(rules);
        this.rules = rules;
        this.owners = owners;
        this.sessions = sessions;
        this.streams = streams;
        this.opener = opener;
        this.inFlight = inFlight;
    }

    Optional<Decision.Reply> refuseEarly(Request request) {
        return door.refuse(request);
    }

    Decision decide(Request request) throws IOException {
        var refused = refuseEarly(request);
        return refused.isPresent() ? refused.get() : door.withCors(request, decide(RequestHead.of(request)));
    }

    /// Says what becomes of a request that was let in.
    ///
    /// @throws IOException if the client went away while its body was read
    private Decision decide(RequestHead head) throws IOException {
        var refused = rules.refuse(head);
        if (refused.isPresent()) return refused.get();
        if (!rules.needsBody(head)) return decide(head, Content.UNREAD);
        Optional<Content> content;
        try {
            content = Content.read(head.request(), rules.limits().maxBodyBytes(), rules.limits());
        } catch (JsonException e) {
            return Replies.notJson(e.getMessage());
        }
        return content.isEmpty() ? Replies.bodyTooLarge(rules.limits().maxBodyBytes())
                : answering(content.get(), decideRead(head, content.get()));
    }

    private static Decision answering(Content content, Decision decision) {
        return decision instanceof Decision.Reply reply ? Replies.answering(content.peek().id(), reply) : decision;
    }

    private Decision decideRead(RequestHead head, Content content) throws IOException {
        var refused = rules.refuse(head, content.peek());
        return refused.isPresent() ? refused.get() : decide(head, content);
    }

    private Decision decide(RequestHead head, Content content) throws IOException {
        return switch (owners.resolve(head.request())) {
            case OwnerResolver.Resolution.Challenge challenge -> Replies.challenge(challenge);
            case OwnerResolver.Resolution.Known(var owner) -> grant(rules.wish(head, content.peek()), head, owner, content);
        };
    }

    private Decision grant(Intent wish, RequestHead head, Owner caller, Content content) throws IOException {
        try {
            return switch (wish) {
                case Intent.Refused(var reply) -> reply;
                case Intent.Nowhere() -> withoutSession(head, caller, content);
                case Intent.Pass() -> forward(caller, null, false, null, content);
                case Intent.Create(var client) -> create(caller, client, content);
                case Intent.Use(var id) -> {
                    var session = sessions.find(id, caller);
                    yield session.isPresent() ? use(caller, session.get(), content) : withoutSession(head, caller, content);
                }
                case Intent.OpenStream(var id, var after, var version) -> within(id, caller,
                        session -> streams.isClosed() ? GOING_AWAY : opener.ofSession(session, after, version));
                case Intent.Listen(var request, var asked) ->
                        streams.isClosed() ? GOING_AWAY : opener.ofListen(request, asked, caller);
                case Intent.End(var id) -> end(id, caller);
            };
        } catch (SessionStoreException e) {
            sessions.failed("answering 503", e);
            return Replies.unavailable("sessions cannot be looked up at the moment");
        } catch (BroadcasterException e) {
            sessions.failed("answering 503", e);
            return Replies.unavailable("streams cannot be opened at the moment");
        }
    }

    private Decision within(SessionId id, Owner caller, Function<Session, Decision> decision) {
        return sessions.find(id, caller).map(decision).orElseGet(Replies::sessionNotFound);
    }

    /// The answer to a request that names a session which does not exist for the caller. An `initialize` gets a new one, so the body
    /// is read now; nothing else in it changes the answer.
    private Decision withoutSession(RequestHead head, Owner caller, Content content) throws IOException {
        if (!head.isPost()) return Replies.sessionNotFound();
        var read = content.isRead() ? content : initializeOf(head.request());
        var wish = rules.wishForSession(read.peek());
        return answering(read, wish.isEmpty() ? Replies.sessionNotFound() : grant(wish.get(), head, caller, read));
    }

    private Content initializeOf(Request request) throws IOException {
        try {
            return Content.read(request, rules.limits().maxInitializeBytes(), rules.limits()).orElse(Content.UNREAD);
        } catch (JsonException _) {
            return Content.UNREAD;
        }
    }

    private Decision use(Owner caller, Session session, Content content) {
        sessions.used(session);
        return forward(caller, session, false, sessions.hold(session.id()), content);
    }

    private Decision create(Owner owner, Client client, Content content) {
        if (streams.isClosed()) return GOING_AWAY;
        return switch (sessions.create(owner, client)) {
            case CreateResult.Created(var session) -> forward(owner, session, true, null, content);
            case CreateResult.OwnerFull() -> Replies.unavailable("you have too many sessions");
            case CreateResult.StoreFull() -> Replies.unavailable("there are too many sessions");
        };
    }

    private Decision forward(Owner caller, Session session, boolean isNew, SessionKeeper.Hold hold, Content content) {
        inFlight.enter();
        var headers = isNew ? Map.of(McpHeaders.SESSION_ID, session.id().value()) : Map.<String, String>of();
        return new Decision.Forward(caller, session, headers, content.body(), content.peek().id(), status -> {
            if (hold != null) hold.close();
            inFlight.leave();
            if (isNew && (status < 200 || status > 299)) sessions.deleteQuietly(session.id());
        });
    }

    private Decision end(SessionId id, Owner caller) {
        return sessions.delete(id, caller) ? Replies.deleted() : Replies.sessionNotFound();
    }
}
