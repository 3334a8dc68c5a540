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

/// The options of the server.
///
/// @param host      the address to listen at
/// @param port      the port; 0 for any free one
/// @param allowed   the hosts and origins that requests may name
/// @param revisions the revisions of the protocol that are served
/// @param sessions  the policy of sessions
/// @param events    the options of the broadcaster
/// @param backend   the backend's name, which may contain credentials
record Options(
        String host, int port, HostPolicy allowed, Set<ProtocolVersion> revisions, SessionPolicy sessions, BroadcasterOptions events,
        String backend, KeyRing stateKeys) {

    static final Options DEFAULT = new Options("127.0.0.1", 8080, HostPolicy.LOOPBACK, Set.of(ProtocolVersion.values()),
            SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT, Backend.MEMORY, KeyRing.random());

    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final Map<String, Change> CHANGES = Map.of(
            "--host", (o, value) -> new Options(value, o.port, o.allowed, o.revisions, o.sessions, o.events, o.backend, o.stateKeys),
            "--port", (o, value) -> new Options(o.host, port(value), o.allowed, o.revisions, o.sessions, o.events, o.backend, o.stateKeys),
            "--allow-host", (o, value) -> o.with(o.allowed.allowingHosts(value)),
            "--allow-origin", (o, value) -> o.with(o.allowed.allowingOrigins(value)),
            "--revisions", (o, value) -> new Options(o.host, o.port, o.allowed, revisions(value), o.sessions, o.events, o.backend, o.stateKeys),
            "--ttl", (o, value) -> o.with(o.sessions.toBuilder().ttl(duration(value)).build()),
            "--revival", (o, value) -> o.with(o.sessions.toBuilder().revivalWindow(duration(value)).build()),
            "--heartbeat", (o, value) -> new Options(o.host, o.port, o.allowed, o.revisions, o.sessions,
                    o.events.toBuilder().heartbeat(duration(value)).build(), o.backend, o.stateKeys),
            "--backend", (o, value) -> new Options(o.host, o.port, o.allowed, o.revisions, o.sessions, o.events, value, o.stateKeys),
            "--state-keys", (o, value) -> new Options(o.host, o.port, o.allowed, o.revisions, o.sessions, o.events, o.backend, keys(value)));

    private interface Change {
        Options apply(Options options, String value);
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
            return change.apply(this, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    private Options with(HostPolicy value) {
        return new Options(host, port, value, revisions, sessions, events, backend, stateKeys);
    }

    private Options with(SessionPolicy value) {
        return new Options(host, port, allowed, revisions, value, events, backend, stateKeys);
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
