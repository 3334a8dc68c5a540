package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

    private static final OwnerResolver STANDARD = OwnerResolver.standard();
    private static final TestRequest REQUEST = TestRequest.get();

    @ParameterizedTest
    @ValueSource(strings = {"Bearer secret", "bearer secret", "BEARER secret", "Bearer   secret ", "bEaReR secret", "\tBearer secret",
            "Bearer secret, Bearer secret", "Bearer secret,"})
    void of_bearer_isTheToken(String authorization) {
        assertKnown(Owner.token("secret"), REQUEST.with("authorization", authorization));
        assertKnown(Owner.token("secret"), REQUEST.with("authorization", authorization).with("Authorization", authorization));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc-._~+/==", "1|abc", "a=b", "sk:live;x", "{a}"})
    void of_tokenOfWhateverIsVisible_isKept(String token) {
        assertKnown(Owner.token(token), REQUEST.with("Authorization", "Bearer " + token));
        assertKnown(Owner.token(token), REQUEST.with("X-API-Key", token));
    }

    @Test
    void of_nothing_isAnonymous() {
        assertKnown(Owner.anonymous(), REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "Bearer", "Bearer ", "Bearer    ", "Bearersecret", "Bearer\tsecret", "Basic dTpw", "secret", "Bearer\u0000secret",
            "Bearer secret\u001f", "Bearer secr\u00e9t", "Bearer a b", "Bearer a, Bearer b", "Bearer a,Basic b", "Bearer a, bearer a", "Bearer \"a,b\"",
            "Digest username=\"a\", realm=\"b\"", "Negotiate abc", "Basic dTpw, Basic dTpw", "Bearer a Bearer a"})
    void of_authorizationThatIsNotOneBearer_isRefused(String authorization) {
        var request = REQUEST.with("Authorization", authorization);

        for (var each : List.of(request, request.with("X-API-Key", "key"), request.with("Authorization", authorization))) {
            var challenge = assertInstanceOf(OwnerResolver.Resolution.Challenge.class, STANDARD.resolve(each), each::toString);
            assertEquals(400, challenge.status());
            assertEquals("Bearer error=\"invalid_request\"", challenge.wwwAuthenticate());
            assertTrue(challenge.message().startsWith("Authorization header must be"));
        }
        assertKnown(Owner.principal("alice"), request.by("alice"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a, b", "a,b", "k\u0000", "k\u001f", "\u00e9", "\"a,b\""})
    void of_keyThatIsNotOne_isRefused(String key) {
        var request = REQUEST.with("X-API-Key", key);

        for (var each : List.of(request, request.with("Authorization", "Bearer secret"))) {
            assertEquals(new OwnerResolver.Resolution.Challenge(400, "", "X-API-Key header must be one key"), STANDARD.resolve(each), each::toString);
        }
    }

    @Test
    void of_severalLines_areOneOnlyIfEqual() {
        for (var header : List.of("Authorization", "X-API-Key")) {
            var request = REQUEST.with(header, "Bearer a");

            assertInstanceOf(OwnerResolver.Resolution.Challenge.class, STANDARD.resolve(request.with(header, "Bearer b")));
            assertInstanceOf(OwnerResolver.Resolution.Known.class, STANDARD.resolve(request.with(header, "Bearer a")));
        }
        assertKnown(Owner.token("two words"), REQUEST.with("X-API-Key", " two words").with("x-api-key", "two words, two words"));
    }

    @Test
    void of_bearerAndApiKey_isTheBearer() {
        assertKnown(Owner.token("secret"), REQUEST.with("X-API-Key", "key").with("Authorization", "Bearer secret"));
    }

    @Test
    void of_principal_wins() {
        var request = REQUEST.with("X-API-Key", "key").with("Authorization", "Bearer secret").by("alice");

        assertKnown(Owner.principal("alice"), request);
        assertKnown(Owner.token("secret"), request.by(""));
    }

    /// Two credentials must not create a session that is open to everyone.
    @Test
    void decide_initializeWithTwoCredentials_createsNothing() {
        try (var endpoint = new Endpoint()) {
            var reply = endpoint.reply(TestRequest.post(TestRequest.INITIALIZE).with("Authorization", "Bearer a").with("Authorization", "Bearer b"));

            assertEquals(400, reply.status());
            assertEquals(-32600, Endpoint.code(reply));
            assertEquals(Optional.of(Json.Num.of(1)), Endpoint.body(reply).get("id"));
            assertEquals("Bearer error=\"invalid_request\"", reply.headers().get("WWW-Authenticate"));
            assertFalse(endpoint.reply(TestRequest.get().with("X-API-Key", "")).headers().containsKey("WWW-Authenticate"));
            assertEquals(0, endpoint.store.heldCount());
        }
    }

    private static void assertKnown(Owner owner, TestRequest request) {
        assertEquals(new OwnerResolver.Resolution.Known(owner), STANDARD.resolve(request), request::toString);
    }

    @Test
    void of_principalAndTokenOfOneSpelling_areTwoOwners() {
        var principal = Owner.principal("alice");
        var token = Owner.token("alice");

        assertNotEquals(principal, token);
        assertKnown(Owner.principal(token.value()), REQUEST.by(token.value()));
        assertNotEquals(Owner.principal(token.value()), token);
        assertNotEquals(Owner.token(principal.value()), principal);
        assertKnown(Owner.token("ALICE"), REQUEST.with("Authorization", "Bearer ALICE"));
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
    @ValueSource(ints = {200, 399, 404, 405, 500, 0})
    void challenge_otherStatus_isRefused(int status) {
        assertThrows(IllegalArgumentException.class, () -> new OwnerResolver.Resolution.Challenge(status, "Bearer"));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 429})
    void challenge_withoutAuthenticate_isOneUnless401(int status) {
        assertEquals(status, new OwnerResolver.Resolution.Challenge(status, "").status());
        assertThrows(IllegalArgumentException.class, () -> new OwnerResolver.Resolution.Challenge(401, ""));
        assertThrows(IllegalArgumentException.class, () -> new OwnerResolver.Resolution.Challenge(status, "a\r\nb"));
    }

    @Test
    void standard_anybody_isKnown() {
        assertInstanceOf(OwnerResolver.Resolution.Known.class, OwnerResolver.standard().resolve(REQUEST));
    }
}
