package dev.mcpsession.reference.conformance;

import dev.mcpsession.Session;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// One request of JSON-RPC, with all that is known of whoever sent it.
///
/// @param id      given back as it came
/// @param method  what is asked for
/// @param params  an empty object if there are none
/// @param session the session; empty in 2026-07-28, where each request stands for itself
/// @param answer  where notifications go
record Call(Json id, String method, Json.Obj params, Optional<Session> session, Answer answer) {

    /// Where a session's state has the level that was set.
    static final String LOG_LEVEL = "logLevel";

    private static final List<String> LEVELS =
            List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");
    private static final String META = "io.modelcontextprotocol/";

    boolean isStateless() {
        return session.isEmpty();
    }

    Json.Obj meta() {
        return params.object("_meta").orElse(Json.obj());
    }

    Json.Obj arguments() {
        return params.object("arguments").orElse(Json.obj());
    }

    /// A member of the params that has to be a text.
    String text(String key) {
        return params.string(key).orElseThrow(() -> RpcError.invalidParams(key + " must be a string"));
    }

    /// Whether this request of 2026-07-28 says that its client has a capability.
    boolean declares(String capability) {
        return meta().object(META + "clientCapabilities").flatMap(all -> all.object(capability)).isPresent();
    }

    /// Tells how far the call is, if the client wants to know.
    void progress(int percent) throws IOException {
        var token = meta().get("progressToken");
        if (token.isEmpty()) return;
        answer.notify("notifications/progress",
                Json.obj().with("progressToken", token.get()).with("progress", percent).with("total", 100));
    }

    /// Logs to the client at level `info`, if it wants to know so much.
    void info(String text) throws IOException {
        if (!wantsInfo()) return;
        answer.notify("notifications/message", Json.obj().with("level", "info").with("logger", "conformance").with("data", text));
    }

    /// A session is told everything from `info` on until it says otherwise; a request that stands for itself has to ask.
    private boolean wantsInfo() {
        var least = session.map(session -> session.state().string(LOG_LEVEL).orElse("info"))
                .or(() -> meta().string(META + LOG_LEVEL));
        return least.map(LEVELS::indexOf).filter(level -> level >= 0 && level <= LEVELS.indexOf("info")).isPresent();
    }

    /// The level of a `logging/setLevel`.
    String level() {
        var level = text("level");
        if (!LEVELS.contains(level)) throw RpcError.invalidParams("level must be one of " + LEVELS);
        return level;
    }
}
