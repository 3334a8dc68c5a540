package dev.mcpsession.event;

/// Something was published to a broadcaster that is closed; it was not published.
public final class BroadcasterClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /// Makes the exception.
    public BroadcasterClosedException() {
        super("broadcaster is closed");
    }
}
