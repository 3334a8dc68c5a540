package dev.mcpsession.event;

/// The store went away while it published, and did not come back in time to say whether it had. Publishing once more with the
/// [#key()] answers that: it publishes the event, or finds that it was published.
public final class PublishOutcomeUnknownException extends BroadcasterException {

    private static final long serialVersionUID = 1L;

    /// With which the caller may repeat.
    private final String key;

    /// Tells what is not known and why.
    ///
    /// @param key   with which the caller may repeat [Broadcaster#publish(String, Event)]
    /// @param cause the failure beneath, or null
    public PublishOutcomeUnknownException(String key, Throwable cause) {
        super("whether the event was published is unknown; publish it again with the key " + key, cause);
        this.key = key;
    }

    /// The name under which the event was or was not published.
    ///
    /// @return the caller's own key, or one that was made for it
    public String key() {
        return key;
    }
}
