/// Answers that are event streams, requests to clients, cancellation, and state that clients keep between two calls.
///
/// ```text
///   client                       replica A                                    replica B
///     │ POST tools/call            │                                            │
///     ├───────────────────────────▶│ ClientRequests.answer ─▶ AnswerStream      │
///     │                            │ ask(…): an id that nobody can guess,       │
///     │ ◀── data: {"id":"ask-…",   │         bound to the session               │
///     │      "method":"elicitation/create",…}                                   │
///     │                            ┆ the call's thread waits                    │
///     │ POST {"id":"ask-…","result":…}                                          │
///     ├────────────────────────────┆───────────────────────────────────────────▶│ ClientRequests.deliver
///     │ ◀──────────────────────────┆────────────────────────────────────── 202 ─┤   not waiting here: Broadcaster.relay
///     │                            │◀── LogRecord.Relayed, in the log of all ───┤
///     │                            │ Outcome.Answered; the call goes on         │
///     │ ◀── data: {"id":1,"result":…}                                           │
/// ```
///
/// A response that reaches the replica where the call waits is not relayed. `notifications/cancelled` takes the same way to the call that
/// it cancels. A request to a client ends in exactly one [Outcome][dev.mcpsession.dialog.Outcome]; the ends of sessions and owners are
/// records of the same log, so they end it on every replica.
///
/// In 2026-07-28 a server asks by a result: `resultType` is `input_required`, and the client repeats its call with the answers and with the
/// `requestState` that it was given. [RequestState][dev.mcpsession.dialog.RequestState] seals that text, so that any replica can open it
/// and no client can read or change it.
///
/// No other package of this module uses this one. An adapter supplies the [AnswerChannel][dev.mcpsession.dialog.AnswerChannel].
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation">MCP 2025-11-25, Cancellation</a>
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr">MCP 2026-07-28, Multi Round-Trip Requests</a>
package dev.mcpsession.dialog;
