package dev.mcpsession.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Which `Host` and which `Origin` a request may name: the protection against DNS rebinding. Loopback names are always allowed,
/// others by name:
/// ```java
/// HostPolicy.allowing("mcp.example.com").allowingOrigins("https://app.example.com")
/// ```
/// Case does not matter, nor does a scheme's default port: `https://app.example.com:443` is `https://app.example.com`, and the
/// host `mcp.example.com:443` also allows a `Host` without a port. Immutable.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning">MCP 2025-11-25,
///      Security Warning</a>
public final class HostPolicy {

    /// Allows loopback names only.
    public static final HostPolicy LOOPBACK = new HostPolicy(Set.of(), Set.of());

    static final String HOST = "Host";
    static final String ORIGIN = "Origin";

    private static final Map<String, String> VARY = Map.of("Vary", ORIGIN);
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int MAX_PORT_DIGITS = 5;
    private static final int MAX_PORT = 0xFFFF;
    private static final Pattern HOST_FORM = Pattern.compile("(?<name>\\[[0-9a-f:.]+]|[a-z0-9._~-]+)(:[0-9]{1,5})?");
    private static final Pattern ORIGIN_FORM = Pattern.compile("[a-z][a-z0-9+.-]*://" + HOST_FORM);

    // RFC 9110, 7.2, by way of RFC 3986, 3.2; without the comma, since it joins several hosts. The name is matched possessively:
    // a loop over alternatives that may backtrack recurses for each character, and a long host would overflow the stack.
    private static final Pattern WELL_FORMED =
            Pattern.compile("(\\[[0-9A-Fa-f:.]+]|([A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})++)(:(?<port>[0-9]*))?");

    private final Set<String> hosts;
    private final Set<String> origins;

    private HostPolicy(Set<String> hosts, Set<String> origins) {
        this.hosts = Set.copyOf(hosts);
        this.origins = Set.copyOf(origins);
    }

    /// {@return a policy that allows loopback names and these hosts}
    ///
    /// @param hosts such as `mcp.example.com` (on any port) or `mcp.example.com:8443`
    /// @throws IllegalArgumentException if a host is of neither form
    public static HostPolicy allowing(String... hosts) {
        return LOOPBACK.allowingHosts(hosts);
    }

    /// {@return a copy that allows these hosts, too}
    ///
    /// @param more such as `mcp.example.com` (on any port) or `mcp.example.com:8443`
    /// @throws IllegalArgumentException if a host is of neither form
    public HostPolicy allowingHosts(String... more) {
        return new HostPolicy(extended(hosts, "host", more, HOST_FORM, host -> host), origins);
    }

    /// {@return a copy that allows these origins, too}
    ///
    /// @param more such as `https://app.example.com`
    /// @throws IllegalArgumentException if an origin is not of that form
    public HostPolicy allowingOrigins(String... more) {
        return new HostPolicy(hosts, extended(origins, "origin", more, ORIGIN_FORM, HostPolicy::withoutDefaultPort));
    }

    private static Set<String> extended(Set<String> names, String what, String[] more, Pattern form, UnaryOperator<String> canonical) {
        var all = new HashSet<>(names);
        for (var name : more) {
            var lower = name.toLowerCase(Locale.ROOT);
            if (!form.matcher(lower).matches()) throw new IllegalArgumentException("not an allowed form of " + what + ": " + name);
            all.add(canonical.apply(lower));
        }
        return all;
    }

    /// {@return the allowed hosts besides loopback names, in lower case}
    public Set<String> hosts() {
        return hosts;
    }

    /// {@return the allowed origins besides those of loopback names, in lower case, without default ports}
    public Set<String> origins() {
        return origins;
    }

    /// {@return the header that a request must be refused for, if any} With an absolute-form target, its authority is checked; `Host` need
    /// only be present and well-formed.
    ///
    /// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2">RFC 9112, 3.2</a>
    Optional<Refusal> refusal(Request request) {
        var lines = request.headers(HOST);
        if (lines.size() != 1) return Optional.of(new Refusal(HOST, String.join(", ", lines), true));
        var host = HeaderValue.strip(lines.getFirst());
        var authority = request.authority().orElse(host);
        if (!allowsHost(authority)) return Optional.of(new Refusal(HOST, authority, !isWellFormed(host) || !isWellFormed(authority)));
        if (request.authority().isPresent() && !isWellFormed(host)) return Optional.of(new Refusal(HOST, host, true));
        var origins = request.headers(ORIGIN);
        return origins.isEmpty() || allowedOrigin(request).isPresent() ? Optional.empty()
                : Optional.of(new Refusal(ORIGIN, String.join(", ", origins), false));
    }

    private static boolean isWellFormed(String host) {
        var match = WELL_FORMED.matcher(host);
        if (!match.matches()) return false;
        var port = Optional.ofNullable(match.group("port")).orElse("");
        return port.isEmpty() || port.length() <= MAX_PORT_DIGITS && Integer.parseInt(port) <= MAX_PORT;
    }

    /// {@return the origin that a request names, if it is allowed; in canonical form, so that client text is never echoed}
    Optional<String> allowedOrigin(Request request) {
        return HeaderValue.of(request.headers(ORIGIN)).one()
                .map(origin -> withoutDefaultPort(origin.toLowerCase(Locale.ROOT))).filter(this::allowsOrigin);
    }

    /// {@return the headers with which a browser's script can read the answer, without cookies; for other origins only `Vary`, because
    /// the answer depends on the origin}
    Map<String, String> corsHeaders(Request request) {
        return allowedOrigin(request).map(origin -> Map.of(
                "Access-Control-Allow-Origin", origin,
                "Access-Control-Expose-Headers", McpHeaders.SESSION_ID + ", Retry-After, WWW-Authenticate",
                "Vary", ORIGIN)).orElse(VARY);
    }

    // Without a pattern, since every request is checked here. The names in both sets are known to be well-formed.
    private boolean allowsHost(String host) {
        var lower = host.toLowerCase(Locale.ROOT);
        return isNamed(lower) || isNamed(withoutPort(lower)) || hosts.contains(lower + ":443") || hosts.contains(lower + ":80");
    }

    private boolean isNamed(String name) {
        return LOOPBACK_NAMES.contains(name) || hosts.contains(name);
    }

    /// {@return the name before the port; empty, which is in no set, if the rest is not a port or the name has a port itself}
    private static String withoutPort(String host) {
        var colon = host.lastIndexOf(':');
        var digits = host.length() - colon - 1;
        if (colon <= 0 || digits < 1 || digits > MAX_PORT_DIGITS) return "";
        for (var i = colon + 1; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') return "";
        }
        if (Integer.parseInt(host, colon + 1, host.length(), 10) > MAX_PORT) return "";
        return host.charAt(colon - 1) == ']' || host.indexOf(':') == colon ? host.substring(0, colon) : "";
    }

    private static String withoutDefaultPort(String origin) {
        var port = origin.startsWith("https:") ? ":443" : origin.startsWith("http:") ? ":80" : "";
        return port.isEmpty() || !origin.endsWith(port) ? origin : origin.substring(0, origin.length() - port.length());
    }

    private boolean allowsOrigin(String lower) {
        return origins.contains(lower) || isLoopback(lower);
    }

    private static boolean isLoopback(String origin) {
        var match = ORIGIN_FORM.matcher(origin);
        return match.matches() && LOOPBACK_NAMES.contains(match.group("name"));
    }

    @Override
    public String toString() {
        return "HostPolicy[hosts=" + hosts + ", origins=" + origins + "]";
    }

    /// The header that a request is refused for.
    ///
    /// @param value     its value, or for `Host` the authority of an absolute-form target
    /// @param malformed whether it is invalid, rather than not allowed
    record Refusal(String header, String value, boolean malformed) {}
}
