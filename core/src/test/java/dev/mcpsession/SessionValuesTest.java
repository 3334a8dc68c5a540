package dev.mcpsession;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionValuesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Owner ALICE = Owner.principal("alice");

    @Test
    void random_many_differAndFitAHeader() {
        var ids = Stream.generate(SessionId::random).limit(10_000).collect(Collectors.toSet());

        assertEquals(10_000, ids.size());
        for (var id : ids) assertTrue(id.value().matches("[\\x21-\\x7E]{32}"));
    }

    @Test
    void parse_valid_isKept() {
        for (var text : List.of("a", "!~", "x".repeat(SessionId.MAX_LENGTH))) {
            assertEquals(Optional.of(new SessionId(text)), SessionId.parse(text));
        }
    }

    @Test
    void parse_invalid_isEmpty() {
        for (var text : List.of("", "a b", "a\n", "\u007f", "ä", "x".repeat(SessionId.MAX_LENGTH + 1))) {
            assertEquals(Optional.empty(), SessionId.parse(text));
            assertThrows(IllegalArgumentException.class, () -> new SessionId(text));
        }
    }

    @Test
    void toString_id_showsFourCharacters() {
        assertEquals("abcd…", new SessionId("abcdefghijklmnop").toString());
        assertEquals("…", new SessionId("abcdefgh").toString());
    }

    @Test
    void equals_owners_byKindAndName() {
        assertEquals(ALICE, Owner.principal("alice"));
        assertEquals(ALICE.hashCode(), Owner.principal("alice").hashCode());
        assertNotEquals(ALICE, Owner.principal("Alice"));
        assertNotEquals(Owner.principal("x"), Owner.token("x"));
        assertNotEquals(Owner.anonymous(), ALICE);
        assertNotEquals(new Object(), ALICE);
    }

    @Test
    void principal_userOfARealm_isTheOneThatAnHttpPrincipalNames() {
        assertEquals(Owner.principal("mcp:alice"), Owner.principal("mcp", "alice"));
        assertEquals(Owner.principal(":alice"), Owner.principal("", "alice"));
        assertThrows(IllegalArgumentException.class, () -> Owner.principal("mcp", ""));
    }

    @Test
    void toString_owners_tellApartAndRevealNoName() {
        assertNotEquals(Owner.principal("mcp", "alice").toString(), Owner.principal("mcp", "alicia").toString());
        assertTrue(Owner.principal("mcp", "alice").toString().matches("principal:[0-9a-f]{8}"));
        assertTrue(Owner.token("secret").toString().matches("token:[0-9a-f]{8}"));
        assertTrue(Owner.ofValue("alice").toString().matches("owner:[0-9a-f]{8}"));
        assertEquals("anonymous", Owner.anonymous().toString());
    }

    @Test
    void ofValue_ofEachKind_isTheSameOwner() {
        for (var owner : List.of(ALICE, Owner.token("secret"), Owner.anonymous())) {
            assertEquals(owner, Owner.ofValue(owner.value()));
        }
        assertSame(Owner.anonymous(), Owner.ofValue(""));
    }

    @Test
    void token_isNotKept() {
        var owner = Owner.token("secret");

        assertFalse(owner.value().contains("secret"));
        assertTrue(owner.toString().length() < 20);
    }

    @Test
    void owner_empty_isMisuse() {
        assertThrows(IllegalArgumentException.class, () -> Owner.principal(""));
        assertThrows(IllegalArgumentException.class, () -> Owner.token(""));
    }

    @Test
    void isExpiredAt_itsExpiry_isTrue() {
        var session = session(ALICE);

        assertFalse(session.isExpiredAt(session.expiresAt().minusNanos(1)));
        assertTrue(session.isExpiredAt(session.expiresAt()));
    }

    @Test
    void isOpenTo_anotherThanItsOwner_isFalse() {
        assertTrue(session(ALICE).isOpenTo(ALICE));
        assertFalse(session(ALICE).isOpenTo(Owner.principal("bob")));
        assertFalse(session(ALICE).isOpenTo(Owner.anonymous()));
        assertTrue(session(Owner.anonymous()).isOpenTo(ALICE));
    }

    @Test
    void policy_expiries_endAtTheMaximumAge() {
        var policy = SessionPolicy.builder().maxAge(Duration.ofMinutes(40)).build();

        assertEquals(NOW.plusSeconds(60), policy.firstExpiry(NOW));
        assertEquals(NOW.plus(Duration.ofMinutes(35)), policy.expiryAfterTouch(NOW, NOW.plus(Duration.ofMinutes(5))));
        assertEquals(NOW.plus(Duration.ofMinutes(40)), policy.expiryAfterTouch(NOW, NOW.plus(Duration.ofMinutes(20))));
        assertEquals(NOW.plusSeconds(30), policy.toBuilder().maxAge(Duration.ofSeconds(30)).build().firstExpiry(NOW));
    }

    @Test
    void touchInterval_isATwentiethWithinBounds() {
        assertEquals(Duration.ofSeconds(60), SessionPolicy.DEFAULT.touchInterval());
        assertEquals(Duration.ofSeconds(3), SessionPolicy.builder().ttl(Duration.ofMinutes(1)).build().touchInterval());
        assertEquals(Duration.ofMillis(1), SessionPolicy.builder().ttl(Duration.ofNanos(1)).build().touchInterval());
    }

    @Test
    void policy_provisionalLongerThanTheTtl_isTheTtl() {
        var brief = SessionPolicy.builder().ttl(Duration.ofSeconds(5)).build();

        assertEquals(Instant.EPOCH.plusSeconds(5), brief.firstExpiry(Instant.EPOCH));
        assertEquals(Instant.EPOCH.plusSeconds(60), brief.toBuilder().ttl(Duration.ofMinutes(30)).build().firstExpiry(Instant.EPOCH));
    }

    @Test
    void policyBuilder_valueOutOfRange_isRefused() {
        var builder = SessionPolicy.builder();
        var centuries = Duration.ofDays(100_000);

        assertRefused("ttl must be positive: PT0S", () -> builder.ttl(Duration.ZERO));
        assertRefused("ttl must be at most PT876600H: PT2400000H", () -> builder.ttl(centuries));
        assertRefused("provisionalTtl must be positive: PT-1S", () -> builder.provisionalTtl(Duration.ofSeconds(-1)));
        assertRefused("maxAge must be positive: PT0S", () -> builder.maxAge(Duration.ZERO));
        assertRefused("revivalWindow must not be negative: PT-1S", () -> builder.revivalWindow(Duration.ofSeconds(-1)));
        assertRefused("revivalWindow must be at most PT876600H: PT2400000H", () -> builder.revivalWindow(centuries));
        assertRefused("maxSessions must be positive: 0", () -> builder.maxSessions(0));
        assertRefused("maxSessionsPerOwner must be positive: 0", () -> builder.maxSessionsPerOwner(0));
        assertRefused("maxStateBytes must be positive: 0", () -> builder.maxStateBytes(0));
    }

    @Test
    void policyToBuilder_oneValueChanged_keepsTheOthers() {
        var policy = SessionPolicy.builder().ttl(Duration.ofSeconds(1)).provisionalTtl(Duration.ofSeconds(2))
                .maxAge(Duration.ofSeconds(3)).revivalWindow(Duration.ZERO).maxSessions(4).maxSessionsPerOwner(5).maxStateBytes(6).build();

        assertEquals("SessionPolicy[ttl=PT7S, provisionalTtl=PT2S, maxAge=PT3S, revivalWindow=PT0S, maxSessions=4, "
                + "maxSessionsPerOwner=5, maxStateBytes=6]", policy.toBuilder().ttl(Duration.ofSeconds(7)).build().toString());
    }

    private static void assertRefused(String message, Runnable change) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, change::run).getMessage());
    }

    private static Session session(Owner owner) {
        return new Session(SessionId.random(), owner, new Client("2025-11-25", "", Json.obj()), NOW, NOW,
                NOW.plusSeconds(60), true, Json.obj(), 0);
    }

    @Test
    void client_capabilities_areKeptAsText() {
        var capabilities = Json.obj().with("roots", Json.obj().with("listChanged", true));
        var client = new Client("2025-11-25", "name", capabilities);

        assertEquals("{\"roots\":{\"listChanged\":true}}", client.capabilitiesJson());
        assertEquals(capabilities, client.capabilities());
        assertEquals(client, new Client("2025-11-25", "name", client.capabilitiesJson()));
    }
}
