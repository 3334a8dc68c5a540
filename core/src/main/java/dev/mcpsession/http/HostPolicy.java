package dev.mcpsession.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which `Host` and which `Origin` a request may name: the guard against DNS rebinding. Loopback names are always allowed,
/// others by name. Immutable.
///
/// @param hosts   further hosts, such as `mcp.example.com` (on any port) or `mcp.example.com:8443`
/// @param origins further origins, such as `https://app.example.com`
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning">MCP 2025-11-25,
///      Security Warning</a>
public record HostPolicy(Set<String> hosts, Set<String> origins) {

    /// Loopback names only.
    public static final HostPolicy LOOPBACK = new HostPolicy(Set.of(), Set.of());

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int MAX_PORT_DIGITS = 5;
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._~-]+)(:[0-9]{1,5})?");
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://([^/?#@]+)");

    /// Checks and copies the names; case does not matter.
    ///
    /// @throws IllegalArgumentException if a host or an origin is not one
    public HostPolicy {
        hosts = lowerCase("host", hosts, HOST);
        origins = lowerCase("origin", origins, ORIGIN);
    }

    private static Set<String> lowerCase(String what, Set<String> names, Pattern pattern) {
        var checked = new HashSet<String>();
        for (var name : names) {
            var lower = name.toLowerCase(Locale.ROOT);
            if (!pattern.matcher(lower).matches()) throw new IllegalArgumentException("not an allowed form of " + what + ": " + name);
            checked.add(lower);
        }
        return Set.copyOf(checked);
    }

    /// Whether a request names one allowed host, and no origin or one allowed origin.
    ///
    /// @param request the request
    /// @return false: the answer is 403
    public boolean allows(Request request) {
        return request.header("Host").filter(this::allowsHost).isPresent()
                && (request.headers("Origin").isEmpty() || allowedOrigin(request).isPresent());
    }

    /// The origin that a request names, in the form in which browsers write it: nothing is sent back as it came.
    Optional<String> allowedOrigin(Request request) {
        return request.header("Origin").map(origin -> origin.toLowerCase(Locale.ROOT)).filter(this::allowsOrigin);
    }

    /// What lets a browser's script of an allowed origin read the answer; nothing for any other, and never with cookies.
    Map<String, String> corsHeaders(Request request) {
        return allowedOrigin(request).map(origin -> Map.of(
                "Access-Control-Allow-Origin", origin,
                "Access-Control-Expose-Headers", McpHeaders.SESSION_ID + ", Retry-After, WWW-Authenticate",
                "Vary", "Origin")).orElse(Map.of());
    }

    /// Without a pattern, for every request comes by here: a name in either set has been checked, and so has one with its port.
    private boolean allowsHost(String host) {
        var lower = host.toLowerCase(Locale.ROOT);
        return isNamed(lower) || isNamed(withoutPort(lower));
    }

    private boolean isNamed(String name) {
        return LOOPBACK_NAMES.contains(name) || hosts.contains(name);
    }

    /// The name before the port, or what stands in no set if the rest is no port or the name has one already.
    private static String withoutPort(String host) {
        var colon = host.lastIndexOf(':');
        var digits = host.length() - colon - 1;
        if (colon <= 0 || digits < 1 || digits > MAX_PORT_DIGITS) return "";
        for (var i = colon + 1; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') return "";
        }
        return host.charAt(colon - 1) == ']' || host.indexOf(':') == colon ? host.substring(0, colon) : "";
    }

    private boolean allowsOrigin(String lower) {
        return origins.contains(lower) || isLoopback(lower);
    }

    private static boolean isLoopback(String origin) {
        var match = ORIGIN.matcher(origin);
        if (!match.matches()) return false;
        var host = HOST.matcher(match.group(1));
        return host.matches() && LOOPBACK_NAMES.contains(host.group(1));
    }
}
