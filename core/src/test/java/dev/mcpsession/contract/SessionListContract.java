package dev.mcpsession.contract;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Operations on many sessions: list, deleteAll, deleteExpired.
public interface SessionListContract extends SessionStoreFixture {

    @Test
    default void list_all_areTheLiving() {
        var store = open(POLICY);
        expired(store, ALICE);
        var alices = used(store, ALICE);
        var anybodys = minted(store, ANYBODY);
        store.delete(used(store, BOB));

        assertEquals(Set.of(alices, anybodys), ids(store.list()));

        assertTrue(store.list().contains(store.find(alices).orElseThrow()));
    }

    @Test
    default void list_ofAnOwner_areTheirLiving() {
        var store = open(POLICY);
        expired(store, ALICE);
        var one = used(store, ALICE);
        var other = used(store, ALICE);
        var anybodys = used(store, ANYBODY);
        store.delete(used(store, ALICE));

        assertEquals(Set.of(one, other), ids(store.list(ALICE)));
        assertEquals(Set.of(anybodys), ids(store.list(ANYBODY)));
        assertEquals(List.of(), store.list(BOB));
    }

    @Test
    default void deleteAll_owner_removesTheirsForEver() {
        var store = open(POLICY);
        var expired = expired(store, ALICE);
        var alices = Set.of(used(store, ALICE), minted(store, ALICE), used(store, ALICE));
        var bobs = used(store, BOB);
        var anybodys = used(store, ANYBODY);

        assertEquals(alices, store.deleteAll(ALICE));

        assertEquals(List.of(), store.list(ALICE));
        assertEquals(Set.of(bobs, anybodys), ids(store.list()));
        assertTrue(store.revive(expired, ALICE).isEmpty());
        assertEquals(2, store.heldCount());
        assertEquals(2, store.liveCount());
    }

    @Test
    default void deleteAll_unknownOwner_isEmpty() {
        assertEquals(Set.of(), open(POLICY).deleteAll(ALICE));
    }

    @Test
    default void deleteAll_thenCreate_isAllowed() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(1).build());
        minted(store, ALICE);
        store.deleteAll(ALICE);

        var id = minted(store, ALICE);

        assertEquals(Set.of(id), ids(store.list(ALICE)));
    }

    @Test
    default void deleteAll_anonymous_isMisuse() {
        var store = open(POLICY);

        assertThrows(IllegalArgumentException.class, () -> store.deleteAll(ANYBODY));
    }

    @Test
    default void deleteExpired_expired_isReportedOnce() {
        var store = open(POLICY);
        var used = used(store, ALICE);
        var anybodys = used(store, ANYBODY);
        elapse(TTL);
        var alive = used(store, ALICE);

        assertEquals(Set.of(used, anybodys), store.deleteExpired());

        assertEquals(Set.of(), store.deleteExpired());
        assertTrue(store.find(alive).isPresent());
    }

    @Test
    default void deleteExpired_provisional_isReportedOnce() {
        var store = open(POLICY);
        var id = minted(store, ALICE);

        elapse(POLICY.provisionalTtl());

        assertEquals(Set.of(id), store.deleteExpired());
        assertEquals(Set.of(), store.deleteExpired());
    }

    @Test
    default void deleteExpired_anonymous_isNotHeldAnyLonger() {
        var store = open(POLICY);
        used(store, ANYBODY);
        used(store, ALICE);

        elapse(TTL);
        store.deleteExpired();

        assertEquals(0, store.liveCount());
        assertEquals(1, store.heldCount());
    }

    @Test
    default void deleteExpired_touched_isNotReported() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        elapse(TTL.minus(MINUTE));
        store.touch(id);
        elapse(MINUTE);
        assertEquals(Set.of(), store.deleteExpired());

        elapse(TTL.minus(MINUTE));

        assertEquals(Set.of(id), store.deleteExpired());
    }

    @Test
    default void deleteExpired_foundDeadBefore_isReported() {
        var store = open(POLICY);
        var id = expired(store, ALICE);
        assertTrue(store.find(id).isEmpty());

        assertEquals(Set.of(id), store.deleteExpired());
    }

    @Test
    default void deleteExpired_revivedBefore_isNotReported() {
        var store = open(POLICY);
        var id = expired(store, ALICE);
        store.revive(id, ALICE);

        assertEquals(Set.of(), store.deleteExpired());
    }

    @Test
    default void deleteExpired_revivedAndExpiredAgain_isReportedAgain() {
        var store = open(POLICY);
        var id = expired(store, ALICE);
        assertEquals(Set.of(id), store.deleteExpired());
        store.revive(id, ALICE);
        assertEquals(Set.of(), store.deleteExpired());

        elapse(TTL);

        assertEquals(Set.of(id), store.deleteExpired());
    }

    @Test
    default void deleteExpired_deleted_isNotReported() {
        var store = open(POLICY);
        store.delete(used(store, ALICE));

        elapse(TTL);

        assertEquals(Set.of(), store.deleteExpired());
    }

    @Test
    default void deleteExpired_withinTheWindow_isKept() {
        var store = open(POLICY.toBuilder().revivalWindow(Duration.ofHours(1)).build());
        var id = expired(store, ALICE);
        store.deleteExpired();
        elapse(Duration.ofMinutes(59));

        store.deleteExpired();

        assertEquals(1, store.heldCount());
        assertTrue(store.revive(id, ALICE).isPresent());
    }

    @Test
    default void deleteExpired_pastTheWindow_isRemoved() {
        var store = open(POLICY.toBuilder().revivalWindow(Duration.ofHours(1)).build());
        var id = expired(store, ALICE);
        assertEquals(Set.of(id), store.deleteExpired());

        elapse(Duration.ofHours(1));

        assertEquals(Set.of(), store.deleteExpired());
        assertEquals(0, store.heldCount());
    }

    @Test
    default void deleteExpired_reportedAfterTheWindow_isRemovedAtOnce() {
        var store = open(POLICY.toBuilder().revivalWindow(Duration.ofHours(1)).build());
        var id = expired(store, ALICE);

        elapse(Duration.ofHours(1));

        assertEquals(Set.of(id), store.deleteExpired());
        assertEquals(0, store.heldCount());
    }

    @Test
    default void deleteExpired_pastTheMaximumAge_isRemoved() {
        var store = open(POLICY.toBuilder().maxAge(TTL.plus(MINUTE)).build());
        expired(store, ALICE);
        store.deleteExpired();
        assertEquals(1, store.heldCount());

        elapse(MINUTE);
        store.deleteExpired();

        assertEquals(0, store.heldCount());
    }

    private static Set<SessionId> ids(Collection<Session> sessions) {
        return sessions.stream().map(Session::id).collect(toSet());
    }
}
