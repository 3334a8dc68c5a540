package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.EventId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads what a request wants from its head and, if that does not decide, from its body. Pure: no store, no clock.
///
/// The checks have one order, and the first one that fails answers: path, host and origin, method, content type, version, and for
/// 2026-07-28 whether headers and body agree. The caller and the session are determined after these.
///
/// An `initialize` requests a new session by its method, regardless of its headers. It may name a session of an earlier server, or the
/// revision that the client prefers. A client that got 404 or 400 for that would send the same again and never connect. So the
/// session's id counts only if the caller has such a session. The version header counts only if it is 2026-07-28, which has no
/// sessions; otherwise the body and the application's answer negotiate the version.
///
/// @param revisions    the revisions that the application speaks
/// @param haveSessions whether any of them has sessions
record Rules(String path, HostPolicy policy, Limits limits, Set<ProtocolVersion> revisions, boolean haveSessions, Streams streams) {

    /// The side that answers a GET with an event stream.
    enum Streams {
        /// The application; there is no broadcaster.
        APPLICATION,
        /// The library, except after an event id that is not its own.
        BOTH,
        /// The library.
        LIBRARY
    }

    // An id that no session has: an id of this form is never looked up.
    private static final SessionId NO_SESSION = new SessionId("-");
    private static final EventId GONE = new EventId("0", 0); // a position that no broadcaster has issued
    private static final String EVENT_STREAM = "text/event-stream";
    private static final List<String> METHODS = List.of("GET", "POST", "DELETE");
    private static final List<String> METHODS_WITHOUT_SESSIONS = List.of("POST");

    Rules(String path, HostPolicy policy, Limits limits, Set<ProtocolVersion> revisions, Streams streams) {
        this(path, policy, limits, revisions, revisions.stream().anyMatch(ProtocolVersion::hasSessions), streams);
    }

    /// {@return the answer to a request that is not for this endpoint, or whose host or origin is not allowed}
    Optional<Decision.Reply> refuseEarly(Request request) {
        if (!request.path().equals(path)) return Optional.of(Replies.PATH_NOT_FOUND);
        return policy.refusal(request).map(Replies::refused);
    }

    /// {@return what a request wants; empty if its body decides}
    Optional<Intent> intent(RequestHead head) {
        var refused = refuse(head);
        if (refused.isPresent()) return refused.map(Intent.Refuse::new);
        return needsBody(head) ? Optional.empty() : Optional.of(intent(head, JsonRpcPeek.NOTHING));
    }

    /// {@return what a request with a valid head wants, given its body}
    Intent intent(RequestHead head, JsonRpcPeek peek) {
        return refuseVersion(head, peek)
                .or(() -> isStateless(head, peek) ? StatelessRules.refuse(head, peek) : Optional.empty())
                .<Intent>map(Intent.Refuse::new).orElseGet(() -> valid(head, peek));
    }

    private Optional<Decision.Reply> refuse(RequestHead head) {
        var request = head.request();
        var methods = haveSessions ? METHODS : METHODS_WITHOUT_SESSIONS;
        if (isPreflight(request)) return Optional.of(Replies.preflight(methods));
        if (!methods.contains(request.method())) return Optional.of(Replies.methodNotAllowed(methods));
        if (!head.isPost()) {
            return isStateless(head.revision()) ? Optional.of(Replies.methodNotAllowed(METHODS_WITHOUT_SESSIONS)) : Optional.empty();
        }
        return request.hasJson() ? Optional.empty() : Optional.of(Replies.UNSUPPORTED_MEDIA_TYPE);
    }

    private boolean isPreflight(Request request) {
        return request.method().equals("OPTIONS") && policy.allowedOrigin(request).isPresent();
    }

    // The body decides on a POST whose head does not place it in a session of a served revision.
    private boolean needsBody(RequestHead head) {
        return head.isPost() && !(head.hasSession() && isOfSessions(head));
    }

    private boolean isOfSessions(RequestHead head) {
        return head.version() == HeaderValue.ABSENT ? haveSessions
                : head.revision().filter(version -> version.hasSessions() && revisions.contains(version)).isPresent();
    }

    private Optional<Decision.Reply> refuseVersion(RequestHead head, JsonRpcPeek peek) {
        var unserved = switch (head.version()) {
            case HeaderValue.Several(var line) -> Optional.of(line);
            case HeaderValue.One(var name) when !serves(name) && !negotiates(head, peek) -> Optional.of(name);
            case HeaderValue.One _, HeaderValue.Absent _ -> unservedInBody(head, peek);
        };
        return unserved.map(version -> Replies.unsupportedVersion(revisions, version));
    }

    private boolean serves(String name) {
        return ProtocolVersion.served(name).filter(revisions::contains).isPresent();
    }

    private boolean negotiates(RequestHead head, JsonRpcPeek peek) {
        return peek.isInitialize() && haveSessions && head.revision().filter(version -> !version.hasSessions()).isEmpty();
    }

    private Optional<String> unservedInBody(RequestHead head, JsonRpcPeek peek) {
        if (isStateless(head, peek)) return Optional.empty();
        if (peek.protocolVersion().isPresent()) return peek.protocolVersion().filter(name -> !serves(name));
        return haveSessions ? Optional.empty() : Optional.of(assumedVersion(peek));
    }

    private static String assumedVersion(JsonRpcPeek peek) {
        return peek.initialize() instanceof JsonRpcPeek.Initialize.Valid(var client) ? client.protocolVersion()
                : ProtocolVersion.V2025_03_26.toString();
    }

    // Whether the header or the body names a served revision without sessions.
    private boolean isStateless(RequestHead head, JsonRpcPeek peek) {
        return head.isPost() && (isStateless(head.revision()) || isStateless(peek.protocolVersion().flatMap(ProtocolVersion::served)));
    }

    private boolean isStateless(Optional<ProtocolVersion> revision) {
        return revision.filter(version -> !version.hasSessions() && revisions.contains(version)).isPresent();
    }

    private Intent valid(RequestHead head, JsonRpcPeek peek) {
        if (isStateless(head, peek)) return streams == Streams.APPLICATION ? new Intent.Pass() : passOrListen(head, peek);
        return switch (head.method()) {
            case "POST" -> head.hasSession() ? within(head, Intent.Use::new) : initialize(peek, Replies.sessionIdRequired(peek));
            case "DELETE" -> within(head, Intent.End::new);
            default -> streams == Streams.APPLICATION ? useOrPass(head) : openStream(head);
        };
    }

    private static Intent within(RequestHead head, Function<SessionId, Intent> intent) {
        if (!head.hasSession()) return new Intent.Deny(Replies.sessionIdRequired(JsonRpcPeek.NOTHING));
        return intent.apply(head.sessionId().orElse(NO_SESSION));
    }

    private static Intent useOrPass(RequestHead head) {
        return head.hasSession() ? within(head, Intent.Use::new) : new Intent.Pass();
    }

    /// {@return what a POST without an existing session wants}
    ///
    /// @param otherwise the answer to anything but an `initialize`
    Intent initialize(JsonRpcPeek peek, Decision.Reply otherwise) {
        return switch (peek.initialize()) {
            case JsonRpcPeek.Initialize.None() -> new Intent.Deny(otherwise);
            case JsonRpcPeek.Initialize.TooLarge() -> new Intent.Deny(Replies.tooLarge("initialize", limits.maxInitializeBytes()));
            case JsonRpcPeek.Initialize.Invalid(var why) -> new Intent.Deny(Replies.invalidRequest(why));
            case JsonRpcPeek.Initialize.InvalidParams(var why) -> new Intent.Deny(Replies.invalidParams(why));
            case JsonRpcPeek.Initialize.Valid(var client) -> new Intent.Create(client);
        };
    }

    private Intent passOrListen(RequestHead head, JsonRpcPeek peek) {
        return switch (peek.listen()) {
            case JsonRpcPeek.Listen.None() -> new Intent.Pass();
            case JsonRpcPeek.Listen.TooLarge() -> new Intent.Deny(Replies.tooLarge("subscriptions/listen", limits.maxListenBytes()));
            case JsonRpcPeek.Listen.Invalid() -> new Intent.Deny(Replies.invalidParams("notifications must be an object"));
            case JsonRpcPeek.Listen.Valid _ when !admitsStream(head) -> new Intent.Deny(Replies.NOT_ACCEPTABLE);
            case JsonRpcPeek.Listen.Valid(var requested) -> new Intent.Listen(peek.id().orElseThrow(), requested);
        };
    }

    private static boolean admitsStream(RequestHead head) {
        return MediaTypes.admits(head.request().headers("Accept"), EVENT_STREAM);
    }

    private Intent openStream(RequestHead head) {
        var lines = head.request().headers(McpHeaders.LAST_EVENT_ID);
        return switch (HeaderValue.of(lines)) {
            case HeaderValue.Absent() -> openStream(head, Optional.empty());
            case HeaderValue.One(var text) ->
                    EventId.parse(text).map(id -> openStream(head, Optional.of(id))).orElseGet(() -> resumeAfterOther(head));
            case HeaderValue.Several _ when lines.stream().distinct().count() > 1 ->
                    new Intent.Deny(Replies.differentValues(McpHeaders.LAST_EVENT_ID));
            case HeaderValue.Several _ -> resumeAfterOther(head); // an application's id may contain a comma
        };
    }

    private Intent resumeAfterOther(RequestHead head) {
        return streams == Streams.BOTH ? within(head, Intent.Use::new) : openStream(head, Optional.of(GONE));
    }

    private static Intent openStream(RequestHead head, Optional<EventId> after) {
        if (!admitsStream(head)) return new Intent.Deny(Replies.NOT_ACCEPTABLE);
        return within(head, session -> new Intent.OpenStream(session, after, head.revision()));
    }
}
