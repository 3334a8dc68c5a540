package dev.mcpsession.event;

/// The store became unreachable during a publish and did not return in time to report the outcome. A repeated publish with the [#key()]
/// resolves this: it publishes the event, or finds that it was published.
public final class PublishOutcomeUnknownException extends BroadcasterException {

    private static final long serialVersionUID = 1L;

    /// The key with which the caller may repeat.
    private final String key;

    /// Creates an exception without a cause.
    ///
    /// @param key the key with which the caller may repeat [Broadcaster#publish(String, Event)]
    public PublishOutcomeUnknownException(String key) {
        super(message(key));
        this.key = key;
    }

    /// Creates an exception with a cause.
    ///
    /// @param key   the key with which the caller may repeat [Broadcaster#publish(String, Event)]
    /// @param cause the failure beneath
    public PublishOutcomeUnknownException(String key, Throwable cause) {
        super(message(key), cause);
        this.key = key;
    }

    /// {@return the caller's own key, or the one that was generated for it}
    public String key() {
        return key;
    }

    private static String message(String key) {
        return "whether the event was published is unknown; publish it again with the key " + key;
    }
}
