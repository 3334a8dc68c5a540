package dev.mcpsession.reference;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.dialog.KeyRing;
import dev.mcpsession.http.HostPolicy;
import dev.mcpsession.http.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The options of the server. Immutable.
///
/// @param host         the address to listen at
/// @param port         the port; 0 for any free one
/// @param operatorPort the port of the operator's endpoints if the host is not loopback; 0 for any free one
/// @param allowed      the hosts and origins that requests may name
/// @param revisions    the revisions of the protocol that are served
/// @param sessions     the policy of sessions
/// @param events       the options of the broadcaster
/// @param backend      the backend's name, which may contain credentials
/// @param stateKeys    the keys that seal what clients keep between two calls
/// @param notice       how long the server, no longer ready, serves everything after SIGTERM
/// @param grace        how long calls may take after that
record Options(
        String host, int port, int operatorPort, HostPolicy allowed, Set<ProtocolVersion> revisions, SessionPolicy sessions,
        BroadcasterOptions events, String backend, KeyRing stateKeys, Duration notice, Duration grace) {

    static final Options DEFAULT = new Options("127.0.0.1", 8080, 0, HostPolicy.LOOPBACK, Set.of(ProtocolVersion.values()),
            SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT, Backend.MEMORY, KeyRing.random(), Duration.ZERO,
            Duration.ofMillis(750));

    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final Map<String, Change> CHANGES = Map.ofEntries(
            Map.entry("--host", (next, value) -> next.host = value),
            Map.entry("--port", (next, value) -> next.port = port(value)),
            Map.entry("--operator-port", (next, value) -> next.operatorPort = port(value)),
            Map.entry("--allow-host", (next, value) -> next.allowed = next.allowed.allowingHosts(value)),
            Map.entry("--allow-origin", (next, value) -> next.allowed = next.allowed.allowingOrigins(value)),
            Map.entry("--revisions", (next, value) -> next.revisions = revisions(value)),
            Map.entry("--ttl", (next, value) -> next.sessions = next.sessions.toBuilder().ttl(duration(value)).build()),
            Map.entry("--revival", (next, value) -> next.sessions = next.sessions.toBuilder().revivalWindow(duration(value)).build()),
            Map.entry("--heartbeat", (next, value) -> next.events = next.events.toBuilder().heartbeat(duration(value)).build()),
            Map.entry("--notice", (next, value) -> next.notice = notNegative(value)),
            Map.entry("--grace", (next, value) -> next.grace = notNegative(value)),
            Map.entry("--backend", (next, value) -> next.backend = value),
            Map.entry("--state-keys", (next, value) -> next.stateKeys = keys(value)));

    /// Changes one option.
    private interface Change {
        void apply(Next next, String value);
    }

    /// The options while one of them is changed.
    private static final class Next {

        private String host;
        private int port;
        private int operatorPort;
        private HostPolicy allowed;
        private Set<ProtocolVersion> revisions;
        private SessionPolicy sessions;
        private BroadcasterOptions events;
        private String backend;
        private KeyRing stateKeys;
        private Duration notice;
        private Duration grace;

        Next(Options before) {
            host = before.host;
            port = before.port;
            operatorPort = before.operatorPort;
            allowed = before.allowed;
            revisions = before.revisions;
            sessions = before.sessions;
            events = before.events;
            backend = before.backend;
            stateKeys = before.stateKeys;
            notice = before.notice;
            grace = before.grace;
        }

        Options options() {
            return new Options(host, port, operatorPort, allowed, revisions, sessions, events, backend, stateKeys, notice, grace);
        }
    }

    /// Returns a copy with one more option.
    ///
    /// @param name the option's name
    /// @param rest the arguments after the name; its value is taken from them
    /// @throws IllegalArgumentException if there is no such option, or its value is missing or wrong
    Options with(String name, Iterator<String> rest) {
        var change = CHANGES.get(name);
        if (change == null) throw new IllegalArgumentException("unknown option, see --help: " + name);
        var value = rest.hasNext() ? rest.next() : "";
        if (value.isBlank() || value.startsWith("--")) throw new IllegalArgumentException(name + " needs a value");
        try {
            var next = new Next(this);
            change.apply(next, value);
            return next.options();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    /// The backend's kind without its address, which may contain a password.
    String shownBackend() {
        return backend.split(":?//|[?@]", 2)[0];
    }

    private static Set<ProtocolVersion> revisions(String list) {
        return Arrays.stream(list.split(",", -1)).map(Options::revision).collect(Collectors.toUnmodifiableSet());
    }

    private static ProtocolVersion revision(String name) {
        return Arrays.stream(ProtocolVersion.values()).filter(version -> version.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be of " + all() + ": " + name));
    }

    private static String all() {
        return ProtocolVersion.served().stream().map(ProtocolVersion::toString).collect(Collectors.joining(","));
    }

    private static KeyRing keys(String file) {
        try {
            var keys = Files.readAllLines(Path.of(file)).stream().filter(line -> !line.isBlank()).map(Base64.getDecoder()::decode).toList();
            if (keys.isEmpty()) throw new IllegalArgumentException("must have a key: " + file);
            return KeyRing.of(keys.getFirst(), keys.subList(1, keys.size()).toArray(byte[][]::new));
        } catch (IOException e) {
            throw new IllegalArgumentException("must be a file that can be read: " + file, e);
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 0xFFFF) {
            throw new IllegalArgumentException("must be a number from 0 to 65535: " + text);
        }
        return Integer.parseInt(text);
    }

    private static Duration notNegative(String text) {
        var duration = duration(text);
        if (duration.isNegative()) throw new IllegalArgumentException("must not be negative: " + text);
        return duration;
    }

    private static Duration duration(String text) {
        try {
            var duration = Duration.parse(text);
            if (duration.compareTo(LONGEST) > 0) throw new IllegalArgumentException("must be at most a hundred years: " + text);
            if (duration.isPositive() && duration.toMillis() == 0) throw new IllegalArgumentException("must be at least 1 ms: " + text);
            return duration;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("must be an ISO-8601 duration, such as PT30M: " + text, e);
        }
    }
}
