package dev.mcpsession.dialog;

import dev.mcpsession.json.Json;
import java.util.Optional;

/// What a client sends about a request of either side.
sealed interface FromClient {

    String CANCELLED = "notifications/cancelled";

    /// {@return the message with nothing but what its receiver reads}
    Json.Obj toJson();

    /// A response to a request of the server. Its ids are strings.
    ///
    /// @param part the member that makes the outcome
    record Response(String id, Outcome outcome, Json.Obj part) implements FromClient {

        @Override
        public Json.Obj toJson() {
            return Json.obj().with("jsonrpc", "2.0").with("id", id).with(outcome instanceof Outcome.Answered ? "result" : "error", part);
        }
    }

    /// The cancellation of a request of the client.
    ///
    /// @param request the request's id
    record Cancel(Json request) implements FromClient {

        @Override
        public Json.Obj toJson() {
            return Json.obj().with("jsonrpc", "2.0").with("method", CANCELLED).with("params", Json.obj().with("requestId", request));
        }
    }

    /// {@return what a message is; empty if it is anything else}
    static Optional<FromClient> of(Json.Obj message) {
        if (message.string("method").isPresent()) return cancelOf(message);
        return message.get("method").isPresent() ? Optional.empty() : message.string("id").flatMap(id -> responseOf(id, message));
    }

    private static Optional<FromClient> cancelOf(Json.Obj message) {
        if (!message.string("method").equals(Optional.of(CANCELLED)) || message.get("id").isPresent()) return Optional.empty();
        return message.object("params").flatMap(params -> params.get("requestId"))
                .filter(id -> id instanceof Json.Str || id instanceof Json.Num).map(Cancel::new);
    }

    /// Exactly one of result and error, each as the protocol has it.
    private static Optional<FromClient> responseOf(String id, Json.Obj message) {
        var result = message.object("result");
        var error = message.object("error").filter(it -> it.integer("code").isPresent() && it.string("message").isPresent());
        if (message.get("result").isPresent() == message.get("error").isPresent()) return Optional.empty();
        return result.<FromClient>map(it -> new Response(id, new Outcome.Answered(it), it))
                .or(() -> error.map(it -> new Response(id, new Outcome.Refused(it), it)));
    }
}
