package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Reviving an expired session: by its owner, within the window.
public interface SessionRevivalContract extends SessionStoreFixture {

    @Test
    default void revive_byItsOwner_bringsItBackWithItsState() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        var before = store.updateState(id, Json.obj().with("key", "value")).orElseThrow();
        elapse(TTL.plus(MINUTE));

        var revived = store.revive(id, ALICE).orElseThrow();

        assertEquals(Optional.of(revived), store.find(id));
        assertEquals(before.state(), revived.state());
        assertEquals(before.stateVersion(), revived.stateVersion());
        assertEquals(before.client(), revived.client());
        assertFalse(revived.provisional());
        elapse(TTL.minus(MINUTE));
        assertTrue(store.touch(id));
    }

    @Test
    default void revive_foundDeadBefore_bringsItBack() {
        var store = open(POLICY);
        var id = expired(store, ALICE);
        assertTrue(store.find(id).isEmpty());
        store.deleteExpired();

        assertTrue(store.revive(id, ALICE).isPresent());

        assertTrue(store.find(id).isPresent());
    }

    @Test
    default void revive_byAnother_isRefused() {
        var store = open(POLICY);
        var id = expired(store, ALICE);

        assertTrue(store.revive(id, BOB).isEmpty());
        assertTrue(store.revive(id, ANYBODY).isEmpty());

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void delete_expiredByItsOwner_isNeverRevived() {
        var store = open(POLICY);
        var id = expired(store, ALICE);

        assertFalse(store.delete(id, ALICE));

        assertTrue(store.revive(id, ALICE).isEmpty());
        assertEquals(0, store.heldCount());
    }

    @Test
    default void delete_expiredAndItsOwnerFull_isNeverRevived() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(1).build());
        var id = expired(store, ALICE);
        var other = minted(store, ALICE);

        assertFalse(store.delete(id, ALICE));

        store.delete(other);
        assertTrue(store.revive(id, ALICE).isEmpty());
    }

    @Test
    default void delete_expiredByAnother_staysItsOwners() {
        var store = open(POLICY);
        var id = expired(store, ALICE);

        assertFalse(store.delete(id, BOB));
        assertFalse(store.delete(id, ANYBODY));

        assertTrue(store.revive(id, ALICE).isPresent());
    }

    @Test
    default void revive_anonymousSession_isRefused() {
        var store = open(POLICY);
        var id = expired(store, ANYBODY);

        assertTrue(store.revive(id, ANYBODY).isEmpty());
        assertTrue(store.revive(id, ALICE).isEmpty());

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void revive_alive_isTouched() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        elapse(TTL.minus(MINUTE));

        assertTrue(store.revive(id, ALICE).isPresent());

        elapse(TTL.minus(MINUTE));
        assertTrue(store.find(id).isPresent());
    }

    @Test
    default void revive_aliveByAnother_isRefusedAndNotTouched() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        elapse(TTL.minus(MINUTE));

        assertTrue(store.revive(id, BOB).isEmpty());

        elapse(MINUTE);
        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void revive_shortlyBeforeTheWindowEnds_bringsItBack() {
        var store = open(POLICY.toBuilder().revivalWindow(Duration.ofHours(1)).build());
        var id = expired(store, ALICE);

        elapse(Duration.ofMinutes(59));

        assertTrue(store.revive(id, ALICE).isPresent());
    }

    @Test
    default void revive_whenTheWindowEnds_isRefused() {
        var store = open(POLICY.toBuilder().revivalWindow(Duration.ofHours(1)).build());
        var id = expired(store, ALICE);

        elapse(Duration.ofHours(1));

        assertTrue(store.revive(id, ALICE).isEmpty());
        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void revive_withoutWindow_isRefused() {
        var store = open(POLICY.toBuilder().revivalWindow(Duration.ZERO).build());
        var id = expired(store, ALICE);

        assertTrue(store.revive(id, ALICE).isEmpty());
    }

    @Test
    default void revive_provisional_isRefused() {
        var store = open(POLICY);
        var id = minted(store, ALICE);

        elapse(POLICY.provisionalTtl());

        assertTrue(store.revive(id, ALICE).isEmpty());
    }

    @Test
    default void revive_provisionalWithTheSameTtl_isRefused() {
        var policy = POLICY.toBuilder().provisionalTtl(TTL).build();
        var store = open(policy);
        var minted = minted(store, ALICE);
        var used = used(store, ALICE);

        elapse(TTL);

        assertTrue(store.revive(minted, ALICE).isEmpty());
        assertTrue(store.revive(used, ALICE).isPresent());
    }

    @Test
    default void revive_deleted_isRefused() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        store.delete(id);

        assertTrue(store.revive(id, ALICE).isEmpty());
    }

    @Test
    default void revive_unknown_isRefused() {
        assertTrue(open(POLICY).revive(SessionId.random(), ALICE).isEmpty());
    }

    @Test
    default void revive_atItsMaximumAge_isRefused() {
        var store = open(POLICY.toBuilder().maxAge(TTL.plus(MINUTE)).build());
        var id = expired(store, ALICE);

        elapse(MINUTE);

        assertTrue(store.revive(id, ALICE).isEmpty());
    }

    @Test
    default void revive_shortlyBeforeItsMaximumAge_doesNotGoBeyond() {
        var store = open(POLICY.toBuilder().maxAge(TTL.plus(MINUTE.multipliedBy(2))).build());
        var id = expired(store, ALICE);
        elapse(MINUTE);
        assertTrue(store.revive(id, ALICE).isPresent());

        elapse(MINUTE);

        assertTrue(store.find(id).isEmpty());
        assertTrue(store.revive(id, ALICE).isEmpty());
    }

    @Test
    default void revive_againAndAgain_bringsItBackEachTime() {
        var store = open(POLICY);
        var id = expired(store, ALICE);

        for (int i = 0; i < 3; i++) {
            assertTrue(store.revive(id, ALICE).isPresent());
            elapse(TTL);
            assertTrue(store.find(id).isEmpty());
        }
    }

    @Test
    default void revive_ownerFull_isRefused() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(1).build());
        var id = expired(store, ALICE);
        var newer = used(store, ALICE);

        assertTrue(store.revive(id, ALICE).isEmpty());

        store.delete(newer);
        assertTrue(store.revive(id, ALICE).isPresent());
    }
}
