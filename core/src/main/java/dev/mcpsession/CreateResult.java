package dev.mcpsession;

/// The outcome of [SessionStore#create]. Reaching a limit is a result, not an error.
public sealed interface CreateResult {

    /// The session exists.
    ///
    /// @param session the new session, provisional and with empty state
    record Created(Session session) implements CreateResult {}

    /// Nothing was created: the owner is authenticated and has as many sessions as the policy allows.
    record OwnerFull() implements CreateResult {}

    /// Nothing was created: the store holds as many live sessions as the policy allows.
    record StoreFull() implements CreateResult {}
}
