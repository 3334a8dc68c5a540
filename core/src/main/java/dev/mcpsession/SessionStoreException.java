package dev.mcpsession;

/// A store could not be reached or did not answer. The operation may or may not have been performed.
public final class SessionStoreException extends McpSessionException {

    private static final long serialVersionUID = 1L;

    /// Creates an exception without a cause.
    ///
    /// @param message what failed, without a credential or a whole session id
    public SessionStoreException(String message) {
        super(message);
    }

    /// Creates an exception with a cause.
    ///
    /// @param message what failed, without a credential or a whole session id
    /// @param cause   the underlying failure
    public SessionStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
