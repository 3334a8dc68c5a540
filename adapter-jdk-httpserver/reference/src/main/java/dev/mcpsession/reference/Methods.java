package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.SessionId;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.json.Json;
import java.lang.module.ModuleDescriptor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What each method's result is, in either era: with a session, or of a request that stands for itself.
///
/// @param revisions the revisions that are served
/// @param toolbox   the tools
/// @param board     the one resource
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle">MCP 2025-11-25, Lifecycle</a>
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/server/discover">MCP 2026-07-28, Discovery</a>
record Methods(Set<ProtocolVersion> revisions, Toolbox toolbox, Board board) {

    private static final Json.Obj CAPABILITIES = (Json.Obj) Json.parse("""
            {"tools": {"listChanged": true}, "resources": {"subscribe": true}}""");

    /// The result within a session, or that of `initialize`.
    ///
    /// @throws RpcException if there is none
    Json.Obj resultInSession(Message.Call call) {
        return switch (call.method()) {
            case "initialize" -> initialize(call.params());
            case "ping" -> Json.obj();
            case "tools/list" -> toolbox.list();
            case "tools/call" -> toolbox.call(call.params());
            case "resources/list" -> board.list();
            case "resources/read" -> board.read(call.params());
            case "resources/subscribe" -> board.subscribe(session(), call.params());
            case "resources/unsubscribe" -> board.unsubscribe(session(), call.params());
            default -> throw notFound();
        };
    }

    /// The result of a request of 2026-07-28.
    ///
    /// @throws RpcException if there is none
    Json.Obj result(Message.Call call) {
        var result = switch (call.method()) {
            case "server/discover" -> cacheable(discover());
            case "tools/list" -> cacheable(toolbox.list());
            case "tools/call" -> toolbox.call(call.params());
            case "resources/list" -> cacheable(board.list());
            case "resources/read" -> cacheable(board.read(call.params()));
            default -> throw notFound();
        };
        return result.with("resultType", "complete")
                .with("_meta", Json.obj().with("io.modelcontextprotocol/serverInfo", serverInfo()));
    }

    private static RpcException notFound() {
        return new RpcException(RpcException.METHOD_NOT_FOUND, "Method not found");
    }

    private static SessionId session() {
        return Caller.current().session().orElseThrow(Methods::notFound).id();
    }

    private Json.Obj initialize(Json.Obj params) {
        var asked = params.string("protocolVersion")
                .orElseThrow(() -> new RpcException(RpcException.INVALID_PARAMS, "protocolVersion must be a string"));
        return Json.obj()
                .with("protocolVersion", agreed(asked))
                .with("capabilities", CAPABILITIES)
                .with("serverInfo", serverInfo());
    }

    /// The revision on which a client's wish is agreed: what it asked for, or else the newest that has sessions.
    String agreed(String asked) {
        var agreeable = served(ProtocolVersion::hasSessions);
        return agreeable.contains(asked) ? asked : agreeable.getFirst();
    }

    private Json.Obj discover() {
        var versions = served(_ -> true).stream().<Json>map(Json.Str::new).toList();
        return Json.obj().with("supportedVersions", new Json.Arr(versions)).with("capabilities", CAPABILITIES);
    }

    /// The newest first.
    private List<String> served(Predicate<ProtocolVersion> which) {
        return revisions.stream().filter(which).sorted(Comparator.reverseOrder()).map(ProtocolVersion::toString).toList();
    }

    /// Not to be kept: what changes is told to those alone that listen.
    private static Json.Obj cacheable(Json.Obj result) {
        return result.with("ttlMs", 0).with("cacheScope", "private");
    }

    private static Json.Obj serverInfo() {
        return Json.obj().with("name", "mcp-session-reference").with("version", version());
    }

    private static String version() {
        return Optional.ofNullable(Methods.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion).orElse("unknown");
    }
}
