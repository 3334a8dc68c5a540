package dev.mcpsession.benchmarks.store;

import dev.mcpsession.SessionId;
import java.time.Duration;

/// The operations that all stores have in common. A session lives for a minute after it was created, and for a day after each touch.
public interface Store {

    /// How long a session lives that is never touched.
    Duration UNUSED = Duration.ofSeconds(60);

    /// How long a session lives after a touch: longer than any measurement by its clock.
    Duration TTL = Duration.ofHours(24);

    /// Creates a session.
    ///
    /// @param id a new id
    void create(SessionId id);

    /// Finds a live session, as the store represents it, and reads one of its fields.
    ///
    /// @param id its id
    /// @return a moment of the session's life in milliseconds since 1970, or -1 if there is no such session
    long find(SessionId id);

    /// Slides a session's expiry.
    ///
    /// @param id its id
    /// @return whether it was alive
    boolean touch(SessionId id);

    /// Removes a session.
    ///
    /// @param id its id
    /// @return whether it was alive
    boolean delete(SessionId id);

    /// Removes expired sessions.
    void sweep();

    /// {@return the number of sessions held}
    long size();
}
