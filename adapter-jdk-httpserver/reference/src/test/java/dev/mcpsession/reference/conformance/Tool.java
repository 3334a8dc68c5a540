package dev.mcpsession.reference.conformance;

import dev.mcpsession.json.Json;
import java.io.IOException;

/// A tool: how it is listed, and what it does.
///
/// @param name        its name
/// @param description what it is for
/// @param inputSchema the JSON schema of its arguments
/// @param action      what it does
record Tool(String name, String description, Json.Obj inputSchema, Action action) {

    private static final Json.Obj NO_ARGUMENTS = (Json.Obj) Json.parse("""
            {"type": "object", "properties": {}}""");

    /// Answers a call of the tool.
    interface Action {

        /// The result of `tools/call`.
        ///
        /// @throws RpcError if there is none
        Json.Obj call(Call call) throws IOException;
    }

    Tool(String name, String description, Action action) {
        this(name, description, NO_ARGUMENTS, action);
    }

    Json.Obj listing() {
        return Json.obj().with("name", name).with("description", description).with("inputSchema", inputSchema);
    }

    /// A result of some content.
    static Json.Obj result(Json... content) {
        return Json.obj().with("content", Json.arr(content));
    }

    /// A result of one text.
    static Json.Obj result(String text) {
        return result(text(text));
    }

    /// The result of a call that went wrong.
    static Json.Obj failure(String why) {
        return result(why).with("isError", true);
    }

    static Json.Obj text(String text) {
        return Json.obj().with("type", "text").with("text", text);
    }
}
