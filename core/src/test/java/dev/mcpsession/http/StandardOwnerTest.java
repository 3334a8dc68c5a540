package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardOwnerTest {

    private static final TestRequest REQUEST = TestRequest.get();

    @ParameterizedTest
    @ValueSource(strings = {"Bearer secret", "bearer secret", "BEARER secret", "Bearer   secret ", "bEaReR secret"})
    void of_bearer_isTheToken(String authorization) {
        assertEquals(Owner.token("secret"), StandardOwner.of(REQUEST.with("authorization", authorization)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer    ", "Bearersecret", "Basic dTpw", "secret", "Bearer\u0000secret"})
    void of_noBearer_isTheApiKeyElseAnonymous(String authorization) {
        var request = REQUEST.with("Authorization", authorization);

        assertEquals(Owner.token("key"), StandardOwner.of(request.with("x-api-key", "key")));
        assertEquals(Owner.anonymous(), StandardOwner.of(request));
        assertEquals(Owner.anonymous(), StandardOwner.of(request.with("X-API-Key", "")));
    }

    @Test
    void of_bearerAndApiKey_isTheBearer() {
        var request = REQUEST.with("X-API-Key", "key").with("Authorization", "Bearer secret");

        assertEquals(Owner.token("secret"), StandardOwner.of(request));
    }

    @Test
    void of_principal_wins() {
        var request = REQUEST.with("X-API-Key", "key").with("Authorization", "Bearer secret").by("alice");

        assertEquals(Owner.principal("alice"), StandardOwner.of(request));
        assertEquals(Owner.token("secret"), StandardOwner.of(request.by("")));
    }

    @Test
    void of_credentialTwice_doesNotCount() {
        var twice = REQUEST.with("Authorization", "Bearer a").with("Authorization", "Bearer b");

        assertEquals(Owner.anonymous(), StandardOwner.of(twice));
        assertEquals(Owner.anonymous(), StandardOwner.of(REQUEST.with("X-API-Key", "a").with("X-API-Key", "b")));
    }

    @Test
    void of_principalAndTokenOfOneSpelling_areTwoOwners() {
        var principal = StandardOwner.of(REQUEST.by("alice"));
        var token = StandardOwner.of(REQUEST.with("Authorization", "Bearer alice"));

        assertNotEquals(principal, token);
        assertNotEquals(StandardOwner.of(REQUEST.by(token.value())), token);
        assertNotEquals(StandardOwner.of(REQUEST.with("Authorization", "Bearer " + principal.value())), principal);
        assertNotEquals(StandardOwner.of(REQUEST.with("Authorization", "Bearer ALICE")), token);
    }

    @Test
    void authenticated_anonymous_isChallenged() {
        var resolver = OwnerResolver.authenticated(OwnerResolver.standard(), "Bearer");

        assertEquals(new OwnerResolver.Resolution.Challenge(401, "Bearer"), resolver.resolve(REQUEST));
        assertEquals(new OwnerResolver.Resolution.Known(Owner.principal("alice")), resolver.resolve(REQUEST.by("alice")));
    }

    @Test
    void authenticated_challengeBeneath_isPassedOn() {
        var challenge = new OwnerResolver.Resolution.Challenge(403, "Basic");

        assertEquals(challenge, OwnerResolver.authenticated(_ -> challenge, "Bearer").resolve(REQUEST));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 404, 0, 402})
    void challenge_otherStatus_isRefused(int status) {
        assertThrows(IllegalArgumentException.class, () -> new OwnerResolver.Resolution.Challenge(status, "Bearer"));
    }

    @Test
    void standard_anybody_isKnown() {
        assertInstanceOf(OwnerResolver.Resolution.Known.class, OwnerResolver.standard().resolve(REQUEST));
    }
}
