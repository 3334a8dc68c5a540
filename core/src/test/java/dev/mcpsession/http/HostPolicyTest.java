package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPolicyTest {

    private static final HostPolicy OPEN = HostPolicy.allowing("MCP.example.com", "strict.example.com:8443")
            .allowingOrigins("https://App.example.com").allowingHosts("[2001:db8::1]").allowingOrigins("https://x:8443");

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:65535"})
    void allows_loopbackHost_isTrue(String host) {
        assertAllowed(HostPolicy.LOOPBACK, naming(host));
        assertAllowed(OPEN, naming(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "localhost.evil.com", "evil-localhost", "localhost.", "localhost.:80", "localhost:",
            "localhost:x", "localhost:123456", "localhost:65536", "localhost:80:80", "localhost:80@evil.example", "evil@localhost",
            "user:pass@localhost", "\u001flocalhost", "localhost\u00a0", "localhost\r\nX: y", "localhost\n", "localhost, evil.example",
            "", ":8080", "http://localhost", "localhost/", "127.0.0.1.evil.com", "127.1", "2130706433", "0x7f.1", "127.0.0.2",
            "0.0.0.0", "::1", "[::1", "[::1]x", "[::1]]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "localho\u017ft", "mcp.example.com"})
    void allows_otherHost_isFalse(String host) {
        assertRefused(HostPolicy.LOOPBACK, naming(host));
    }

    @Test
    void allows_spaceAndTabAroundAValue_areNoPartOfIt() {
        assertAllowed(HostPolicy.LOOPBACK, naming(" \tlocalhost ").with("Origin", "\thttp://localhost "));
    }

    @Test
    void refusal_hostMissingOrTwice_isMalformed() {
        assertRefused("Host", true, TestRequest.get().without("Host"));
        assertRefused("Host", true, TestRequest.get().with("host", "localhost:8080"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ":8080", "local host", "localhost, localhost", "localhost,localhost", "localhost:x", "localhost:80:80", "localhost:65536",
            "localhost:123456", "user@localhost", "http://localhost", "localhost/", "::1", "[::1", "[::1]x", "localhost\u001f", "localhost\u0000",
            "loc\u00e4lhost", "%6", "a#b", "a?b"})
    void refusal_noHostAtAll_isMalformed(String host) {
        assertRefused("Host", true, naming(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8080", "localhost.", "[::2]:80", "127.0.0.2", "a_b", "%6cocalhost", "localhost:"})
    void refusal_hostOfOthers_isNotAllowed(String host) {
        assertRefused("Host", false, naming(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "%61", "a%61"})
    void refusal_longHost_isRefusedAsAShortOne(String part) {
        var host = part.repeat(30_000 / part.length());

        assertRefused("Host", false, naming(host));
        assertRefused("Host", true, naming(host + "/"));
        assertRefused("Host", false, naming("localhost").at(host));
    }

    @Test
    void refusal_absoluteFormTarget_itsAuthorityCounts() {
        var evil = naming("evil.example");

        assertAllowed(HostPolicy.LOOPBACK, evil.at("localhost:8080"));
        assertRefused("Host", false, naming("localhost").at("evil.example"));
        assertRefused("Host", true, naming("localhost").at("user@localhost"));
        assertRefused("Host", true, naming("localhost").at(""));
        assertRefused("Host", true, naming("a b").at("localhost"));
        assertRefused("Host", true, evil.without("Host").at("localhost"));
        assertRefused("Host", true, evil.with("Host", "localhost").at("localhost"));
    }

    @Test
    void refusal_originOfOthers_isNotAllowed() {
        assertRefused("Origin", false, from("http://evil.example"));
        assertRefused("Origin", false, from(""));
        assertRefused("Host", false, from("http://evil.example").replacing("Host", "evil.example"));
    }

    private static void assertRefused(String header, boolean malformed, TestRequest request) {
        var refusal = HostPolicy.LOOPBACK.refusal(request).orElseThrow();
        assertEquals(header, refusal.header(), request::toString);
        assertEquals(malformed, refusal.malformed(), request::toString);
    }

    @Test
    void allows_defaultPort_isAsIfItWereNotThere() {
        var policy = HostPolicy.allowing("tls.example.com:443", "plain.example.com:80").allowingOrigins(
                "https://app.example.com:443", "http://app.example.com:80", "https://other.example.com", "http://odd.example.com:443");

        for (var host : new String[] {"tls.example.com", "tls.example.com:443", "plain.example.com", "plain.example.com:80"}) {
            assertAllowed(policy, naming(host));
        }
        for (var host : new String[] {"tls.example.com:80", "plain.example.com:443", "tls.example.com:8443"}) {
            assertRefused(policy, naming(host));
        }
        for (var origin : new String[] {"https://app.example.com", "http://app.example.com", "https://other.example.com:443",
                "https://app.example.com:443", "http://app.example.com:80", "http://odd.example.com:443"}) {
            assertAllowed(policy, from(origin));
        }
        for (var origin : new String[] {"https://app.example.com:80", "http://app.example.com:443", "https://other.example.com:8443",
                "http://odd.example.com", "https://odd.example.com"}) {
            assertRefused(policy, from(origin));
        }
        assertEquals("https://other.example.com", policy.corsHeaders(from("https://other.example.com:443")).get("Access-Control-Allow-Origin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp.example.com", "mcp.EXAMPLE.com:443", "mcp.example.com:8443", "strict.example.com:8443",
            "[2001:db8::1]", "[2001:DB8::1]:80"})
    void allows_namedHost_isTrue(String host) {
        assertAllowed(OPEN, naming(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"strict.example.com", "strict.example.com:443", "strict.example.com:84430", "strict.example.com:8443:1",
            "[2001:db8::1]:1:1", "mcp.example.com:", "x.mcp.example.com",
            "mcp.example.com.", "mcp.example.com.evil.com", "mcpxexample.com", "[2001:db8::2]", "2001:db8::1"})
    void allows_almostNamedHost_isFalse(String host) {
        assertRefused(OPEN, naming(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "http://localhost:3000", "HTTP://LOCALHOST:3000", "https://127.0.0.1:8443",
            "http://[::1]:5173"})
    void allows_loopbackOrigin_isTrue(String origin) {
        assertAllowed(HostPolicy.LOOPBACK, from(origin));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "", "http://localhost@evil", "http://localhost:80@evil", "http://evil@localhost",
            "http://localhost.evil.com", "http://localhost.", "http://localhost/", "http://localhost/x", "http://localhost?x",
            "http://localhost#x", "http://localhost\\@evil", "http://evil\\localhost", "http:localhost", "//localhost", "localhost",
            "http:///localhost", "http://", "://localhost", "1http://localhost", "http://localhost http://evil",
            "http://localhost, http://evil", "\u001fhttp://localhost", "http://localhost\u00a0", "http://localhost\r\nX: y",
            "http://localhost\n", "http://%6cocalhost", "*", "http://*", "https://app.example.com"})
    void allows_otherOrigin_isFalse(String origin) {
        assertRefused(HostPolicy.LOOPBACK, from(origin));
        assertEquals(Map.of("Vary", "Origin"), HostPolicy.LOOPBACK.corsHeaders(from(origin)));
    }

    @Test
    void allows_originTwice_isOneIfEqual() {
        assertAllowed(HostPolicy.LOOPBACK, from("http://localhost").with("origin", "http://localhost"));
        assertAllowed(HostPolicy.LOOPBACK, from("http://localhost, http://localhost"));
        assertRefused(HostPolicy.LOOPBACK, from("http://localhost").with("origin", "http://127.0.0.1"));
        assertRefused(HostPolicy.LOOPBACK, from("http://localhost, http://127.0.0.1"));
    }

    @Test
    void allows_namedOrigin_isExact() {
        assertAllowed(OPEN, from("https://app.example.com"));
        assertAllowed(OPEN, from("https://X:8443"));
        assertRefused(OPEN, from("http://app.example.com"));
        assertRefused(OPEN, from("https://app.example.com:8443"));
        assertRefused(OPEN, from("https://x"));
        assertRefused(OPEN, from("https://mcp.example.com")); // a host, not an origin
    }

    @Test
    void corsHeaders_allowedOrigin_namesItAsBrowsersDo() {
        assertEquals(Map.of("Access-Control-Allow-Origin", "https://app.example.com", "Access-Control-Expose-Headers",
                "Mcp-Session-Id, Retry-After, WWW-Authenticate", "Vary", "Origin"), OPEN.corsHeaders(from("https://APP.example.com")));
        assertEquals(Map.of("Vary", "Origin"), OPEN.corsHeaders(TestRequest.get()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "*.example.com", "http://mcp.example.com", "a b", "host/", "user@host", "::1"})
    void hostPolicy_noHost_isRefused(String host) {
        assertThrows(IllegalArgumentException.class, () -> HostPolicy.allowing(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "null", "app.example.com", "https://app.example.com/", "https://user@app.example.com", "https://",
            "https://:443", "https://x:443:443", "https://x:"})
    void hostPolicy_noOrigin_isRefused(String origin) {
        assertThrows(IllegalArgumentException.class, () -> HostPolicy.LOOPBACK.allowingOrigins(origin));
    }

    @Test
    void hostPolicy_names_areCopiedInLowerCase() {
        assertEquals(Set.of("mcp.example.com", "strict.example.com:8443", "[2001:db8::1]"), OPEN.hosts());
        assertThrows(UnsupportedOperationException.class, () -> OPEN.origins().add("https://y"));
    }

    private static void assertAllowed(HostPolicy policy, TestRequest request) {
        assertEquals(Optional.empty(), policy.refusal(request), request::toString);
    }

    private static void assertRefused(HostPolicy policy, TestRequest request) {
        assertTrue(policy.refusal(request).isPresent(), request::toString);
    }

    private static TestRequest naming(String host) {
        return TestRequest.get().replacing("Host", host);
    }

    private static TestRequest from(String origin) {
        return TestRequest.get().with("Origin", origin);
    }
}
