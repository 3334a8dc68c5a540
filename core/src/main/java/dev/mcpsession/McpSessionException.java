package dev.mcpsession;

/// The root of this library's exceptions, except for misuse and for text that is not JSON
/// ([JsonException][dev.mcpsession.json.JsonException]). Its messages never contain a credential or a whole session id.
public abstract class McpSessionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Creates an exception without a cause.
    ///
    /// @param message what failed
    protected McpSessionException(String message) {
        super(message);
    }

    /// Creates an exception with a cause.
    ///
    /// @param message what failed
    /// @param cause   the underlying failure
    protected McpSessionException(String message, Throwable cause) {
        super(message, cause);
    }
}
