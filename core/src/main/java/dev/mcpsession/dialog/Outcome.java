package dev.mcpsession.dialog;

import dev.mcpsession.json.Json;

/// How a request to a client ended. Only [Answered] and [Refused] come from the client.
public sealed interface Outcome {

    /// The client answered.
    ///
    /// @param result the result, which the client chose: check it before use
    record Answered(Json.Obj result) implements Outcome {}

    /// The client answered with an error, for instance because its user rejects such requests.
    ///
    /// @param error the JSON-RPC error, with a number `code` and a string `message`
    record Refused(Json.Obj error) implements Outcome {}

    /// The client did not answer in time. It was told that the request is cancelled.
    record TimedOut() implements Outcome {}

    /// The client cancelled the call on whose behalf it was asked, or closed the answer's stream (2026-07-28).
    record Cancelled() implements Outcome {}

    /// The session ended, or its owner was logged out, on some replica.
    record SessionEnded() implements Outcome {}

    /// This replica is draining and waits for no client. The client may repeat its call, which reaches another replica.
    record Draining() implements Outcome {}

    /// The [ClientRequests] of this replica were closed.
    record Closed() implements Outcome {}

    /// The client was not asked.
    ///
    /// @param why for a log or a tool's result, such as `client must declare the capability sampling`
    record NotAskable(String why) implements Outcome {}
}
