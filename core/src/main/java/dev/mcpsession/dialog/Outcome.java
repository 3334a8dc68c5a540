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

    /// How a request to a client ended, without what came with it.
    enum Kind {
        /// By the client's answer.
        ANSWERED,
        /// By the client's error.
        REFUSED,
        /// The client did not answer in time.
        TIMED_OUT,
        /// The call was cancelled, or its thread was interrupted.
        CANCELLED,
        /// The session ended.
        SESSION_ENDED,
        /// The replica drained.
        DRAINING,
        /// The [ClientRequests] were closed.
        CLOSED,
        /// The client lacks what it takes to be asked.
        NOT_ASKABLE,
        /// The client had left when it was to be asked.
        CLIENT_GONE,
        /// The session or the process had too many open requests.
        TOO_MANY;

        static Kind of(Outcome outcome) {
            return switch (outcome) {
                case Answered _ -> ANSWERED;
                case Refused _ -> REFUSED;
                case TimedOut() -> TIMED_OUT;
                case Cancelled() -> CANCELLED;
                case SessionEnded() -> SESSION_ENDED;
                case Draining() -> DRAINING;
                case Closed() -> CLOSED;
                case NotAskable _ -> NOT_ASKABLE;
            };
        }
    }
}
