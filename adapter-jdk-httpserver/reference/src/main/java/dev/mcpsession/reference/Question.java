package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.function.Predicate;

/// What a tool asks of the client before it can answer, in either era.
///
/// @param key        its name within one result of 2026-07-28
/// @param capability the capability that the client must declare
/// @param method     the request's method
/// @param params     the request's params
/// @param isAnswer   matches a valid answer
record Question(String key, String capability, String method, Json.Obj params, Predicate<Json.Obj> isAnswer) {

    /// Requests that the user fill in one field.
    ///
    /// @param type the field's type, `string` or `boolean`
    static Question elicitation(String key, String message, String field, String type) {
        return elicitation(key, message, Json.obj().with("type", "object")
                .with("properties", Json.obj().with(field, Json.obj().with("type", type)))
                .with("required", Json.arr(new Json.Str(field))));
    }

    /// Requests that the user fill in a form.
    static Question elicitation(String key, String message, Json.Obj schema) {
        return new Question(key, "elicitation", "elicitation/create",
                Json.obj().with("message", message).with("requestedSchema", schema), answer -> answer.string("action").isPresent());
    }

    /// Requests a completion from the client's model.
    static Question sampling(String key, String prompt) {
        var message = Json.obj().with("role", "user").with("content", Tool.text(prompt));
        return new Question(key, "sampling", "sampling/createMessage",
                Json.obj().with("messages", Json.arr(message)).with("maxTokens", 100), answer -> answer.get("content").isPresent());
    }

    /// Requests the client's roots.
    static Question roots(String key) {
        return new Question(key, "roots", "roots/list", Json.obj(), answer -> answer.array("roots").isPresent());
    }

    /// The request within a result of 2026-07-28.
    Json.Obj request() {
        return Json.obj().with("method", method).with("params", params);
    }
}
