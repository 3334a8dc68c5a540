package dev.mcpsession.reference;

import dev.mcpsession.dialog.AnswerStream;
import dev.mcpsession.json.Json;
import java.util.Optional;

/// A JSON-RPC message, as one of the kinds that an application must distinguish.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic#messages">MCP 2025-11-25, Messages</a>
sealed interface Message {

    /// A request, which is answered.
    ///
    /// @param id     a string or a number, returned unchanged
    /// @param method the method's name
    /// @param params an empty object if there are none
    /// @param answer what answers the call, also with notifications and requests; empty within a batch
    record Call(Json id, String method, Json.Obj params, Optional<AnswerStream> answer) implements Message {

        Call on(AnswerStream answer) {
            return new Call(id, method, params, Optional.of(answer));
        }

        /// The `_meta` of the params; an empty object if there is none.
        Json.Obj meta() {
            return params.object("_meta").orElse(Json.obj());
        }

        /// The arguments of a tool or a prompt; an empty object if there are none.
        ///
        /// @throws RpcException if they are not an object
        Json.Obj arguments() {
            if (params.get("arguments").isEmpty()) return Json.obj();
            return params.object("arguments").orElseThrow(() -> RpcException.invalidParams("arguments must be an object"));
        }
    }

    /// A request whose `params` are not an object.
    ///
    /// @param id the request's id
    record BadCall(Json id) implements Message {}

    /// A notification or a response, which is not answered.
    ///
    /// @param message the whole message
    record OneWay(Json.Obj message) implements Message {}

    /// Anything else.
    ///
    /// @param id  its id, or JSON's null if it has no valid one
    /// @param why the rule that it breaks
    record Invalid(Json id, String why) implements Message {}

    static Message of(Json json) {
        if (!(json instanceof Json.Obj message)) return new Invalid(Json.NULL, "message must be an object");
        var id = message.get("id");
        var known = id.filter(Message::isId).orElse(Json.NULL);
        if (!message.string("jsonrpc").equals(Optional.of("2.0"))) return new Invalid(known, "jsonrpc must be \"2.0\"");
        if (isResponse(message)) return new OneWay(message);
        if (id.isPresent() && !isId(id.get())) return new Invalid(Json.NULL, "id must be a string or a number");
        return message.string("method").map(method -> of(id, method, message))
                .orElseGet(() -> new Invalid(known, "method must be a string"));
    }

    private static Message of(Optional<Json> id, String method, Json.Obj message) {
        if (id.isEmpty()) return new OneWay(message);
        if (message.get("params").isEmpty()) return new Call(id.get(), method, Json.obj(), Optional.empty());
        return message.object("params").<Message>map(params -> new Call(id.get(), method, params, Optional.empty()))
                .orElseGet(() -> new BadCall(id.get()));
    }

    private static boolean isId(Json value) {
        return value instanceof Json.Str || value instanceof Json.Num;
    }

    private static boolean isResponse(Json.Obj message) {
        return message.get("method").isEmpty() && (message.get("result").isPresent() || message.get("error").isPresent());
    }
}
