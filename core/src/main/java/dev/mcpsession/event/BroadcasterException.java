package dev.mcpsession.event;

import dev.mcpsession.McpSessionException;

/// A broadcaster could not perform a call, because the log that it shares with other replicas is unreachable, too slow, or rejects it.
/// A publish had no effect, unless this is a [PublishOutcomeUnknownException].
public sealed class BroadcasterException extends McpSessionException permits PublishOutcomeUnknownException {

    private static final long serialVersionUID = 1L;

    /// Creates an exception without a cause.
    ///
    /// @param message what failed, without a credential or a whole session id
    public BroadcasterException(String message) {
        super(message);
    }

    /// Creates an exception with a cause.
    ///
    /// @param message what failed, without a credential or a whole session id
    /// @param cause   the underlying failure
    public BroadcasterException(String message, Throwable cause) {
        super(message, cause);
    }
}
