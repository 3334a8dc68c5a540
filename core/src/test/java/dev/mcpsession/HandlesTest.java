package dev.mcpsession;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.spy;

import dev.mcpsession.Handles.Creation;
import dev.mcpsession.Handles.Handle;
import dev.mcpsession.contract.HandClock;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlesTest {

    private static final Duration TTL = Duration.ofDays(7);
    private static final Owner ANN = Owner.principal("ann");
    private static final Owner BOB = Owner.principal("bob");
    private static final Json.Obj STATE = Json.obj().with("items", 3);

    private final HandClock clock = new HandClock();
    private final SessionStore store = new InMemorySessionStore(SessionPolicy.builder().ttl(TTL).maxAge(TTL.multipliedBy(2))
            .maxSessionsPerOwner(3).maxStateBytes(1_000).build(), clock);
    private final Handles carts = new Handles(store, "cart_");
    private final Handles books = new Handles(store, "book_");

    private static String created(Handles handles, Owner owner) {
        return assertInstanceOf(Creation.Created.class, handles.create(owner, STATE)).handle().value();
    }

    @Test
    void create_handle_isPrefixedUnguessableAndOfItsOwner() {
        var created = assertInstanceOf(Creation.Created.class, carts.create(ANN, STATE)).handle();

        assertTrue(created.value().matches("cart_[A-Za-z0-9_-]{32}"), created.value());
        assertEquals(STATE, created.state());
        assertEquals(clock.instant(), created.lastUsedAt());
        assertEquals(clock.instant().plus(TTL), created.expiresAt());
        assertEquals(List.of(created), carts.list(ANN));
        assertFalse(created.toString().contains(created.value()), created.toString());
        assertFalse(created.value().equals(created(carts, ANN)));
    }

    @Test
    void create_unused_livesItsWholeTimeToLive() {
        var handle = created(carts, ANN);
        clock.advance(TTL.minusMillis(1));
        assertEquals(Optional.of(STATE), carts.find(ANN, handle).map(Handle::state));
        clock.advance(TTL.minusMillis(1)); // it was used
        assertTrue(carts.find(ANN, handle).isPresent());

        clock.advance(Duration.ofMillis(2)); // its maximum age

        assertTrue(carts.find(ANN, handle).isEmpty());
    }

    @Test
    void find_notThisCallersOrKind_looksLikeNone() {
        var handle = created(carts, ANN);
        var ofAnotherKind = created(books, ANN);

        for (var wrong : List.of(ofAnotherKind, "", "cart_", handle + "x", handle.substring(5), "cart_" + "x".repeat(200), "ä")) {
            assertEquals(Optional.empty(), carts.find(ANN, wrong), wrong);
            assertFalse(carts.revoke(ANN, wrong), wrong);
        }
        for (var other : List.of(BOB, Owner.token("ann"), Owner.anonymous())) {
            assertEquals(Optional.empty(), carts.find(other, handle));
            assertFalse(carts.revoke(other, handle));
        }
        assertTrue(carts.find(ANN, handle).isPresent());
    }

    @Test
    void find_ofAnAnonymousCaller_isOpenToAnyCaller() {
        var handle = created(carts, Owner.anonymous());

        assertTrue(carts.find(Owner.anonymous(), handle).isPresent());
        assertTrue(carts.find(ANN, handle).isPresent());
        assertEquals(List.of(), carts.list(Owner.anonymous()));
        assertEquals(Optional.empty(), carts.latest(Owner.anonymous()));
    }

    @Test
    void latest_several_isTheOneUsedLast() {
        assertEquals(Optional.empty(), carts.latest(ANN));
        var first = created(carts, ANN);
        clock.advance(Duration.ofSeconds(1));
        var second = created(carts, ANN);
        created(books, ANN);
        created(carts, BOB);
        assertEquals(Optional.of(second), carts.latest(ANN).map(Handle::value));

        clock.advance(Duration.ofSeconds(1));
        carts.find(ANN, first);

        assertEquals(List.of(first, second), carts.list(ANN).stream().map(Handle::value).toList());
    }

    @Test
    void revoke_handle_isGonePermanently() {
        var handle = created(carts, ANN);

        assertTrue(carts.revoke(ANN, handle));

        assertFalse(carts.revoke(ANN, handle));
        assertEquals(Optional.empty(), carts.find(ANN, handle));
        assertEquals(List.of(), carts.list(ANN));
    }

    @Test
    void create_ownerFull_saysSo() {
        for (var n = 0; n < 3; n++) created(carts, ANN);

        assertEquals(new Creation.OwnerFull(), carts.create(ANN, STATE));
    }

    @Test
    void create_stateTooLargeOrTooDeepOrNone_leavesNothingBehind() {
        var deep = Json.arr();
        for (var i = 0; i < 70; i++) deep = Json.arr(deep);
        var tooDeep = Json.obj().with("deep", deep);

        assertThrows(StateTooLargeException.class, () -> carts.create(ANN, Json.obj().with("x", "x".repeat(1_000))));
        assertThrows(JsonException.class, () -> carts.create(ANN, tooDeep));
        assertThrows(NullPointerException.class, () -> carts.create(ANN, null));

        assertEquals(0, store.heldCount());
    }

    static Stream<Arguments> failures() {
        var steps = List.<Consumer<SessionStore>>of(
                store -> store.updateState(any(), any(Json.Obj.class)), store -> store.touch(any()), store -> store.find(any()));
        var failures = List.of(new SessionStoreException("away"), new IllegalStateException(), new OutOfMemoryError());
        return steps.stream().flatMap(step -> failures.stream().map(failure -> Arguments.of(step, failure)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void create_anyStepFails_leavesNothingBehind(Consumer<SessionStore> step, Throwable failure) {
        var failing = spy(store);
        step.accept(doThrow(failure).when(failing));
        var handles = new Handles(failing, "cart_");

        assertSame(failure, assertThrows(failure.getClass(), () -> handles.create(ANN, STATE)));

        assertEquals(0, store.heldCount());
    }

    @Test
    void create_failsAndCannotCleanUp_isNotSeenAndExpires() {
        var failing = spy(store);
        doThrow(new SessionStoreException("touch")).when(failing).touch(any());
        doThrow(new SessionStoreException("delete")).when(failing).delete(any());
        var failure = assertThrows(SessionStoreException.class, () -> new Handles(failing, "cart_").create(ANN, STATE));
        assertEquals("delete", failure.getSuppressed()[0].getMessage());

        var left = store.list().getFirst().id().value();
        assertEquals(List.of(), carts.list(ANN));
        assertEquals(Optional.empty(), carts.find(ANN, left));
        clock.advance(SessionPolicy.DEFAULT.provisionalTtl());
        assertEquals(List.of(), store.list());
    }

    @Test
    void update_handle_isChangedForItsOwnerAlone() {
        var handle = created(carts, ANN);

        var changed = carts.update(ANN, handle, state -> state.with("items", 4)).orElseThrow();

        assertEquals(Json.obj().with("items", 4), changed.state());
        assertEquals(Optional.empty(), carts.update(BOB, handle, _ -> Json.obj()));
        assertEquals(Optional.of(changed.state()), carts.find(ANN, handle).map(Handle::state));
    }

    @Test
    void find_aSessionWhoseIdBeginsLikeIt_isNoHandle() {
        var letters = new Handles(store, "A");
        var session = new SessionId("A".repeat(32));
        store.create(session, ANN, new Client("", "", Json.obj()));
        store.touch(session);

        assertEquals(Optional.empty(), letters.find(ANN, session.value()));
        assertFalse(letters.revoke(ANN, session.value()));
        assertEquals(List.of(), letters.list(ANN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "ä", "cart.", "x23456789012345678901234567890123"})
    void new_otherPrefix_isRefused(String prefix) {
        assertThrows(IllegalArgumentException.class, () -> new Handles(store, prefix));
    }
}
