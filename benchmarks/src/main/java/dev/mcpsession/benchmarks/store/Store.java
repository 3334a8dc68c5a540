package dev.mcpsession.benchmarks.store;

import dev.mcpsession.SessionId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;

/// The operations that all stores have in common. A session lives for a minute after it was created, and for a day after each touch.
public interface Store {

    /// How long a session lives that is never touched.
    Duration UNUSED = Duration.ofSeconds(60);

    /// How long a session lives after a touch: longer than any measurement by its clock.
    Duration TTL = Duration.ofHours(24);

    /// The stores that are compared.
    enum Design {
        /// This library.
        MCP_SESSION("mcp-session"),
        /// A map guarded by one lock.
        LOCKED_MAP("locked-map"),
        /// A cache with an expiry for each entry.
        CAFFEINE("caffeine");

        private final String text;

        Design(String text) {
            this.text = text;
        }

        /// Finds a design by its name.
        ///
        /// @param text such as `locked-map`
        /// @return the design
        /// @throws IllegalArgumentException if there is none
        public static Design of(String text) {
            return Arrays.stream(values()).filter(design -> design.text.equals(text)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("design must be one of " + Arrays.toString(values()) + ": " + text));
        }

        /// Creates an empty store.
        ///
        /// @param clock the store's clock
        /// @return a new store
        public Store open(InstantSource clock) {
            return switch (this) {
                case MCP_SESSION -> new McpSessionStore(clock);
                case LOCKED_MAP -> new LockedMapStore(clock);
                case CAFFEINE -> new CaffeineStore(clock);
            };
        }

        /// Returns the design's name.
        @Override
        public String toString() {
            return text;
        }
    }

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
