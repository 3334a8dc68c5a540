package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.function.Function;

/// A tool: its listing and its action.
///
/// @param name        its name
/// @param description its purpose, for a model
/// @param inputSchema the JSON schema of its arguments
/// @param action      runs a call
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/tools">MCP 2025-11-25, Tools</a>
record Tool(String name, String description, Json inputSchema, Action action) {

    static final Json NO_ARGUMENTS = Json.parse("""
            {"type": "object", "properties": {}, "additionalProperties": false}""");

    /// Runs a tool. Called concurrently by many threads, each with its request's session in [dev.mcpsession.Caller].
    @FunctionalInterface
    interface Action {

        /// Returns the result of `tools/call`.
        ///
        /// @throws Failure if the call cannot be carried out
        Json.Obj call(Message.Call call);
    }

    /// Thrown when a call cannot be carried out. The message becomes the tool's result, from which the model can learn.
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

    /// Returns a string argument.
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
