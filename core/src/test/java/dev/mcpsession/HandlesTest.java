package dev.mcpsession;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.HandClock;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandlesTest {

    private static final Duration TTL = Duration.ofDays(7);
    private static final Owner ANN = Owner.principal("ann");
    private static final Owner BOB = Owner.principal("bob");
    private static final Json.Obj STATE = Json.obj().with("items", 3);

    private final HandClock clock = new HandClock();
    private final SessionStore store = new InMemorySessionStore(SessionPolicy.DEFAULT.withTtl(TTL).withMaxAge(TTL.multipliedBy(2))
            .withMaxSessionsPerOwner(3).withMaxStateBytes(1_000), clock);
    private final Handles carts = new Handles(store, "cart_");

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
        var other = minted(new Handles(store, "book_"), ANN);

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
        minted(new Handles(store, "book_"), ANN);
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
    void mint_stateTooLarge_leavesNothingBehind() {
        assertThrows(StateTooLargeException.class, () -> carts.mint(ANN, Json.obj().with("x", "x".repeat(1_000))));

        assertEquals(0, store.heldCount());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "ä", "cart.", "x23456789012345678901234567890123"})
    void new_otherPrefix_isRefused(String prefix) {
        assertThrows(IllegalArgumentException.class, () -> new Handles(store, prefix));
    }

    @Test
    void callerScope_nested_isTheInnerOneAndOutsideNobody() {
        assertTrue(CallerScope.current().isAnonymous());
        var seen = CallerScope.call(ANN, () -> List.of(CallerScope.current(), CallerScope.call(BOB, CallerScope::current), CallerScope.current()));

        assertEquals(List.of(ANN, BOB, ANN), seen);
        assertTrue(CallerScope.current().isAnonymous());
    }
}
