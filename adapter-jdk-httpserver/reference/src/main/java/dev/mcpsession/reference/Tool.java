package dev.mcpsession.reference;

import dev.mcpsession.json.Json;

/// A tool: how it is listed, and what it does.
///
/// @param name        its name
/// @param description what a model is told about it
/// @param inputSchema the JSON schema of its arguments
/// @param action      what it does
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/tools">MCP 2025-11-25, Tools</a>
record Tool(String name, String description, Json inputSchema, Action action) {

    /// What a tool does. Called by many threads at once, each with its request's session in
    /// [dev.mcpsession.Caller].
    interface Action {

        /// Makes a text of the arguments.
        ///
        /// @throws ToolFailure if that cannot be done
        String call(Json.Obj arguments);
    }

    Json.Obj listing() {
        return Json.obj().with("name", name).with("description", description).with("inputSchema", inputSchema);
    }
}
