package dev.mcpsession.reference.conformance;

import dev.mcpsession.SessionStore;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What each method's result is, in either era: with a session, or of a request that stands for itself.
///
/// @param tools     the tools
/// @param prompts   the prompts
/// @param resources the resources
/// @param store     where a session's log level is kept
record Methods(List<Tool> tools, Prompts prompts, Resources resources, SessionStore store) {

    private static final List<String> AGREEABLE =
            ProtocolVersion.servedWithSessions().stream().map(ProtocolVersion::toString).toList();
    private static final Json.Obj SERVER_INFO = Json.obj().with("name", "mcp-session-conformance").with("version", "1");
    private static final Json.Obj CAPABILITIES = (Json.Obj) Json.parse("""
            {"tools": {"listChanged": true}, "prompts": {"listChanged": true}, "resources": {"subscribe": true, "listChanged": true},
             "logging": {}, "completions": {}}""");
    private static final Json.Obj COMPLETION = (Json.Obj) Json.parse("""
            {"completion": {"values": ["test"], "total": 1, "hasMore": false}}""");

    /// The result.
    ///
    /// @throws RpcError if there is none
    Json.Obj result(Call call) throws IOException {
        return call.isStateless() ? whole(ofRequest(call)) : ofSession(call);
    }

    private Json.Obj ofSession(Call call) throws IOException {
        return switch (call.method()) {
            case "initialize" -> initialize(call);
            case "ping" -> Json.obj();
            case "logging/setLevel" -> setLevel(call);
            case "resources/subscribe" -> resources.subscribe(call);
            case "resources/unsubscribe" -> resources.unsubscribe(call);
            default -> ofBoth(call);
        };
    }

    private Json.Obj ofRequest(Call call) throws IOException {
        return switch (call.method()) {
            case "server/discover" -> cacheable(discover());
            case "tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read" ->
                    cacheable(ofBoth(call));
            default -> ofBoth(call);
        };
    }

    private Json.Obj ofBoth(Call call) throws IOException {
        return switch (call.method()) {
            case "tools/list" -> Json.obj().with("tools", new Json.Arr(tools.stream().<Json>map(Tool::listing).toList()));
            case "tools/call" -> tool(call).orElseThrow(Methods::noSuchTool).action().call(call);
            case "prompts/list" -> prompts.list();
            case "prompts/get" -> prompts.get(call);
            case "resources/list" -> resources.list();
            case "resources/templates/list" -> resources.templates();
            case "resources/read" -> resources.read(call);
            case "completion/complete" -> COMPLETION;
            default -> throw RpcError.methodNotFound();
        };
    }

    private static RpcError noSuchTool() {
        return RpcError.invalidParams("name must be that of a tool");
    }

    /// The tool that a call is about.
    Optional<Tool> tool(Call call) {
        return tools.stream().filter(tool -> call.params().string("name").equals(Optional.of(tool.name()))).findFirst();
    }

    private static Json.Obj initialize(Call call) {
        var asked = call.text("protocolVersion");
        return Json.obj()
                .with("protocolVersion", AGREEABLE.contains(asked) ? asked : AGREEABLE.getFirst())
                .with("capabilities", CAPABILITIES)
                .with("serverInfo", SERVER_INFO);
    }

    private Json.Obj setLevel(Call call) {
        store.updateState(call.session().orElseThrow().id(), Json.obj().with(Call.LOG_LEVEL, call.level()));
        return Json.obj();
    }

    private static Json.Obj discover() {
        var versions = ProtocolVersion.served().stream().<Json>map(version -> new Json.Str(version.toString())).toList();
        return Json.obj().with("supportedVersions", new Json.Arr(versions)).with("capabilities", CAPABILITIES);
    }

    private static Json.Obj cacheable(Json.Obj result) {
        return result.with("ttlMs", 0).with("cacheScope", "private");
    }

    /// With what every result of 2026-07-28 has.
    private static Json.Obj whole(Json.Obj result) {
        return (result.get("resultType").isPresent() ? result : result.with("resultType", "complete"))
                .with("_meta", Json.obj().with("io.modelcontextprotocol/serverInfo", SERVER_INFO));
    }
}
