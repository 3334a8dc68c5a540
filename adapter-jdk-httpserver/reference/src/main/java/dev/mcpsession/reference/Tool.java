package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.function.Function;

/// A tool: how it is listed, and what it does.
///
/// @param name        its name
/// @param description its purpose, for a model
/// @param inputSchema the JSON schema of its arguments
/// @param action      what it does
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/tools">MCP 2025-11-25, Tools</a>
record Tool(String name, String description, Json inputSchema, Action action) {

    static final Json NO_ARGUMENTS = Json.parse("""
            {"type": "object", "properties": {}, "additionalProperties": false}""");

    /// What a tool does. Called by many threads at once, each with its request's session in [dev.mcpsession.Caller].
    @FunctionalInterface
    interface Action {

        /// Returns the result of `tools/call`.
        ///
        /// @throws Failure if the tool cannot do it
        Json.Obj call(Message.Call call);
    }

    /// A tool could not do what it was asked to. The message is the tool's result, from which the model can learn.
    static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }

    /// Returns a tool whose result is a text.
    static Tool ofText(String name, String description, Json inputSchema, Function<Json.Obj, String> action) {
        return new Tool(name, description, inputSchema, call -> result(false, text(action.apply(call.arguments()))));
    }

    /// Returns a string among the arguments.
    ///
    /// @throws Failure if it is missing or not a string
    static String string(Json.Obj arguments, String key) {
        return arguments.string(key).orElseThrow(() -> new Failure(key + " must be a string"));
    }

    static Json.Obj result(boolean isError, Json... content) {
        return Json.obj().with("content", Json.arr(content)).with("isError", isError);
    }

    static Json.Obj text(String text) {
        return Json.obj().with("type", "text").with("text", text);
    }

    Json.Obj listing() {
        return Json.obj().with("name", name).with("description", description).with("inputSchema", inputSchema);
    }
}
