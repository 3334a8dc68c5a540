package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import org.junit.jupiter.api.Test;

/// Limits on the number of sessions.
public interface SessionLimitsContract extends SessionStoreFixture {

    @Test
    default void create_ownerHasAsManyAsAllowed_isRefused() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(2).build());
        var one = minted(store, ALICE);
        used(store, ALICE);

        assertInstanceOf(CreateResult.OwnerFull.class, store.create(SessionId.random(), ALICE, CLIENT));

        assertEquals(2, store.list(ALICE).size());
        minted(store, BOB);
        store.delete(one);
        minted(store, ALICE);
    }

    @Test
    default void create_ownersSessionsExpired_isAllowed() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(2).build());
        used(store, ALICE);
        var expired = expired(store, ALICE);

        minted(store, ALICE);

        minted(store, ALICE);
        assertInstanceOf(CreateResult.OwnerFull.class, store.create(SessionId.random(), ALICE, CLIENT));
        assertTrue(store.find(expired).isEmpty());
    }

    @Test
    default void create_anonymous_hasNoLimitForAnOwner() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(1).build());

        for (int i = 0; i < 3; i++) minted(store, ANYBODY);

        assertEquals(3, store.liveCount());
    }

    @Test
    default void create_storeFull_isRefused() {
        var store = open(POLICY.toBuilder().maxSessions(2).build());
        var one = used(store, ALICE);
        used(store, ANYBODY);

        assertInstanceOf(CreateResult.StoreFull.class, store.create(SessionId.random(), BOB, CLIENT));
        assertInstanceOf(CreateResult.StoreFull.class, store.create(SessionId.random(), ANYBODY, CLIENT));

        assertEquals(2, store.heldCount());
        store.delete(one);
        minted(store, BOB);
    }

    @Test
    default void create_storeFullOfExpired_dropsTheOldest() {
        var store = open(POLICY.toBuilder().maxSessions(2).build());
        var oldest = expired(store, ALICE);
        var younger = expired(store, BOB);

        minted(store, ALICE);

        assertEquals(2, store.heldCount());
        assertTrue(store.revive(oldest, ALICE).isEmpty());
        assertTrue(store.revive(younger, BOB).isPresent());
        assertInstanceOf(CreateResult.StoreFull.class, store.create(SessionId.random(), ALICE, CLIENT));
    }

    @Test
    default void create_refusedForItsOwner_takesNoPlace() {
        var store = open(POLICY.toBuilder().maxSessions(2).maxSessionsPerOwner(1).build());
        minted(store, ALICE);
        for (int i = 0; i < 3; i++) store.create(SessionId.random(), ALICE, CLIENT);

        minted(store, BOB);

        assertEquals(2, store.heldCount());
    }

    @Test
    default void create_idInUse_takesNoPlace() {
        var store = open(POLICY.toBuilder().maxSessions(2).build());
        var id = minted(store, ALICE);
        for (int i = 0; i < 3; i++) {
            try {
                store.create(id, BOB, CLIENT);
            } catch (IllegalArgumentException _) {
                // as promised
            }
        }

        minted(store, BOB);

        assertEquals(2, store.liveCount());
    }

    @Test
    default void liveCount_andHeldCount_followASession() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        assertCounts(store, 1, 1);

        elapse(TTL);
        store.deleteExpired();
        assertCounts(store, 0, 1);

        store.revive(id, ALICE);
        assertCounts(store, 1, 1);

        store.delete(id);
        assertCounts(store, 0, 0);
    }

    @Test
    default void heldCount_provisionalExpired_isZero() {
        var store = open(POLICY);
        minted(store, ALICE);
        minted(store, Owner.anonymous());

        elapse(POLICY.provisionalTtl());
        store.deleteExpired();

        assertCounts(store, 0, 0);
    }

    private static void assertCounts(SessionStore store, long live, long held) {
        assertEquals(live, store.liveCount());
        assertEquals(held, store.heldCount());
    }
}
