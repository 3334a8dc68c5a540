package dev.mcpsession.event;

/// The log became unreachable during a publish, and the outcome could not be determined in time. A repeated publish with the [#key()]
/// resolves this: it publishes the event, or finds that it was published.
public final class PublishOutcomeUnknownException extends BroadcasterException {

    private static final long serialVersionUID = 1L;

    /// The key for a repeated publish.
    private final String key;

    /// Creates an exception without a cause.
    ///
    /// @param key the key for a repeated [EventPublisher#publish(String, Event)]
    public PublishOutcomeUnknownException(String key) {
        super(message(key));
        this.key = key;
    }

    /// Creates an exception with a cause.
    ///
    /// @param key   the key for a repeated [EventPublisher#publish(String, Event)]
    /// @param cause the underlying failure
    public PublishOutcomeUnknownException(String key, Throwable cause) {
        super(message(key), cause);
        this.key = key;
    }

    /// {@return the caller's key, or the one that was generated for the event}
    public String key() {
        return key;
    }

    private static String message(String key) {
        return "whether the event was published is unknown; publish it again with the key " + key;
    }
}
