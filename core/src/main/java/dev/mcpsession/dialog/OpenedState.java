package dev.mcpsession.dialog;

import dev.mcpsession.json.Json;

/// What a [RequestState] says of a text that a client brought back. Tell the client only [RequestState#REFUSAL]: the difference between
/// the refusals is for the server's log.
public sealed interface OpenedState {

    /// The state, as it was sealed for this owner and purpose.
    ///
    /// @param state the state
    record Opened(Json.Obj state) implements OpenedState {}

    /// The text is not what was sealed with any of the keys: made up, changed, or sealed with a key that was removed.
    record Tampered() implements OpenedState {}

    /// The state is too old.
    record Expired() implements OpenedState {}

    /// The state was sealed for another owner or another purpose.
    record Foreign() implements OpenedState {}

    /// The state may be used once, and was used already.
    record Used() implements OpenedState {}
}
