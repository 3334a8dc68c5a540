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
record JsonRpcPeek(Optional<Json> id, Optional<String> protocolVersion, Initialize initialize) {

    /// What is known of a body that was not read, or that is no single message.
    static final JsonRpcPeek NOTHING = new JsonRpcPeek(Optional.empty(), Optional.empty(), new Initialize.None());

    private static final String VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
    private static final int MAX_ID = 1024;
    private static final Set<String> HEAD = Set.of("jsonrpc", "id", "method");
    private static final List<String> META = List.of("params", "_meta");
    private static final List<String> VERSION = List.of("params", "_meta", VERSION_KEY);

    /// Whether a message is an `initialize` request.
    sealed interface Initialize {

        /// It is something else, or lacks what makes it valid.
        record None() implements Initialize {}

        /// It is larger than one may be.
        record TooLarge() implements Initialize {}

        /// It is, and this is what the client tells about itself.
        record Valid(Client client) implements Initialize {}
    }

    /// Reads a body.
    ///
    /// @param maxInitializeBytes how large an `initialize` may be
    /// @throws JsonException if it is not JSON
    static JsonRpcPeek of(byte[] body, int maxInitializeBytes) {
        if (!(Json.parse(body, JsonRpcPeek::isHead) instanceof Json.Obj message)) return NOTHING;
        var id = message.get("id").filter(JsonRpcPeek::isId);
        var version = message.object("params").flatMap(params -> params.object("_meta")).flatMap(meta -> meta.string(VERSION_KEY));
        var isInitialize = id.isPresent() && has(message, "jsonrpc", "2.0") && has(message, "method", "initialize");
        return new JsonRpcPeek(id, version, isInitialize ? initialize(body, maxInitializeBytes) : new Initialize.None());
    }

    private static boolean isHead(List<String> path) {
        return switch (path.size()) {
            case 1 -> HEAD.contains(path.getFirst()) || path.getFirst().equals("params");
            case 2 -> path.equals(META);
            default -> path.equals(VERSION);
        };
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

    private static Initialize initialize(byte[] body, int maxBytes) {
        if (body.length > maxBytes) return new Initialize.TooLarge();
        var params = ((Json.Obj) Json.parse(body)).object("params").orElse(Json.obj());
        return params.string("protocolVersion").<Initialize>map(version -> new Initialize.Valid(new Client(version,
                params.object("clientInfo").flatMap(info -> info.string("name")).orElse(""),
                params.object("capabilities").orElse(Json.obj())))).orElse(new Initialize.None());
    }
}
