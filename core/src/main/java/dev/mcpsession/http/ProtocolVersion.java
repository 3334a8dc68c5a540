package dev.mcpsession.http;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A revision of MCP that this library serves, and the era that it belongs to: up to 2025-11-25 a client begins a session, from
/// 2026-07-28 on each request stands for itself.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning">MCP 2026-07-28, Versioning</a>
public enum ProtocolVersion {
    /// Older than streamable HTTP, but handlers agree on it with clients that ask for it; served as 2025-03-26 is.
    V2024_11_05("2024-11-05", true),
    /// The first one over streamable HTTP; a request without a version header is taken for it.
    V2025_03_26("2025-03-26", true),
    /// Brought the version header.
    V2025_06_18("2025-06-18", true),
    /// The last one with sessions.
    V2025_11_25("2025-11-25", true),
    /// The first one without sessions.
    V2026_07_28("2026-07-28", false);

    private static final Map<String, ProtocolVersion> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ProtocolVersion::toString, version -> version));

    private final String text;
    private final boolean sessions;

    ProtocolVersion(String text, boolean sessions) {
        this.text = text;
        this.sessions = sessions;
    }

    /// Whether its clients begin a session, by `initialize`.
    ///
    /// @return false: each of its requests stands for itself
    public boolean hasSessions() {
        return sessions;
    }

    /// Whether its clients take an event without data as the place where a stream begins; older ones try to parse the data.
    boolean takesPrimingEvent() {
        return compareTo(V2025_11_25) >= 0;
    }

    /// Finds a revision by its name.
    ///
    /// @param text such as `2025-11-25`
    /// @return the revision, or empty if this library does not know it
    static Optional<ProtocolVersion> served(String text) {
        return Optional.ofNullable(BY_NAME.get(text));
    }

    /// The names of all revisions that this library serves. An endpoint serves them all unless
    /// [SessionHandlerBuilder#revisions] names fewer.
    ///
    /// @return the newest first
    public static List<String> served() {
        return Arrays.stream(values()).map(v -> v.text).toList().reversed();
    }

    /// The names of those on which `initialize` can agree.
    ///
    /// @return the newest first
    public static List<String> servedWithSessions() {
        return Arrays.stream(values()).filter(v -> v.sessions).map(v -> v.text).toList().reversed();
    }

    /// The revision's name.
    @Override
    public String toString() {
        return text;
    }
}
