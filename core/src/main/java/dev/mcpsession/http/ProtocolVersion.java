package dev.mcpsession.http;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A revision of MCP that this library serves. Up to 2025-11-25 a client begins a session; from 2026-07-28 on each request stands
/// alone. The constants are in order, the oldest first.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning">MCP 2026-07-28, Versioning</a>
public enum ProtocolVersion {
    /// Predates streamable HTTP, but handlers agree on it with clients that request it. Served like 2025-03-26.
    V2024_11_05("2024-11-05", true),
    /// The first one with streamable HTTP; assumed for a request without a version header.
    V2025_03_26("2025-03-26", true),
    /// Introduced the version header.
    V2025_06_18("2025-06-18", true),
    /// The last one with sessions.
    V2025_11_25("2025-11-25", true),
    /// The first one without sessions.
    V2026_07_28("2026-07-28", false);

    private static final List<ProtocolVersion> SERVED = List.of(values()).reversed();
    private static final Map<String, ProtocolVersion> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ProtocolVersion::toString, Function.identity()));

    private final String text;
    private final boolean sessions;

    ProtocolVersion(String text, boolean sessions) {
        this.text = text;
        this.sessions = sessions;
    }

    /// {@return whether clients begin a session by `initialize`}
    public boolean hasSessions() {
        return sessions;
    }

    /// {@return whether clients accept an event without data, which primes their position; older ones try to parse the data}
    boolean takesPrimingEvent() {
        return compareTo(V2025_11_25) >= 0;
    }

    /// {@return the revision with this name, if it is served}
    static Optional<ProtocolVersion> served(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// {@return all revisions that this library serves, the newest first} An endpoint may serve [fewer][SessionHandler.Builder#revisions].
    public static List<ProtocolVersion> served() {
        return SERVED;
    }

    /// {@return the served revisions on which `initialize` can agree, the newest first}
    public static List<ProtocolVersion> servedWithSessions() {
        return SERVED.stream().filter(ProtocolVersion::hasSessions).toList();
    }

    /// {@return the revision's name, such as `2025-11-25`}
    @Override
    public String toString() {
        return text;
    }
}
