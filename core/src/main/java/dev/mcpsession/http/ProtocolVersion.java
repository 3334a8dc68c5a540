package dev.mcpsession.http;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A revision of MCP, and whether this library serves it.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning">MCP 2026-07-28, Versioning</a>
public enum ProtocolVersion {
    /// The first one over streamable HTTP; a request without a version header is taken for it.
    V2025_03_26("2025-03-26", true),
    /// Brought the version header.
    V2025_06_18("2025-06-18", true),
    /// The last one with sessions.
    V2025_11_25("2025-11-25", true),
    /// The first one without sessions; known, and not served yet.
    V2026_07_28("2026-07-28", false);

    private static final Map<String, ProtocolVersion> SERVED = Arrays.stream(values())
            .filter(version -> version.served).collect(Collectors.toUnmodifiableMap(ProtocolVersion::toString, version -> version));

    private final String text;
    private final boolean served;

    ProtocolVersion(String text, boolean served) {
        this.text = text;
        this.served = served;
    }

    /// Whether its clients take an event without data as the place where a stream begins; older ones try to parse the data.
    boolean takesPrimingEvent() {
        return compareTo(V2025_11_25) >= 0;
    }

    /// Finds a revision by its name.
    ///
    /// @param text such as `2025-11-25`
    /// @return the revision if it is served
    static Optional<ProtocolVersion> served(String text) {
        return Optional.ofNullable(SERVED.get(text));
    }

    /// The names of all revisions that are served.
    ///
    /// @return the newest first
    public static List<String> served() {
        return Arrays.stream(values()).filter(v -> v.served).map(v -> v.text).toList().reversed();
    }

    /// The revision's name.
    @Override
    public String toString() {
        return text;
    }
}
