package dev.mcpsession;

/// A session's state would have become larger than it may be; nothing was changed.
public final class StateTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Tells the rule, then the value.
    ///
    /// @param maxBytes how large the state may be
    /// @param bytes    how large it would have become
    public StateTooLargeException(long maxBytes, long bytes) {
        super("session state must be at most " + maxBytes + " bytes: " + bytes);
    }
}
