package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.function.Predicate;

/// An input that a server of 2026-07-28 requests from the client before it can answer.
///
/// @param key        its name within one result
/// @param capability the capability that the client must declare
/// @param request    the method and its params
/// @param isAnswer   matches a valid answer
record Question(String key, String capability, Json.Obj request, Predicate<Json.Obj> isAnswer) {

    /// Requests that the user fill in one field.
    ///
    /// @param type the field's type, `string` or `boolean`
    static Question elicitation(String key, String message, String field, String type) {
        var schema = Json.obj().with("type", "object")
                .with("properties", Json.obj().with(field, Json.obj().with("type", type)))
                .with("required", Json.arr(new Json.Str(field)));
        return new Question(key, "elicitation",
                request("elicitation/create", Json.obj().with("message", message).with("requestedSchema", schema)),
                answer -> answer.object("content").flatMap(content -> content.get(field)).isPresent());
    }

    /// Requests a completion from the client's model.
    static Question sampling(String key, String prompt) {
        var message = Json.obj().with("role", "user").with("content", Tool.text(prompt));
        return new Question(key, "sampling",
                request("sampling/createMessage", Json.obj().with("messages", Json.arr(message)).with("maxTokens", 100)),
                answer -> answer.get("content").isPresent());
    }

    /// Requests the client's roots.
    static Question roots(String key) {
        return new Question(key, "roots", request("roots/list", Json.obj()),
                answer -> answer.array("roots").isPresent());
    }

    private static Json.Obj request(String method, Json.Obj params) {
        return Json.obj().with("method", method).with("params", params);
    }
}
