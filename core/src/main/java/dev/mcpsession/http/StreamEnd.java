package dev.mcpsession.http;

/// Why an event stream ended.
public enum StreamEnd {
    /// A write showed that the client is gone, or the adapter closed the stream.
    CLIENT_GONE,
    /// The client did not accept a write in time.
    WRITE_TIMEOUT,
    /// Its session was deleted or has expired.
    SESSION_ENDED,
    /// A newer stream of the same session continues from here.
    TAKEN_OVER,
    /// It reached its maximum age.
    MAX_AGE,
    /// The server is stopping, or [SessionHandler#drain()] was called.
    DRAINED,
    /// Its owner opened more listens than are allowed, and this was the oldest.
    OWNER_LIMIT,
    /// The owner of a listen was logged out. (A session's stream ends with the session.)
    OWNER_ENDED,
    /// A message was lost, and the endpoint is configured to end the session in that case.
    MESSAGE_LOST,
    /// It failed because of a bug.
    FAILED;

    /// {@return whether the server chose to end the stream, and its client may open another one immediately}
    boolean isGraceful() {
        return this == MAX_AGE || this == DRAINED || this == OWNER_LIMIT || this == OWNER_ENDED;
    }
}
