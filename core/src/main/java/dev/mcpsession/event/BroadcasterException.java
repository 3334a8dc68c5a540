package dev.mcpsession.event;

import dev.mcpsession.McpSessionException;

/// A broadcaster cannot serve a call: the store behind it is unreachable, too slow, or refuses. Nothing was published, unless this is
/// a [PublishOutcomeUnknownException].
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
    /// @param cause   the failure beneath
    public BroadcasterException(String message, Throwable cause) {
        super(message, cause);
    }
}
