package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Stores of different kinds in the same place are independent.
public interface SessionKindsContract extends SessionStoreFixture {

    String OTHER = "cart";

    @Test
    default void kinds_sameId_areTwoSessions() {
        var store = open(POLICY);
        var other = open(OTHER, POLICY);
        var id = used(store, ALICE);

        assertTrue(isUnknown(other, id));
        assertInstanceOf(CreateResult.Created.class, other.create(id, BOB, CLIENT));
        assertTrue(other.touch(id));
        assertTrue(other.updateState(id, Json.obj().with("a", 1)).isPresent());
        assertEquals(ALICE, store.find(id).orElseThrow().owner());
        assertEquals(Json.obj(), store.find(id).orElseThrow().state());
        assertEquals(BOB, other.find(id).orElseThrow().owner());
        assertTrue(store.delete(id));
        assertTrue(other.delete(id));
    }

    private boolean isUnknown(SessionStore store, SessionId id) {
        return store.find(id).isEmpty() && !store.touch(id) && store.keepAlive(List.of(id)).isEmpty()
                && store.revive(id, ALICE).isEmpty() && !store.delete(id) && !store.delete(id, ALICE)
                && store.updateState(id, Json.obj()).isEmpty() && store.updateState(id, state -> state).isEmpty()
                && store.list().isEmpty() && store.list(ALICE).isEmpty() && store.deleteAll(ALICE).isEmpty();
    }

    @Test
    default void kinds_limits_areEachItsOwn() {
        var store = open(POLICY.toBuilder().maxSessions(2).maxSessionsPerOwner(1).build());
        var other = open(OTHER, POLICY.toBuilder().maxSessions(3).maxSessionsPerOwner(2).build());
        minted(store, ALICE);
        minted(store, ANYBODY);

        minted(other, ALICE);
        minted(other, ALICE);
        assertEquals(new CreateResult.OwnerFull(), other.create(SessionId.random(), ALICE, CLIENT));
        minted(other, ANYBODY);

        assertEquals(new CreateResult.StoreFull(), store.create(SessionId.random(), BOB, CLIENT));
        assertEquals(new CreateResult.StoreFull(), other.create(SessionId.random(), BOB, CLIENT));
        assertEquals(List.of(2L, 2L), List.of(store.heldCount(), store.liveCount()));
        assertEquals(List.of(3L, 3L), List.of(other.heldCount(), other.liveCount()));
    }

    @Test
    default void kinds_sweeps_areEachItsOwn() {
        var store = open(POLICY);
        var other = open(OTHER, POLICY.toBuilder().ttl(Duration.ofDays(1)).maxAge(Duration.ofDays(2)).revivalWindow(Duration.ZERO).build());
        var session = used(store, ALICE);
        var cart = used(other, ALICE);
        elapse(TTL);

        assertEquals(Set.of(), other.deleteExpired());
        assertEquals(Set.of(session), store.deleteExpired());
        assertFalse(other.find(cart).isEmpty());
        elapse(Duration.ofDays(1));
        assertEquals(Set.of(), store.deleteExpired());
        assertEquals(Set.of(cart), other.deleteExpired());
        assertEquals(0, other.heldCount());
    }

    @Test
    default void kinds_fullOfExpired_makeRoomInTheirOwn() {
        var store = open(POLICY.toBuilder().maxSessions(1).build());
        var other = open(OTHER, POLICY.toBuilder().maxSessions(1).build());
        var kept = used(store, ALICE);
        var dropped = used(other, ALICE);
        elapse(TTL);

        minted(other, BOB);

        assertTrue(other.revive(dropped, ALICE).isEmpty());
        assertTrue(store.revive(kept, ALICE).isPresent());
    }
}
