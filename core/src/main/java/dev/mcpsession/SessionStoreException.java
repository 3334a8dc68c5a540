package dev.mcpsession;

/// A store could not be asked or did not answer; whether it did what it was asked to is unknown.
public final class SessionStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Tells what failed and why.
    ///
    /// @param message what was being done, without a credential or a whole session id
    /// @param cause   the failure beneath, or null
    public SessionStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
