package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import java.util.List;

/// Sends notifications about a call before its response, to clients that want them.
final class Notifications {

    private static final String LOG_LEVEL = "logLevel";
    private static final List<String> LEVELS = List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    private Notifications() {}

    /// A member of the params that must be a string.
    static String string(Message.Call call, String key) {
        return call.params().string(key).orElseThrow(() -> RpcException.invalidParams(key + " must be a string"));
    }

    static void progress(Message.Call call, int percent) {
        call.meta().get("progressToken").ifPresent(token -> call.answer().orElseThrow().notification("notifications/progress",
                Json.obj().with("progressToken", token).with("progress", percent).with("total", 100)));
    }

    /// Logs to the client at level `info`.
    static void info(Message.Call call, String text) {
        if (!wantsInfo(call)) return;
        call.answer().orElseThrow().notification("notifications/message",
                Json.obj().with("level", "info").with("logger", "conformance").with("data", text));
    }

    /// A session receives everything from `info` up until it sets a level; a stateless request must name a level.
    private static boolean wantsInfo(Message.Call call) {
        var least = Caller.current().session().map(session -> session.state().string(LOG_LEVEL).orElse("info"))
                .or(() -> call.meta().string("io.modelcontextprotocol/logLevel"));
        return least.map(LEVELS::indexOf).filter(level -> level >= 0 && level <= LEVELS.indexOf("info")).isPresent();
    }

    /// The result of `logging/setLevel`.
    static Json.Obj setLevel(Message.Call call, SessionStore store) {
        var level = string(call, "level");
        if (!LEVELS.contains(level)) throw RpcException.invalidParams("level must be one of " + LEVELS);
        store.updateState(Caller.current().session().orElseThrow().id(), Json.obj().with(LOG_LEVEL, level));
        return Json.obj();
    }
}
