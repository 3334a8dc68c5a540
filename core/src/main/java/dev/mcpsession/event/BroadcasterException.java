package dev.mcpsession.event;

/// A broadcaster could not be asked: the store behind it is away, is too slow, or refuses. Unless it is a
/// [PublishOutcomeUnknownException], nothing was published.
public sealed class BroadcasterException extends RuntimeException permits PublishOutcomeUnknownException {

    private static final long serialVersionUID = 1L;

    /// Tells what failed and why.
    ///
    /// @param message what was being done, without a credential or a whole session id
    /// @param cause   the failure beneath, or null
    public BroadcasterException(String message, Throwable cause) {
        super(message, cause);
    }
}
