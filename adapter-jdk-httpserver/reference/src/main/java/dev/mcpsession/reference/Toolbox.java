package dev.mcpsession.reference;

import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tools of this process, in insertion order. Thread-safe.
final class Toolbox {

    static final int MAX_TOOLS = 1_000;

    private final Map<String, Tool> tools = new LinkedHashMap<>();

    /// Adds a tool.
    ///
    /// @throws Tool.Failure if there is one of that name already, or if there are too many
    synchronized void add(Tool tool) {
        if (tools.size() >= MAX_TOOLS) throw new Tool.Failure("there are " + MAX_TOOLS + " tools already");
        if (tools.putIfAbsent(tool.name(), tool) != null) throw new Tool.Failure("there is a tool of this name: " + tool.name());
    }

    private synchronized List<Tool> all() {
        return new ArrayList<>(tools.values());
    }

    private synchronized Optional<Tool> find(String name) {
        return Optional.ofNullable(tools.get(name));
    }

    void addTo(Methods methods) {
        methods.declare("tools", Json.obj().with("listChanged", true));
        methods.addCacheable("tools/list", _ -> list());
        methods.add("tools/call", this::call);
    }

    private Json.Obj list() {
        return Json.obj().with("tools", new Json.Arr(all().stream().<Json>map(Tool::listing).toList()));
    }

    private Json.Obj call(Message.Call call) {
        var tool = call.params().string("name").flatMap(this::find)
                .orElseThrow(() -> RpcException.invalidParams("name must be that of a tool"));
        try {
            return tool.action().call(call);
        } catch (Tool.Failure | StateTooLargeException e) {
            return Tool.result(true, Tool.text(e.getMessage()));
        }
    }
}
