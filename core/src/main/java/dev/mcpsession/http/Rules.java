package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.EventId;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// What a request wants: pure functions over its head and, if they ask for it, its body. No store, no clock.
///
/// The checks come in one order, and the first that fails answers: path, host and origin, method, content type, version, and
/// for 2026-07-28 whether headers and body agree.
/// Who asks and whether there is such a session come after that and are not known here.
///
/// @param path    the endpoint's path, compared exactly
/// @param policy  the hosts and origins that are allowed
/// @param limits  how much is read and kept
/// @param streams whether there is a broadcaster, so that GET opens a stream
record Rules(String path, HostPolicy policy, Limits limits, boolean streams) {

    private static final Set<String> METHODS = Set.of("POST", "GET", "DELETE");

    /// The answer to a request that is not for this endpoint, or not from where it is served; or empty.
    Optional<Decision.Reply> refuseEarly(Request request) {
        if (!request.path().equals(path)) return Optional.of(Replies.pathNotFound());
        return policy.refusal(request).map(Replies::refused);
    }

    /// The answer to a request that was let in and whose head is wrong, whoever sent it; or empty.
    Optional<Decision.Reply> refuse(Head head) {
        var request = head.request();
        if (!METHODS.contains(request.method()) && !isPreflight(request)) return Optional.of(Replies.methodNotAllowed());
        if (isPreflight(request)) return Optional.of(Replies.preflight());
        if (!head.isPost() && StatelessRules.apply(head, JsonRpcPeek.NOTHING)) return Optional.of(Replies.mustBePost());
        if (head.isPost() && !request.hasJson()) return Optional.of(Replies.unsupportedMediaType());
        return needsBody(head) ? Optional.empty() : refuseVersion(head, JsonRpcPeek.NOTHING);
    }

    /// The answer to a request that its body shows to be wrong, whoever sent it; or empty.
    Optional<Decision.Reply> refuse(Head head, JsonRpcPeek peek) {
        return refuseVersion(head, peek).or(() -> isStateless(head, peek) ? StatelessRules.refuse(head, peek) : Optional.empty());
    }

    /// The answer to a request of a revision that we do not serve, as its head or, if that names none, its body tells.
    private static Optional<Decision.Reply> refuseVersion(Head head, JsonRpcPeek peek) {
        return head.unservedVersion()
                .or(() -> isStateless(head, peek) ? Optional.empty() : unserved(peek.protocolVersion()))
                .map(version -> Replies.unsupportedVersion(peek.id(), version));
    }

    private static Optional<String> unserved(Optional<String> version) {
        return version.filter(text -> ProtocolVersion.served(text).isEmpty());
    }

    private static boolean isStateless(Head head, JsonRpcPeek peek) {
        return head.isPost() && StatelessRules.apply(head, peek);
    }

    /// Whether the body decides: it does for a POST that does not show by its head alone that it belongs to a session of a
    /// revision that has some.
    boolean needsBody(Head head) {
        return head.isPost() && !(head.hasSession() && isOfSessions(head));
    }

    private static boolean isOfSessions(Head head) {
        return head.unservedVersion().isEmpty() && !StatelessRules.apply(head, JsonRpcPeek.NOTHING);
    }

    /// What a request wants that was not refused.
    ///
    /// @param peek what its body says, or [JsonRpcPeek#NOTHING] if it was not read
    Wish wish(Head head, JsonRpcPeek peek) {
        if (isStateless(head, peek)) return streams ? wishToSubscribe(peek) : new Wish.Pass();
        return switch (head.method()) {
            case "POST" -> head.hasSession() ? within(head, Wish.Use::new) : wishToMint(peek);
            case "DELETE" -> within(head, Wish.End::new);
            default -> streams ? wishToListen(head) : wishToGet(head);
        };
    }

    private Wish wishToMint(JsonRpcPeek peek) {
        return switch (peek.initialize()) {
            case JsonRpcPeek.Initialize.Valid(var client) -> new Wish.Mint(client);
            case JsonRpcPeek.Initialize.TooLarge() ->
                    new Wish.Refused(Replies.initializeTooLarge(peek.id(), limits.maxInitializeBytes()));
            case JsonRpcPeek.Initialize.None() -> new Wish.Refused(Replies.sessionIdRequired(peek.id()));
        };
    }

    private Wish wishToSubscribe(JsonRpcPeek peek) {
        return switch (peek.listen()) {
            case JsonRpcPeek.Listen.Valid(var filter) -> new Wish.Subscribe(peek.id().orElseThrow(), filter);
            case JsonRpcPeek.Listen.TooLarge() -> new Wish.Refused(Replies.listenTooLarge(peek.id(), limits.maxListenBytes()));
            case JsonRpcPeek.Listen.Invalid() -> new Wish.Refused(
                    Replies.invalidParams(peek.id(), "notifications must be an object of booleans and a list of uris"));
            case JsonRpcPeek.Listen.None() -> new Wish.Pass();
        };
    }

    private Wish wishToListen(Head head) {
        var last = head.request().headers(McpHeaders.LAST_EVENT_ID);
        var after = head.request().header(McpHeaders.LAST_EVENT_ID).flatMap(EventId::parse);
        if (!last.isEmpty() && after.isEmpty()) return within(head, Wish.Use::new); // a stream of the application's
        if (!acceptsEventStream(head.request())) return new Wish.Refused(Replies.notAcceptable());
        return within(head, session -> new Wish.Listen(session, after, head.revision()));
    }

    private static Wish wishToGet(Head head) {
        return head.hasSession() ? within(head, Wish.Use::new) : new Wish.Pass();
    }

    private static Wish within(Head head, Function<SessionId, Wish> wish) {
        if (!head.hasSession()) return new Wish.Refused(Replies.sessionIdRequired(Optional.empty()));
        return head.session().map(wish).orElse(new Wish.Nowhere());
    }

    private boolean isPreflight(Request request) {
        return request.method().equals("OPTIONS") && policy.allowedOrigin(request).isPresent();
    }

    private static boolean acceptsEventStream(Request request) {
        return request.headers("Accept").stream().flatMap(value -> Stream.of(value.split(",")))
                .anyMatch(range -> MediaType.is(range, "text/event-stream"));
    }
}
