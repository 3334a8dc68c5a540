package dev.mcpsession.dialog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Handles;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.contract.HandClock;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RequestStateTest {

    private static final Owner ANN = Owner.principal("ann");
    private static final Owner BOB = Owner.principal("bob");
    private static final String TOOL = "tools/call delete";
    private static final Json.Obj STATE = Json.obj().with("file", "a.txt").with("secret", "é 𝄞 \0");
    private static final byte[] OLD = key(1);
    private static final byte[] NEW = key(2);

    private final HandClock clock = new HandClock();
    private final RequestState states = state(KeyRing.of(OLD));

    private static byte[] key(long seed) {
        var bytes = new byte[KeyRing.KEY_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private RequestState state(KeyRing keys) {
        return RequestState.builder(keys).clock(clock).validity(Duration.ofMinutes(5)).build();
    }

    private static OpenedState opened(RequestState states, String text) {
        return states.open(ANN, TOOL, text);
    }

    @Test
    void open_sealed_returnsTheStateOnAnyReplica() {
        var text = states.seal(ANN, TOOL, STATE);

        assertEquals(new OpenedState.Opened(STATE), opened(states, text));
        assertEquals(new OpenedState.Opened(STATE), opened(state(KeyRing.of(OLD)), text));
        assertNotEquals(text, states.seal(ANN, TOOL, STATE));
        assertTrue(text.matches("[A-Za-z0-9_-]+"), text);
        assertFalse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1).contains("a.txt"));
    }

    @Test
    void open_alteredAnywhere_isTampered() {
        var text = states.seal(ANN, TOOL, STATE);
        var bytes = Base64.getUrlDecoder().decode(text);
        var encoder = Base64.getUrlEncoder().withoutPadding();
        for (var i = 0; i < bytes.length; i++) {
            for (var bit = 0; bit < 8; bit++) {
                var altered = bytes.clone();
                altered[i] ^= (byte) (1 << bit);
                assertEquals(new OpenedState.Tampered(), opened(states, encoder.encodeToString(altered)), "bit " + bit + " of byte " + i);
            }
            assertEquals(new OpenedState.Tampered(), opened(states, encoder.encodeToString(Arrays.copyOf(bytes, i))), "cut at " + i);
        }
    }

    @Test
    void open_anotherSpelling_isTampered() {
        var text = states.seal(ANN, TOOL, Json.obj());
        var last = text.charAt(text.length() - 1);
        for (var other : List.of("", " ", "AAAA", "=", "ä", "x".repeat(1 << 20), text + "A", text + "=", " " + text, text + "\n",
                text.substring(0, text.length() - 1) + (char) (last + 1), text.toLowerCase(Locale.ROOT))) {
            assertEquals(new OpenedState.Tampered(), opened(states, other), other.length() < 1000 ? other : "long");
        }
    }

    @Test
    void open_mixedFromTwo_isTampered() {
        var one = Base64.getUrlDecoder().decode(states.seal(ANN, TOOL, STATE));
        var two = Base64.getUrlDecoder().decode(states.seal(ANN, TOOL, STATE));
        System.arraycopy(two, 0, one, 0, 21);

        assertEquals(new OpenedState.Tampered(), opened(states, Base64.getUrlEncoder().withoutPadding().encodeToString(one)));
    }

    @Test
    void open_expired_isSaidSo() {
        var text = states.seal(ANN, TOOL, STATE);
        clock.advance(Duration.ofMinutes(5).minusMillis(1));
        assertInstanceOf(OpenedState.Opened.class, opened(states, text));
        clock.advance(Duration.ofMillis(1));

        assertEquals(new OpenedState.Expired(), opened(states, text));
    }

    @Test
    void open_ofAnotherOwnerOrPurpose_isForeign() {
        var text = states.seal(ANN, TOOL, STATE);

        assertEquals(new OpenedState.Foreign(), states.open(BOB, TOOL, text));
        assertEquals(new OpenedState.Foreign(), states.open(Owner.anonymous(), TOOL, text));
        assertEquals(new OpenedState.Foreign(), states.open(ANN, "tools/call add", text));
        assertEquals(new OpenedState.Foreign(), states.open(ANN, TOOL, states.seal(Owner.anonymous(), TOOL, STATE)));
    }

    @Test
    void rotate_inFlight_refusesNothingGoodAndNothingElse() {
        var other = state(KeyRing.of(OLD));
        var before = states.seal(ANN, TOOL, STATE);

        states.rotate(KeyRing.of(OLD, NEW));
        other.rotate(KeyRing.of(OLD, NEW));
        other.rotate(KeyRing.of(NEW, OLD));
        var after = other.seal(ANN, TOOL, STATE);

        for (var replica : List.of(states, other)) {
            for (var text : List.of(before, after)) assertEquals(new OpenedState.Opened(STATE), opened(replica, text));
        }
        other.rotate(KeyRing.of(NEW));
        assertEquals(new OpenedState.Tampered(), opened(other, before));
        assertEquals(new OpenedState.Opened(STATE), opened(other, after));
        assertEquals("KeyRing of 2", KeyRing.of(NEW, OLD).toString());
    }

    @Test
    void rotate_whileManySealAndOpen_losesNone() throws Exception {
        var rings = List.of(KeyRing.of(OLD, NEW), KeyRing.of(NEW, OLD));
        states.rotate(rings.getFirst());
        try (var threads = new Threads()) {
            var all = new ArrayList<Future<OpenedState>>();
            for (var i = 0; i < 2_000; i++) {
                if (i % 10 == 0) states.rotate(rings.get(i / 10 % 2));
                all.add(threads.start(() -> opened(states, states.seal(ANN, TOOL, STATE))));
            }
            for (var each : all) assertEquals(new OpenedState.Opened(STATE), each.get());
        }
    }

    @Test
    void singleUse_openedByManyAtOnce_isOpenedOnce() throws Exception {
        var policy = SessionPolicy.DEFAULT.toBuilder().maxSessionsPerOwner(3).build();
        try (var store = new InMemorySessionStore(policy); var threads = new Threads()) {
            var once = RequestState.builder(KeyRing.of(OLD)).clock(clock).singleUse(new Handles(store, "state_")).build();
            var replica = RequestState.builder(KeyRing.of(OLD)).clock(clock).singleUse(new Handles(store, "state_")).build();
            for (var round = 0; round < 100; round++) {
                var text = once.seal(ANN, TOOL, STATE);
                assertEquals(new OpenedState.Foreign(), once.open(BOB, TOOL, text)); // which does not use it
                var opened = List.of(threads.start(() -> opened(once, text)), threads.start(() -> opened(replica, text)));
                var outcomes = List.of(opened.getFirst().get(), opened.getLast().get());

                assertTrue(outcomes.contains(new OpenedState.Opened(STATE)) && outcomes.contains(new OpenedState.Used()), outcomes::toString);
            }
            for (var i = 0; i < 3; i++) once.seal(ANN, TOOL, STATE);
            assertThrows(TooManyRequestsException.class, () -> once.seal(ANN, TOOL, STATE));
            assertEquals(new OpenedState.Used(), opened(once, states.seal(ANN, TOOL, STATE)));
        }
    }

    @Test
    void builder_limits_areChecked() {
        var small = RequestState.builder(KeyRing.of(OLD)).maxBytes(300).build();
        assertThrows(IllegalArgumentException.class, () -> small.seal(ANN, TOOL, Json.obj().with("x", "x".repeat(300))));
        assertInstanceOf(OpenedState.Opened.class, opened(small, small.seal(ANN, TOOL, Json.obj())));
        assertThrows(IllegalArgumentException.class, () -> KeyRing.of(new byte[16]));
        assertThrows(IllegalArgumentException.class, () -> RequestState.builder(KeyRing.of(OLD)).validity(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> RequestState.builder(KeyRing.of(OLD)).maxBytes(0));
    }
}
