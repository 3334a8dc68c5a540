package dev.mcpsession;

/// A session's state would have exceeded its limit. Nothing was changed.
public final class StateTooLargeException extends McpSessionException {

    private static final long serialVersionUID = 1L;

    /// Creates an exception that states the rule, then the value.
    ///
    /// @param maxBytes the limit
    /// @param bytes    the size that the state would have had
    public StateTooLargeException(long maxBytes, long bytes) {
        super("session state must be at most " + maxBytes + " bytes: " + bytes);
    }
}
