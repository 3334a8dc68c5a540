package dev.mcpsession.http;

/// Why an event stream ended.
public enum StreamEnd {
    /// The client went away; learnt by writing to it.
    CLIENT_GONE,
    /// The client did not take what was written to it in time.
    WRITE_TIMEOUT,
    /// Its session was deleted or has expired.
    SESSION_ENDED,
    /// A newer stream of the same session goes on from here.
    TAKEN_OVER,
    /// It reached its maximum age.
    MAX_AGE,
    /// The server is going away.
    DRAINED,
    /// Its owner has opened as many listens since as one may have.
    OWNER_LIMIT,
    /// The owner of a listen was logged out. (A session's stream ends with the session.)
    OWNER_ENDED,
    /// A message was lost, and the endpoint is set to end a session rather than to go on with a hole.
    MESSAGE_LOST,
    /// It failed for a reason that is a bug.
    FAILED;

    /// Whether the server ends the stream by its own choice, and its client may come back at once.
    boolean isGraceful() {
        return this == MAX_AGE || this == DRAINED || this == OWNER_LIMIT || this == OWNER_ENDED;
    }
}
