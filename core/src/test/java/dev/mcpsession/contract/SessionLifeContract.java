package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// From a session's creation to its end: create, find, touch, keepAlive, delete.
public interface SessionLifeContract extends SessionStoreFixture {

    @Test
    default void create_newId_isProvisionalWithEmptyState() {
        var store = open(POLICY);
        var id = SessionId.random();

        var created = assertInstanceOf(CreateResult.Created.class, store.create(id, ALICE, CLIENT)).session();

        assertEquals(id, created.id());
        assertEquals(ALICE, created.owner());
        assertEquals(CLIENT, created.client());
        assertEquals(created.createdAt(), created.lastActiveAt());
        assertEquals(POLICY.firstExpiry(created.createdAt()), created.expiresAt());
        assertTrue(created.provisional());
        assertEquals(Json.obj(), created.state());
        assertEquals(0, created.stateVersion());
    }

    @Test
    default void create_newId_isFoundAsItWasCreated() {
        var store = open(POLICY);
        var id = SessionId.random();

        var created = assertInstanceOf(CreateResult.Created.class, store.create(id, ANYBODY, CLIENT)).session();

        assertEquals(Optional.of(created), store.find(id));
    }

    @Test
    default void create_idInUse_isRefusedAndChangesNothing() {
        var store = open(POLICY);
        var id = minted(store, ALICE);
        var before = store.find(id);

        assertThrows(IllegalArgumentException.class, () -> store.create(id, BOB, CLIENT));

        assertEquals(before, store.find(id));
        assertEquals(1, store.heldCount());
        assertEquals(List.of(), store.list(BOB));
    }

    @Test
    default void create_idOfAnExpiredSession_isRefused() {
        var store = open(POLICY);
        var id = expired(store, ALICE);

        assertThrows(IllegalArgumentException.class, () -> store.create(id, BOB, CLIENT));

        assertTrue(store.revive(id, ALICE).isPresent());
    }

    @Test
    default void create_notUsed_expiresSoon() {
        var store = open(POLICY);
        var id = minted(store, ALICE);

        elapse(POLICY.provisionalTtl());

        assertTrue(store.find(id).isEmpty());
        assertFalse(store.touch(id));
    }

    @Test
    default void find_unknown_isEmpty() {
        assertTrue(open(POLICY).find(SessionId.random()).isEmpty());
    }

    @Test
    default void find_shortlyBeforeItsExpiry_isPresent() {
        var store = open(POLICY);
        var id = used(store, ALICE);

        elapse(TTL.minus(MINUTE));

        assertTrue(store.find(id).isPresent());
    }

    @Test
    default void find_atItsExpiry_isEmpty() {
        var store = open(POLICY);
        var id = used(store, ALICE);

        elapse(TTL);

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void find_doesNotTouch() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        elapse(TTL.minus(MINUTE));
        assertTrue(store.find(id).isPresent());

        elapse(MINUTE);

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void find_snapshot_doesNotChangeLater() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        var before = store.find(id).orElseThrow();
        var copy = new Session(before.id(), before.owner(), before.client(), before.createdAt(), before.lastActiveAt(),
                before.expiresAt(), before.provisional(), before.state(), before.stateVersion());

        elapse(MINUTE);
        store.touch(id);
        store.updateState(id, Json.obj().with("key", "value"));
        store.delete(id);

        assertEquals(copy, before);
    }

    @Test
    default void touch_alive_slidesTheExpiry() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        var before = store.find(id).orElseThrow();
        elapse(TTL.minus(MINUTE));

        assertTrue(store.touch(id));

        var after = store.find(id).orElseThrow();
        assertTrue(after.expiresAt().isAfter(after.createdAt().plus(TTL)));
        assertEquals(after.expiresAt(), after.lastActiveAt().plus(TTL));
        assertEquals(before.state(), after.state());
        elapse(TTL.minus(MINUTE));
        assertTrue(store.find(id).isPresent());
    }

    @Test
    default void touch_provisional_makesItLiveForItsTtl() {
        var store = open(POLICY);
        var id = minted(store, ALICE);

        assertTrue(store.touch(id));

        assertFalse(store.find(id).orElseThrow().provisional());
        elapse(TTL.minus(MINUTE));
        assertTrue(store.find(id).isPresent());
    }

    @Test
    default void touch_atItsExpiry_doesNotRevive() {
        var store = open(POLICY);
        var id = used(store, ALICE);

        elapse(TTL);

        assertFalse(store.touch(id));
        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void touch_againAndAgain_endsAtTheMaximumAge() {
        var store = open(POLICY.toBuilder().maxAge(TTL.multipliedBy(2)).build());
        var id = used(store, ALICE);

        for (int i = 0; i < 3; i++) {
            elapse(TTL.dividedBy(2));
            assertTrue(store.touch(id));
        }

        elapse(TTL.dividedBy(2));
        assertFalse(store.touch(id));
        assertTrue(store.find(id).isEmpty());
    }

    @Test
    default void touch_unknown_isFalse() {
        assertFalse(open(POLICY).touch(SessionId.random()));
    }

    @Test
    default void keepAlive_mixed_touchesAndAnswersTheLiving() {
        var store = open(POLICY);
        var expired = expired(store, ALICE);
        var one = used(store, ALICE);
        var other = minted(store, ANYBODY);
        var deleted = used(store, BOB);
        store.delete(deleted);

        var alive = store.keepAlive(List.of(one, expired, SessionId.random(), other, deleted, one));

        assertEquals(Set.of(one, other), alive);
        elapse(TTL.minus(MINUTE));
        assertTrue(store.find(one).isPresent());
        assertTrue(store.find(other).isPresent());
        assertTrue(store.find(expired).isEmpty());
    }

    @Test
    default void keepAlive_none_isEmpty() {
        assertEquals(Set.of(), open(POLICY).keepAlive(List.of()));
    }

    @Test
    default void keepAlive_againAndAgain_endsAtTheMaximumAge() {
        var store = open(POLICY.toBuilder().maxAge(TTL.plus(MINUTE)).build());
        var id = used(store, ALICE);
        elapse(TTL.minus(MINUTE));
        assertEquals(Set.of(id), store.keepAlive(List.of(id)));

        elapse(Duration.ofMinutes(2));

        assertEquals(Set.of(), store.keepAlive(List.of(id)));
    }

    @Test
    default void delete_byItsOwner_isGone() {
        var store = open(POLICY);
        var id = used(store, ALICE);

        assertTrue(store.delete(id, ALICE));

        assertTrue(store.find(id).isEmpty());
        assertFalse(store.delete(id, ALICE));
        assertEquals(0, store.heldCount());
    }

    @Test
    default void delete_byAnother_changesNothing() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        var before = store.find(id);

        assertFalse(store.delete(id, BOB));
        assertFalse(store.delete(id, ANYBODY));
        assertFalse(store.delete(SessionId.random(), ALICE));

        assertEquals(before, store.find(id));
    }

    @Test
    default void delete_anonymousSession_isOpenToWhoeverHasItsId() {
        var store = open(POLICY);

        assertTrue(store.delete(used(store, ANYBODY), ANYBODY));
        assertTrue(store.delete(used(store, ANYBODY), ALICE));

        assertEquals(0, store.heldCount());
    }

    @Test
    default void delete_alive_isGone() {
        var store = open(POLICY);
        var id = used(store, ALICE);

        assertTrue(store.delete(id));

        assertTrue(store.find(id).isEmpty());
        assertFalse(store.touch(id));
        assertFalse(store.delete(id));
        assertEquals(0, store.heldCount());
    }

    @Test
    default void delete_expired_isFalseAndGone() {
        var store = open(POLICY);
        var id = expired(store, ALICE);

        assertFalse(store.delete(id));

        assertEquals(0, store.heldCount());
        assertTrue(store.revive(id, ALICE).isEmpty());
    }

    @Test
    default void delete_unknown_isFalse() {
        assertFalse(open(POLICY).delete(SessionId.random()));
    }

    @Test
    default void policy_isWhatItWasOpenedWith() {
        var policy = POLICY.toBuilder().ttl(MINUTE).build();

        assertEquals(policy, open(policy).policy());
    }

    @Test
    default void close_twice_isAsOnce() {
        var store = open(POLICY);

        store.close();

        store.close();
    }
}
