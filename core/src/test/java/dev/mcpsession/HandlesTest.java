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

import dev.mcpsession.contract.HandClock;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

    @AfterEach
    void close() {
        carts.close();
        books.close();
    }

    private static String minted(Handles handles, Owner owner) {
        return assertInstanceOf(CreateResult.Created.class, handles.mint(owner, STATE)).session().id().value();
    }

    @Test
    void mint_handle_isPrefixedUnguessableAndOfItsOwner() {
        var created = assertInstanceOf(CreateResult.Created.class, carts.mint(ANN, STATE)).session();

        assertTrue(created.id().value().matches("cart_[A-Za-z0-9_-]{32}"), created.id().value());
        assertEquals(ANN, created.owner());
        assertEquals(STATE, created.state());
        assertFalse(created.id().value().equals(minted(carts, ANN)));
    }

    @Test
    void mint_unused_livesItsWholeTimeToLive() {
        var handle = minted(carts, ANN);
        clock.advance(TTL.minusMillis(1));
        assertEquals(Optional.of(STATE), carts.find(ANN, handle).map(Session::state));
        clock.advance(TTL.minusMillis(1)); // it was used
        assertTrue(carts.find(ANN, handle).isPresent());

        clock.advance(Duration.ofMillis(2)); // its maximum age

        assertTrue(carts.find(ANN, handle).isEmpty());
    }

    @Test
    void find_notThisCallersOrKind_looksLikeNone() {
        var handle = minted(carts, ANN);
        var other = minted(books, ANN);

        for (var wrong : List.of(other, "", "cart_", handle + "x", handle.substring(5), "cart_" + "x".repeat(200), "ä")) {
            assertEquals(Optional.empty(), carts.find(ANN, wrong), wrong);
            assertFalse(carts.revoke(ANN, wrong), wrong);
        }
        for (var stranger : List.of(BOB, Owner.token("ann"), Owner.anonymous())) {
            assertEquals(Optional.empty(), carts.find(stranger, handle));
            assertFalse(carts.revoke(stranger, handle));
        }
        assertTrue(carts.find(ANN, handle).isPresent());
    }

    @Test
    void find_ofAnAnonymousCaller_isOpenToWhoeverHasIt() {
        var handle = minted(carts, Owner.anonymous());

        assertTrue(carts.find(Owner.anonymous(), handle).isPresent());
        assertTrue(carts.find(ANN, handle).isPresent());
        assertEquals(List.of(), carts.list(Owner.anonymous()));
        assertEquals(Optional.empty(), carts.latest(Owner.anonymous()));
    }

    @Test
    void latest_several_isTheOneUsedLast() {
        assertEquals(Optional.empty(), carts.latest(ANN));
        var first = minted(carts, ANN);
        clock.advance(Duration.ofSeconds(1));
        var second = minted(carts, ANN);
        minted(books, ANN);
        minted(carts, BOB);
        assertEquals(Optional.of(second), carts.latest(ANN).map(session -> session.id().value()));

        clock.advance(Duration.ofSeconds(1));
        carts.find(ANN, first);

        assertEquals(List.of(first, second), carts.list(ANN).stream().map(session -> session.id().value()).toList());
    }

    @Test
    void revoke_handle_isGoneForEver() {
        var handle = minted(carts, ANN);

        assertTrue(carts.revoke(ANN, handle));

        assertFalse(carts.revoke(ANN, handle));
        assertEquals(Optional.empty(), carts.find(ANN, handle));
        assertEquals(List.of(), carts.list(ANN));
    }

    @Test
    void mint_ownerFull_saysSo() {
        for (var n = 0; n < 3; n++) minted(carts, ANN);

        assertEquals(new CreateResult.OwnerFull(), carts.mint(ANN, STATE));
    }

    @Test
    void mint_stateTooLargeOrTooDeepOrNone_leavesNothingBehind() {
        var deep = Json.arr();
        for (var i = 0; i < 70; i++) deep = Json.arr(deep);
        var tooDeep = Json.obj().with("deep", deep);

        assertThrows(StateTooLargeException.class, () -> carts.mint(ANN, Json.obj().with("x", "x".repeat(1_000))));
        assertThrows(JsonException.class, () -> carts.mint(ANN, tooDeep));
        assertThrows(NullPointerException.class, () -> carts.mint(ANN, null));

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
    void mint_anyStepFails_leavesNothingBehind(Consumer<SessionStore> step, Throwable failure) {
        var failing = spy(store);
        step.accept(doThrow(failure).when(failing));
        try (var handles = new Handles(failing, "cart_")) {
            assertSame(failure, assertThrows(failure.getClass(), () -> handles.mint(ANN, STATE)));
        }

        assertEquals(0, store.heldCount());
    }

    @Test
    void mint_failsAndCannotCleanUp_isNotSeenAndGoesByItself() {
        var failing = spy(store);
        doThrow(new SessionStoreException("touch")).when(failing).touch(any());
        doThrow(new SessionStoreException("delete")).when(failing).delete(any());
        try (var handles = new Handles(failing, "cart_")) {
            var failure = assertThrows(SessionStoreException.class, () -> handles.mint(ANN, STATE));
            assertEquals("delete", failure.getSuppressed()[0].getMessage());
        }

        var left = store.list().getFirst().id().value();
        assertEquals(List.of(), carts.list(ANN));
        assertEquals(Optional.empty(), carts.find(ANN, left));
        clock.advance(SessionPolicy.DEFAULT.provisionalTtl());
        assertEquals(List.of(), store.list());
    }

    @Test
    @Timeout(60)
    void expired_tenThousandHandles_areGoneThoughNobodyCalls() throws InterruptedException {
        var policy = SessionPolicy.builder().ttl(Duration.ofMillis(20)).build(); // sweeps each millisecond, and expires by the hand clock
        var brief = new InMemorySessionStore(policy.toBuilder().provisionalTtl(Duration.ofMillis(20)).build(), clock);
        try (var handles = new Handles(brief, "cart_")) {
            for (var i = 0; i < 10_000; i++) minted(handles, i % 2 == 0 ? Owner.anonymous() : Owner.principal("owner " + i));
            assertEquals(10_000, brief.heldCount());

            clock.advance(Duration.ofMillis(20));

            while (brief.heldCount() > 0) Thread.sleep(1); // not a spin, which the time limit could not interrupt
        }
    }

    @Test
    @Timeout(60)
    void expired_twoKindsInOneStore_areGoneWhicheverSweeps() throws InterruptedException {
        var policy = SessionPolicy.builder().ttl(Duration.ofMillis(20)).build(); // sweeps each millisecond, and expires by the hand clock
        var shared = new InMemorySessionStore(policy.toBuilder().provisionalTtl(Duration.ofMillis(20)).build(), clock);
        var session = SessionId.random();
        shared.create(session, ANN, new Client("", "", Json.obj()));
        shared.touch(session);
        try (var one = new Handles(shared, "cart_"); var other = new Handles(shared, "book_")) {
            for (var i = 0; i < 100; i++) minted(i % 2 == 0 ? one : other, Owner.principal("owner " + i));

            clock.advance(Duration.ofMillis(20));

            while (shared.heldCount() > 1) Thread.sleep(1); // so that the time limit can interrupt it
        }
        assertTrue(shared.revive(session, ANN).isPresent()); // a session is not a handle
    }

    @Test
    void updateState_handle_isChangedForItsOwnerAlone() {
        var handle = minted(carts, ANN);

        var changed = carts.updateState(ANN, handle, state -> state.with("items", 4)).orElseThrow();

        assertEquals(Json.obj().with("items", 4), changed.state());
        assertEquals(Optional.empty(), carts.updateState(BOB, handle, _ -> Json.obj()));
        assertEquals(Optional.of(changed.state()), carts.find(ANN, handle).map(Session::state));
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
        letters.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "ä", "cart.", "x23456789012345678901234567890123"})
    void new_otherPrefix_isRefused(String prefix) {
        assertThrows(IllegalArgumentException.class, () -> new Handles(store, prefix));
    }
}
