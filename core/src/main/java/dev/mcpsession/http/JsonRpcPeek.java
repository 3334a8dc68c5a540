package dev.mcpsession.http;

import dev.mcpsession.Client;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a decision needs to know of a JSON-RPC message. The whole body is checked, but few of its values are built: a hostile body takes
/// forty times its size as a tree. (The keys of an object are held while it is read, since none may repeat.)
///
/// @param id              the request's id
/// @param protocolVersion the revision that `_meta` names (2026-07-28 and later)
/// @param initialize      whether it is an `initialize`
/// @param listen          whether it is a `subscriptions/listen`
/// @param message         the message, if the body is one request or one notification
/// @param flaw            why it is not; empty for a body that was not read
record JsonRpcPeek(Optional<Json> id, Optional<String> protocolVersion, Initialize initialize, Listen listen,
                   Optional<Message> message, Optional<String> flaw) {

    /// A body that was not read.
    static final JsonRpcPeek NOTHING = without(Optional.empty());

    static final String VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
    static final String CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities";

    private static final int MAX_ID = 1024;
    private static final String ID_FORM = "id must be a string or a number, of at most " + MAX_ID + " characters";
    private static final Set<String> HEAD = Set.of("jsonrpc", "id", "method", "params");
    private static final Set<List<String>> BODY = Set.of(List.of("params", "name"), List.of("params", "uri"),
            List.of("params", "_meta"), List.of("params", "_meta", VERSION_KEY), List.of("params", "_meta", CAPABILITIES_KEY));

    /// Whether a message is an `initialize` request, and from which client.
    sealed interface Initialize {

        record None() implements Initialize {}

        /// It calls the method, but is not a valid request.
        record Invalid(String why) implements Initialize {}

        record InvalidParams(String why) implements Initialize {}

        record TooLarge() implements Initialize {}

        record Valid(Client client) implements Initialize {}
    }

    /// Whether a message is a `subscriptions/listen` request, and what it requests.
    sealed interface Listen {

        record None() implements Listen {}

        record Invalid() implements Listen {}

        record TooLarge() implements Listen {}

        /// @param requested the request's `notifications`
        record Valid(Json.Obj requested) implements Listen {}
    }

    /// The parts of a request or a notification that headers mirror.
    ///
    /// @param name `params.name`, if that is a string
    /// @param uri  `params.uri`, if that is a string
    record Message(boolean isRequest, String method, Optional<String> name, Optional<String> uri, boolean hasCapabilities) {}

    /// Reads a body.
    ///
    /// @param limits the sizes up to which an `initialize` and a listen are read
    /// @throws JsonException if it is not JSON
    static JsonRpcPeek of(byte[] body, Limits limits) {
        return switch (Json.parse(body, JsonRpcPeek::isHead)) {
            case Json.Obj message -> of(message, body, limits);
            case Json.Arr _ -> without(Optional.of("body must be one message, not a batch"));
            default -> without(Optional.of("body must be a JSON-RPC 2.0 message"));
        };
    }

    private static JsonRpcPeek without(Optional<String> flaw) {
        return new JsonRpcPeek(Optional.empty(), Optional.empty(), new Initialize.None(), new Listen.None(), Optional.empty(), flaw);
    }

    private static JsonRpcPeek of(Json.Obj message, byte[] body, Limits limits) {
        var id = message.get("id").filter(JsonRpcPeek::isId);
        var meta = message.object("params").flatMap(params -> params.object("_meta")).orElse(Json.obj());
        var flaw = flaw(message, id.isPresent());
        var what = flaw.isPresent() ? Optional.<Message>empty() : Optional.of(message(message, id.isPresent(), meta));
        var isListen = what.filter(called -> called.isRequest() && called.method().equals("subscriptions/listen")).isPresent();
        return new JsonRpcPeek(id, meta.string(VERSION_KEY),
                has(message, "method", "initialize") ? initialize(flaw, id.isPresent(), body, limits) : new Initialize.None(),
                isListen ? listen(body, limits) : new Listen.None(), what, flaw);
    }

    private static Optional<String> flaw(Json.Obj message, boolean hasId) {
        if (!has(message, "jsonrpc", "2.0")) return Optional.of("jsonrpc must be \"2.0\"");
        if (!hasId && message.get("id").isPresent()) return Optional.of(ID_FORM);
        return message.string("method").isPresent() ? Optional.empty() : Optional.of("method must be a string");
    }

    private static Message message(Json.Obj message, boolean hasId, Json.Obj meta) {
        var params = message.object("params").orElse(Json.obj());
        return new Message(hasId, message.string("method").orElseThrow(), params.string("name"), params.string("uri"),
                meta.object(CAPABILITIES_KEY).isPresent());
    }

    /// {@return whether the message calls `initialize`, valid or not}
    boolean isInitialize() {
        return !(initialize instanceof Initialize.None);
    }

    private static boolean isHead(List<String> path) {
        return path.size() == 1 ? HEAD.contains(path.getFirst()) : BODY.contains(path);
    }

    // An id that is longer than any client needs does not count as one; otherwise it would have to be echoed.
    private static boolean isId(Json value) {
        return switch (value) {
            case Json.Str(var text) -> text.length() <= MAX_ID;
            case Json.Num(var literal) -> literal.length() <= MAX_ID;
            default -> false;
        };
    }

    private static boolean has(Json.Obj message, String key, String value) {
        return message.string(key).filter(value::equals).isPresent();
    }

    private static Initialize initialize(Optional<String> flaw, boolean hasId, byte[] body, Limits limits) {
        if (flaw.isPresent()) return new Initialize.Invalid(flaw.get());
        if (!hasId) return new Initialize.Invalid(ID_FORM); // without one it is a notification, which has no answer
        return body.length > limits.maxInitializeBytes() ? new Initialize.TooLarge() : initialize(params(body));
    }

    private static Initialize initialize(Optional<Json.Obj> params) {
        var version = params.flatMap(all -> all.string("protocolVersion"));
        var capabilities = params.flatMap(all -> all.object("capabilities"));
        var info = params.flatMap(all -> all.object("clientInfo"));
        var name = info.flatMap(client -> client.string("name"));
        if (params.isEmpty()) return new Initialize.InvalidParams("params must be an object");
        if (version.isEmpty()) return new Initialize.InvalidParams("protocolVersion must be a string");
        if (capabilities.isEmpty()) return new Initialize.InvalidParams("capabilities must be an object");
        if (info.isEmpty()) return new Initialize.InvalidParams("clientInfo must be an object");
        if (name.isEmpty()) return new Initialize.InvalidParams("clientInfo.name must be a string");
        if (info.get().string("version").isEmpty()) return new Initialize.InvalidParams("clientInfo.version must be a string");
        return new Initialize.Valid(new Client(version.get(), name.get(), capabilities.get()));
    }

    private static Listen listen(byte[] body, Limits limits) {
        if (body.length > limits.maxListenBytes()) return new Listen.TooLarge();
        return params(body).flatMap(params -> params.object("notifications")).<Listen>map(Listen.Valid::new).orElse(new Listen.Invalid());
    }

    private static Optional<Json.Obj> params(byte[] body) {
        return ((Json.Obj) Json.parse(body)).object("params");
    }
}
