package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.EventId;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// What a request wants: pure functions over its head and, if they ask for it, its body. No store, no clock.
///
/// The checks come in one order, and the first that fails answers: path and method, host and origin, content type, version, and
/// for 2026-07-28 whether headers and body agree.
/// Who asks and whether there is such a session come after that and are not known here.
///
/// @param path    the endpoint's path, compared exactly
/// @param policy  the hosts and origins that are allowed
/// @param limits  how much is read and kept
/// @param streams whether there is a broadcaster, so that GET opens a stream
record Rules(String path, HostPolicy policy, Limits limits, boolean streams) {

    private static final Set<String> METHODS = Set.of("POST", "GET", "DELETE");

    /// The answer to a request whose head already is wrong, whoever sent it; or empty.
    Optional<Decision.Reply> refuse(Request request) {
        if (!request.path().equals(path)) return Optional.of(Replies.pathNotFound());
        if (!METHODS.contains(request.method()) && !isPreflight(request)) return Optional.of(Replies.methodNotAllowed());
        if (!policy.allows(request)) return Optional.of(Replies.forbidden());
        if (isPreflight(request)) return Optional.of(Replies.preflight());
        if (!isPost(request) && StatelessRules.apply(request, JsonRpcPeek.NOTHING)) return Optional.of(Replies.mustBePost());
        if (isPost(request) && !request.hasJson()) return Optional.of(Replies.unsupportedMediaType());
        return needsBody(request) ? Optional.empty() : refuseVersion(request, JsonRpcPeek.NOTHING);
    }

    /// The answer to a request that its body shows to be wrong, whoever sent it; or empty.
    Optional<Decision.Reply> refuse(Request request, JsonRpcPeek peek) {
        return refuseVersion(request, peek).or(() -> isStateless(request, peek) ? StatelessRules.refuse(request, peek) : Optional.empty());
    }

    /// The answer to a request of a revision that we do not serve, as its head or, if that names none, its body tells.
    private static Optional<Decision.Reply> refuseVersion(Request request, JsonRpcPeek peek) {
        return unservedVersion(request)
                .or(() -> isStateless(request, peek) ? Optional.empty() : peek.protocolVersion().filter(Rules::isUnserved))
                .map(version -> Replies.unsupportedVersion(peek.id(), version));
    }

    private static boolean isStateless(Request request, JsonRpcPeek peek) {
        return isPost(request) && StatelessRules.apply(request, peek);
    }

    private static Optional<String> unservedVersion(Request request) {
        var versions = request.headers(McpHeaders.PROTOCOL_VERSION);
        return versions.size() > 1 ? Optional.of(String.join(", ", versions))
                : request.header(McpHeaders.PROTOCOL_VERSION).filter(Rules::isUnserved);
    }

    private static boolean isUnserved(String version) {
        return ProtocolVersion.served(version).isEmpty();
    }

    /// Whether the body decides: it does for a POST that does not show by its head alone that it belongs to a session of a
    /// revision that has some.
    boolean needsBody(Request request) {
        return isPost(request) && (request.headers(McpHeaders.SESSION_ID).isEmpty() || !isOfSessions(request));
    }

    private static boolean isOfSessions(Request request) {
        return unservedVersion(request).isEmpty() && !StatelessRules.apply(request, JsonRpcPeek.NOTHING);
    }

    /// What a request wants that was not refused.
    ///
    /// @param peek what its body says, or [JsonRpcPeek#NOTHING] if it was not read
    Wish wish(Request request, JsonRpcPeek peek) {
        if (isStateless(request, peek)) return streams ? wishToSubscribe(peek) : new Wish.Pass();
        return switch (request.method()) {
            case "POST" -> request.headers(McpHeaders.SESSION_ID).isEmpty() ? wishToMint(peek) : within(request, Wish.Use::new);
            case "DELETE" -> within(request, Wish.End::new);
            default -> streams ? wishToListen(request) : wishToGet(request);
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

    private Wish wishToListen(Request request) {
        var last = request.headers(McpHeaders.LAST_EVENT_ID);
        var after = request.header(McpHeaders.LAST_EVENT_ID).flatMap(EventId::parse);
        if (!last.isEmpty() && after.isEmpty()) return within(request, Wish.Use::new); // a stream of the application's
        if (!acceptsEventStream(request)) return new Wish.Refused(Replies.notAcceptable());
        var version = request.header(McpHeaders.PROTOCOL_VERSION).flatMap(ProtocolVersion::served);
        return within(request, session -> new Wish.Listen(session, after, version));
    }

    private static Wish wishToGet(Request request) {
        return request.headers(McpHeaders.SESSION_ID).isEmpty() ? new Wish.Pass() : within(request, Wish.Use::new);
    }

    private static Wish within(Request request, Function<SessionId, Wish> wish) {
        if (request.headers(McpHeaders.SESSION_ID).isEmpty()) {
            return new Wish.Refused(Replies.sessionIdRequired(Optional.empty()));
        }
        return request.header(McpHeaders.SESSION_ID).flatMap(SessionId::parse).map(wish).orElse(new Wish.Nowhere());
    }

    private static boolean isPost(Request request) {
        return request.method().equals("POST");
    }

    private boolean isPreflight(Request request) {
        return request.method().equals("OPTIONS") && policy.allowedOrigin(request).isPresent();
    }

    private static boolean acceptsEventStream(Request request) {
        return request.headers("Accept").stream().flatMap(value -> Stream.of(value.split(",")))
                .anyMatch(range -> MediaType.is(range, "text/event-stream"));
    }
}
