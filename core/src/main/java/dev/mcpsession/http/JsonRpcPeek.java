package dev.mcpsession.http;

import dev.mcpsession.Client;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a decision needs to know of a JSON-RPC message. The whole body is checked, but of its values next to none is built:
/// the tree of a hostile body is forty times as large as the body. (The keys of objects are held while they are read, since none
/// may come twice.)
///
/// @param id              the request's id, or empty if it has none
/// @param protocolVersion the revision that `_meta` names (2026-07-28 and later), or empty
/// @param initialize      whether it is an `initialize`, and whose
/// @param listen          whether it is a `subscriptions/listen`, and for what
/// @param message         what it is, if it is one request or one notification
/// @param flaw            which member keeps it from being one; empty for a body that was not read
record JsonRpcPeek(Optional<Json> id, Optional<String> protocolVersion, Initialize initialize, Listen listen,
                   Optional<Message> message, Optional<String> flaw) {

    /// What is known of a body that was not read.
    static final JsonRpcPeek NOTHING = without(Optional.empty());

    static final String VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
    static final String CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities";

    private static final int MAX_ID = 1024;
    private static final String ID_FORM = "id must be a string or a number, of at most " + MAX_ID + " characters";
    private static final Set<String> HEAD = Set.of("jsonrpc", "id", "method", "params");
    private static final Set<List<String>> BODY = Set.of(List.of("params", "name"), List.of("params", "uri"),
            List.of("params", "_meta"), List.of("params", "_meta", VERSION_KEY), List.of("params", "_meta", CAPABILITIES_KEY));

    /// Whether a message is an `initialize` request.
    sealed interface Initialize {

        /// It is something else.
        record None() implements Initialize {}

        /// It calls this method, but is no request.
        record Invalid(String why) implements Initialize {}

        /// It is one, but lacks a parameter.
        record InvalidParams(String why) implements Initialize {}

        /// It is larger than one may be.
        record TooLarge() implements Initialize {}

        /// It is, and this is what the client tells about itself.
        record Valid(Client client) implements Initialize {}
    }

    /// Whether a message is a `subscriptions/listen` request.
    sealed interface Listen {

        /// It is something else.
        record None() implements Listen {}

        /// It is larger than one may be.
        record TooLarge() implements Listen {}

        /// It does not say what it asks for.
        record Invalid() implements Listen {}

        /// It is, and this is what it asks for, as it stands in `notifications`.
        record Valid(Json.Obj asked) implements Listen {}
    }

    /// A request or a notification, as far as its headers mirror it.
    ///
    /// @param isRequest         whether it is to be answered
    /// @param method            its method
    /// @param name              `params.name`, or empty if that is no string
    /// @param uri               `params.uri`, likewise
    /// @param tellsCapabilities whether `_meta` has the client's capabilities
    record Message(boolean isRequest, String method, Optional<String> name, Optional<String> uri, boolean tellsCapabilities) {}

    /// Reads a body.
    ///
    /// @param limits how much is read of what is kept
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

    /// Whether it calls `initialize`, in whatever shape.
    boolean isInitialize() {
        return !(initialize instanceof Initialize.None);
    }

    private static boolean isHead(List<String> path) {
        return path.size() == 1 ? HEAD.contains(path.getFirst()) : BODY.contains(path);
    }

    /// One that is longer than any client's need be is taken for none, or it would have to be echoed.
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
        return body.length > limits.maxInitializeBytes() ? new Initialize.TooLarge() : initialize((Json.Obj) Json.parse(body));
    }

    private static Initialize initialize(Json.Obj message) {
        var params = message.object("params");
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
        return params(body).object("notifications").<Listen>map(Listen.Valid::new).orElse(new Listen.Invalid());
    }

    private static Json.Obj params(byte[] body) {
        return ((Json.Obj) Json.parse(body)).object("params").orElse(Json.obj());
    }
}
