package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.json.Json;
import java.lang.module.ModuleDescriptor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The methods of this server in either era: for requests in a session, or for the stateless requests of 2026-07-28. All are added before
/// the server starts; a later one replaces an earlier one of the same name.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle">MCP 2025-11-25, Lifecycle</a>
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/server/discover">MCP 2026-07-28, Discovery</a>
final class Methods {

    private final Set<ProtocolVersion> revisions;
    private final Map<String, Method> inSession = new HashMap<>();
    private final Map<String, Method> stateless = new HashMap<>();
    private Json.Obj capabilities = Json.obj();

    Methods(Set<ProtocolVersion> revisions) {
        this.revisions = revisions;
        addInSession("initialize", this::initialize);
        addInSession("ping", _ -> Json.obj());
        stateless.put("server/discover", _ -> cacheable(discover()));
    }

    /// One method.
    @FunctionalInterface
    interface Method {

        /// Returns the result.
        ///
        /// @throws RpcException if there is none
        Json.Obj call(Message.Call call);
    }

    void declare(String capability, Json.Obj details) {
        capabilities = capabilities.with(capability, details);
    }

    void add(String name, Method method) {
        inSession.put(name, method);
        stateless.put(name, method);
    }

    /// Adds a method whose 2026-07-28 result states how long it may be cached.
    void addCacheable(String name, Method method) {
        inSession.put(name, method);
        stateless.put(name, call -> cacheable(method.call(call)));
    }

    void addInSession(String name, Method method) {
        inSession.put(name, method);
    }

    /// Whether the current request is one of 2026-07-28: all others have a session when they arrive here.
    static boolean isStateless() {
        return Caller.current().session().isEmpty();
    }

    /// Returns the result of a call.
    ///
    /// @throws RpcException if there is none
    Json.Obj result(Message.Call call) {
        var method = (isStateless() ? stateless : inSession).get(call.method());
        if (method == null) throw RpcException.methodNotFound();
        var result = method.call(call);
        if (!isStateless()) return result;
        return (result.get("resultType").isPresent() ? result : result.with("resultType", "complete"))
                .with("_meta", Json.obj().with("io.modelcontextprotocol/serverInfo", serverInfo()));
    }

    private Json.Obj initialize(Message.Call call) {
        var requested = call.params().string("protocolVersion")
                .orElseThrow(() -> RpcException.invalidParams("protocolVersion must be a string"));
        return Json.obj()
                .with("protocolVersion", agreed(requested))
                .with("capabilities", capabilities)
                .with("serverInfo", serverInfo());
    }

    /// The revision to agree on: the requested one if it is served and has sessions, or else the newest served one with sessions.
    String agreed(String requested) {
        var agreeable = served(ProtocolVersion::hasSessions);
        return agreeable.contains(requested) ? requested : agreeable.getFirst();
    }

    private Json.Obj discover() {
        var versions = served(_ -> true).stream().<Json>map(Json.Str::new).toList();
        return Json.obj().with("supportedVersions", new Json.Arr(versions)).with("capabilities", capabilities);
    }

    /// Newest first.
    private List<String> served(Predicate<ProtocolVersion> which) {
        return revisions.stream().filter(which).sorted(Comparator.reverseOrder()).map(ProtocolVersion::toString).toList();
    }

    /// Forbids caching, because only a client that listens is notified of changes.
    private static Json.Obj cacheable(Json.Obj result) {
        return result.with("ttlMs", 0).with("cacheScope", "private");
    }

    private static Json.Obj serverInfo() {
        var version = Optional.ofNullable(Methods.class.getModule().getDescriptor()).flatMap(ModuleDescriptor::rawVersion);
        return Json.obj().with("name", "mcp-session-reference").with("version", version.orElse("unknown"));
    }
}
