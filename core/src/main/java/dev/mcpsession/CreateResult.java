package dev.mcpsession;

/// What became of [SessionStore#create]; a full store or owner is an answer and not an error.
public sealed interface CreateResult {

    /// The session exists.
    ///
    /// @param session the new session, provisional and with empty state
    record Created(Session session) implements CreateResult {}

    /// Nothing was created: this authenticated owner has as many sessions as one may have.
    record OwnerFull() implements CreateResult {}

    /// Nothing was created: the store holds as many live sessions as it may hold.
    record StoreFull() implements CreateResult {}
}
