package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.EventId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What a request wants: pure functions over its head and, if they ask for it, its body. No store, no clock.
///
/// The checks come in one order, and the first that fails answers: path, host and origin, method, content type, version, and
/// for 2026-07-28 whether headers and body agree.
/// Who asks and whether there is such a session come after that and are not known here.
///
/// An `initialize` asks for a new session by its method, whatever its headers say. It may name a session of a server that was here
/// before, or the revision that the client would like best: a client that got 404 or 400 for that would send the same again and
/// never connect. So the session's id counts only if the caller has such a session, and of the version header only that it does not
/// say 2026-07-28, whose requests have no sessions: the body and the application's answer to it negotiate.
///
/// @param path      the endpoint's path, compared exactly
/// @param policy    the hosts and origins that are allowed
/// @param limits    how much is read and kept
/// @param revisions what the application speaks
/// @param streams   who answers a `GET`
record Rules(String path, HostPolicy policy, Limits limits, Revisions revisions, Streams streams) {

    /// What answers a `GET` with event streams.
    enum Streams {
        /// No broadcaster: all streams are the application's.
        APPLICATION,
        /// The library, but those after an event id that is not its own are the application's.
        BOTH,
        /// The library alone.
        LIBRARY
    }

    /// A position that no broadcaster has told.
    private static final EventId GONE = new EventId("0", 0);

    private static final String EVENT_STREAM = "text/event-stream";
    private static final List<String> METHODS = List.of("GET", "POST", "DELETE");
    private static final List<String> METHODS_WITHOUT_SESSIONS = List.of("POST");

    /// The answer to a request that is not for this endpoint, or not from where it is served; or empty.
    Optional<Decision.Reply> refuseEarly(Request request) {
        if (!request.path().equals(path)) return Optional.of(Replies.pathNotFound());
        return policy.refusal(request).map(Replies::refused);
    }

    /// The answer to a request with an invalid head, for any caller; or empty.
    Optional<Decision.Reply> refuse(RequestHead head) {
        var request = head.request();
        var methods = revisions.haveSessions() ? METHODS : METHODS_WITHOUT_SESSIONS;
        if (isPreflight(request)) return Optional.of(Replies.preflight(methods));
        if (!methods.contains(request.method())) return Optional.of(Replies.methodNotAllowed(methods));
        if (!head.isPost() && isStateless(head.revision())) return Optional.of(Replies.methodNotAllowed(METHODS_WITHOUT_SESSIONS));
        if (head.isPost() && !request.hasJson()) return Optional.of(Replies.unsupportedMediaType());
        return needsBody(head) ? Optional.empty() : refuseVersion(head, JsonRpcPeek.NOTHING);
    }

    /// The answer to a request with an invalid body, for any caller; or empty.
    Optional<Decision.Reply> refuse(RequestHead head, JsonRpcPeek peek) {
        return refuseVersion(head, peek).or(() -> isStateless(head, peek) ? StatelessRules.refuse(head, peek) : Optional.empty());
    }

    /// The answer to a request of a revision that is not served, as its head or, if that names none, its body tells.
    private Optional<Decision.Reply> refuseVersion(RequestHead head, JsonRpcPeek peek) {
        var unserved = switch (head.version()) {
            case HeaderValue.Several(var line) -> Optional.of(line);
            case HeaderValue.One(var name) when revisions.served(name).isEmpty() && !negotiates(head, peek) -> Optional.of(name);
            case HeaderValue.One _, HeaderValue.Absent _ -> unservedInBody(head, peek);
        };
        return unserved.map(version -> Replies.unsupportedVersion(revisions.names(), version));
    }

    private boolean negotiates(RequestHead head, JsonRpcPeek peek) {
        return peek.isInitialize() && revisions.haveSessions() && head.revision().filter(version -> !version.hasSessions()).isEmpty();
    }

    private Optional<String> unservedInBody(RequestHead head, JsonRpcPeek peek) {
        if (isStateless(head, peek)) return Optional.empty();
        if (peek.protocolVersion().isPresent()) return peek.protocolVersion().filter(name -> revisions.served(name).isEmpty());
        return revisions.haveSessions() ? Optional.empty() : Optional.of(asked(peek));
    }

    /// What a request speaks that names no revision in the way that all of them share.
    private static String asked(JsonRpcPeek peek) {
        return peek.initialize() instanceof JsonRpcPeek.Initialize.Valid(var client) ? client.protocolVersion()
                : ProtocolVersion.V2025_03_26.toString();
    }

    /// Whether a request is of a revision without sessions that is served, as its header or its body says.
    private boolean isStateless(RequestHead head, JsonRpcPeek peek) {
        return head.isPost() && (isStateless(head.revision()) || isStateless(peek.protocolVersion().flatMap(ProtocolVersion::served)));
    }

    private boolean isStateless(Optional<ProtocolVersion> revision) {
        return revision.filter(version -> !version.hasSessions() && revisions.serves(version)).isPresent();
    }

    /// Whether the body decides: it does for a POST that does not show by its head alone that it belongs to a session of a
    /// revision that has some.
    boolean needsBody(RequestHead head) {
        return head.isPost() && !(head.hasSession() && isOfSessions(head));
    }

    private boolean isOfSessions(RequestHead head) {
        return head.version() == HeaderValue.ABSENT ? revisions.haveSessions()
                : head.revision().filter(version -> version.hasSessions() && revisions.serves(version)).isPresent();
    }

    /// What a request wants that was not refused.
    ///
    /// @param peek what its body says, or [JsonRpcPeek#NOTHING] if it was not read
    Intent wish(RequestHead head, JsonRpcPeek peek) {
        if (isStateless(head, peek)) return streams == Streams.APPLICATION ? new Intent.Pass() : wishToSubscribe(head, peek);
        return switch (head.method()) {
            case "POST" -> head.hasSession() ? within(head, Intent.Use::new)
                    : wishForSession(peek).orElseGet(() -> new Intent.Refused(Replies.sessionIdRequired(peek)));
            case "DELETE" -> within(head, Intent.End::new);
            default -> streams == Streams.APPLICATION ? wishToGet(head) : wishToListen(head);
        };
    }

    /// What a POST wants for which there is no session, if it is an `initialize`; or empty.
    Optional<Intent> wishForSession(JsonRpcPeek peek) {
        return switch (peek.initialize()) {
            case JsonRpcPeek.Initialize.None() -> Optional.empty();
            case JsonRpcPeek.Initialize.TooLarge() ->
                    Optional.of(new Intent.Refused(Replies.initializeTooLarge(limits.maxInitializeBytes())));
            case JsonRpcPeek.Initialize.Invalid(var why) -> Optional.of(new Intent.Refused(Replies.invalidRequest(why)));
            case JsonRpcPeek.Initialize.InvalidParams(var why) -> Optional.of(new Intent.Refused(Replies.invalidParams(why)));
            case JsonRpcPeek.Initialize.Valid(var client) -> Optional.of(new Intent.Create(client));
        };
    }

    private Intent wishToSubscribe(RequestHead head, JsonRpcPeek peek) {
        return switch (peek.listen()) {
            case JsonRpcPeek.Listen.None() -> new Intent.Pass();
            case JsonRpcPeek.Listen.TooLarge() -> new Intent.Refused(Replies.listenTooLarge(limits.maxListenBytes()));
            case JsonRpcPeek.Listen.Invalid() -> new Intent.Refused(Replies.invalidParams("notifications must be an object"));
            case JsonRpcPeek.Listen.Valid _ when !Accept.admits(head.request(), EVENT_STREAM) -> new Intent.Refused(Replies.notAcceptable());
            case JsonRpcPeek.Listen.Valid(var asked) -> new Intent.Listen(peek.id().orElseThrow(), asked);
        };
    }

    private Intent wishToListen(RequestHead head) {
        var lines = head.request().headers(McpHeaders.LAST_EVENT_ID);
        return switch (HeaderValue.of(lines)) {
            case HeaderValue.Absent() -> wishToListen(head, Optional.empty());
            case HeaderValue.One(var text) ->
                    EventId.parse(text).map(id -> wishToListen(head, Optional.of(id))).orElseGet(() -> wishAfterOther(head));
            case HeaderValue.Several _ when lines.stream().distinct().count() > 1 ->
                    new Intent.Refused(Replies.differentValues(McpHeaders.LAST_EVENT_ID));
            case HeaderValue.Several _ -> wishAfterOther(head); // an application's id may have a comma
        };
    }

    private Intent wishAfterOther(RequestHead head) {
        return streams == Streams.BOTH ? within(head, Intent.Use::new) : wishToListen(head, Optional.of(GONE));
    }

    private static Intent wishToListen(RequestHead head, Optional<EventId> after) {
        if (!Accept.admits(head.request(), EVENT_STREAM)) return new Intent.Refused(Replies.notAcceptable());
        return within(head, session -> new Intent.OpenStream(session, after, head.revision()));
    }

    private static Intent wishToGet(RequestHead head) {
        return head.hasSession() ? within(head, Intent.Use::new) : new Intent.Pass();
    }

    private static Intent within(RequestHead head, Function<SessionId, Intent> wish) {
        if (!head.hasSession()) return new Intent.Refused(Replies.sessionIdRequired(JsonRpcPeek.NOTHING));
        return head.sessionId().map(wish).orElse(new Intent.Nowhere());
    }

    private boolean isPreflight(Request request) {
        return request.method().equals("OPTIONS") && policy.allowedOrigin(request).isPresent();
    }
}
