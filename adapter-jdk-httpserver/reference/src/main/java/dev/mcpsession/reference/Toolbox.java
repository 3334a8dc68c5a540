package dev.mcpsession.reference;

import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tools of this process, in the order in which they were added. Safe for use by many threads.
final class Toolbox {

    static final int MAX_TOOLS = 1_000;

    private final Map<String, Tool> tools = new LinkedHashMap<>();

    /// Adds a tool.
    ///
    /// @throws ToolFailure if there is one of that name, or if there are too many
    synchronized void add(Tool tool) {
        if (tools.size() >= MAX_TOOLS) throw new ToolFailure("there are " + MAX_TOOLS + " tools already");
        if (tools.putIfAbsent(tool.name(), tool) != null) throw new ToolFailure("there is a tool of this name: " + tool.name());
    }

    private synchronized List<Tool> all() {
        return new ArrayList<>(tools.values());
    }

    private synchronized Optional<Tool> find(String name) {
        return Optional.ofNullable(tools.get(name));
    }

    /// The result of `tools/list`: all on one page.
    Json.Obj list() {
        return Json.obj().with("tools", new Json.Arr(all().stream().<Json>map(Tool::listing).toList()));
    }

    /// The result of `tools/call`.
    ///
    /// @throws RpcException if no tool is meant
    Json.Obj call(Json.Obj params) {
        var tool = params.string("name").flatMap(this::find).orElseThrow(() -> invalid("name must be that of a tool"));
        var arguments = arguments(params);
        try {
            return result(tool.action().call(arguments), false);
        } catch (ToolFailure | StateTooLargeException e) {
            return result(e.getMessage(), true);
        }
    }

    private static Json.Obj arguments(Json.Obj params) {
        if (params.get("arguments").isEmpty()) return Json.obj();
        return params.object("arguments").orElseThrow(() -> invalid("arguments must be an object"));
    }

    private static Json.Obj result(String text, boolean isError) {
        var content = Json.obj().with("type", "text").with("text", text);
        return Json.obj().with("content", Json.arr(content)).with("isError", isError);
    }

    private static RpcException invalid(String why) {
        return new RpcException(RpcException.INVALID_PARAMS, why);
    }
}
