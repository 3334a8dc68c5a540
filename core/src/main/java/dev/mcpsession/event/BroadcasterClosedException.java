package dev.mcpsession.event;

import dev.mcpsession.McpSessionException;

/// The broadcaster is closed. The event was not published.
public final class BroadcasterClosedException extends McpSessionException {

    private static final long serialVersionUID = 1L;

    /// Creates the exception.
    public BroadcasterClosedException() {
        super("broadcaster is closed");
    }
}
