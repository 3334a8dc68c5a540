package dev.mcpsession.contract;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult.Created;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Invariants when several threads use the same session, owner or limit, asserted for each item.
public interface SessionRacesContract extends SessionStoreFixture {

    int THREADS = 4;

    @Test
    default void delete_racingRevive_isNeverOutlived() {
        var store = open(manyPerOwner());
        var ids = many(() -> used(store, ALICE));
        elapse(TTL);

        Race.onEach(ids, store::delete, id -> store.revive(id, ALICE));

        for (var id : ids) assertTrue(store.find(id).isEmpty() && store.revive(id, ALICE).isEmpty());
        assertEmpty(store);
    }

    @Test
    default void delete_byItsOwnerRacingRevive_isNeverOutlived() {
        var store = open(manyPerOwner());
        var ids = many(() -> used(store, ALICE));
        elapse(TTL);

        Race.onEach(ids, id -> store.delete(id, ALICE), id -> store.revive(id, ALICE));

        for (var id : ids) assertTrue(store.find(id).isEmpty() && store.revive(id, ALICE).isEmpty());
        assertEmpty(store);
    }

    @Test
    default void delete_byTwoOwnersAtOnce_isTheOwnersAlone() {
        var store = open(manyPerOwner());
        var ids = many(() -> used(store, ALICE));
        var deleted = new Outcomes<SessionId>();

        Race.onEach(ids, id -> deleted.put(id, store.delete(id, ALICE)), id -> assertFalse(store.delete(id, BOB)));

        for (var id : ids) assertTrue(deleted.of(id));
        assertEmpty(store);
    }

    @Test
    default void delete_racingTouch_isNeverOutlived() {
        var store = open(manyPerOwner());
        var ids = many(() -> used(store, ALICE));

        Race.onEach(ids, store::delete, store::touch);

        for (var id : ids) assertFalse(store.touch(id));
        assertEmpty(store);
    }

    @Test
    default void touch_racingExpiry_neverBringsBackWhatWasFoundDead() {
        var store = open(manyPerOwner());
        var touched = new Outcomes<SessionId>();
        var alive = new Outcomes<SessionId>();

        Race.onEachPrepared(many(SessionId::random), id -> useAndWait(store, id), id -> touched.put(id, store.touch(id)), id -> {
            elapse(MINUTE);
            alive.put(id, store.find(id).isPresent());
        }, id -> {
            assertEquals(alive.of(id), store.find(id).isPresent());
            assertTrue(touched.of(id) || !alive.of(id));
            store.delete(id);
        });
    }

    @Test
    default void touch_racingDeleteExpired_neverBringsBackWhatWasReported() {
        var store = open(manyPerOwner());
        var reported = ConcurrentHashMap.<SessionId>newKeySet();

        Race.onEachPrepared(many(SessionId::random), id -> useAndWait(store, id), store::touch, _ -> {
            elapse(MINUTE);
            reported.addAll(store.deleteExpired());
        }, id -> {
            var isAlive = store.find(id).isPresent();
            if (!isAlive) reported.addAll(store.deleteExpired()); // the touch may have blocked the first sweep
            assertEquals(!reported.contains(id), isAlive);
            store.delete(id);
        });
    }

    @Test
    default void revive_byTwoAtOnce_refusesNeither() {
        var store = open(manyPerOwner());
        var ids = many(() -> used(store, ALICE));
        for (var id : ids) store.updateState(id, Json.obj().with("key", id.value()));
        elapse(TTL);
        var one = new Outcomes<SessionId>();
        var other = new Outcomes<SessionId>();

        Race.onEach(ids,
                id -> one.put(id, store.revive(id, ALICE).isPresent()),
                id -> other.put(id, store.revive(id, ALICE).isPresent()));

        for (var id : ids) {
            assertTrue(one.of(id) && other.of(id));
            assertEquals(Json.obj().with("key", id.value()), store.find(id).orElseThrow().state());
        }
        assertEquals(ids.size(), store.liveCount());
    }

    @Test
    default void create_byManyAtTheStoresLimit_admitsAsMany() {
        var limit = rounds() / 2;
        var store = open(manyPerOwner().toBuilder().maxSessions(limit).build());

        var created = united(Race.by(THREADS, () -> createdOf(rounds() / THREADS, store, ANYBODY)));

        assertAtLimit(limit, THREADS, created.size());
        assertEquals(created.size(), store.heldCount());
        assertEquals(created, ids(store.list()));
    }

    @Test
    default void create_byTwoForTheLastPlace_oneWins() {
        var store = open(POLICY.toBuilder().maxSessions(1).build());
        var created = ConcurrentHashMap.<SessionId>newKeySet();

        Race.onEachPrepared(IntStream.range(0, rounds()).boxed().toList(), _ -> created.clear(),
                _ -> created.addAll(createdOf(1, store, ANYBODY)),
                _ -> created.addAll(createdOf(1, store, ANYBODY)),
                _ -> {
                    assertAtLimit(1, 2, created.size());
                    created.forEach(store::delete);
                });

        assertEmpty(store);
    }

    @Test
    default void create_byManyAtTheOwnersLimit_admitsAsMany() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(3).build());
        var owners = many(() -> Owner.principal(SessionId.random().value()));
        var created = ConcurrentHashMap.<SessionId>newKeySet();

        Race.onEach(owners,
                owner -> created.addAll(createdOf(2, store, owner)),
                owner -> created.addAll(createdOf(2, store, owner)));

        for (var owner : owners) assertAtLimit(3, 2, store.list(owner).size());
        assertEquals(created.size(), store.heldCount());
        assertEquals(created, ids(store.list()));
    }

    @Test
    default void create_whenEachThreadDeletesItsLast_isNeverRefused() {
        var store = open(POLICY.toBuilder().maxSessions(THREADS).maxSessionsPerOwner(THREADS).build());

        var created = Race.by(THREADS, () -> {
            int count = 0;
            for (int i = 0; i < rounds(); i++) {
                for (var id : createdOf(1, store, ALICE)) {
                    count++;
                    store.delete(id);
                }
            }
            return count;
        });

        assertEquals(List.of(rounds(), rounds(), rounds(), rounds()), created);
        assertEmpty(store);
    }

    @Test
    default void create_whileAnotherOwnerIsRefused_isNeverRefused() {
        var store = open(POLICY.toBuilder().maxSessions(2).maxSessionsPerOwner(1).build());
        minted(store, ALICE);
        var created = new Outcomes<Integer>();

        Race.onEach(IntStream.range(0, rounds()).boxed().toList(),
                _ -> store.create(SessionId.random(), ALICE, CLIENT),
                round -> createdOf(1, store, BOB).forEach(id -> created.put(round, store.delete(id))));

        for (int round = 0; round < rounds(); round++) assertTrue(created.of(round));
    }

    @Test
    default void create_byManyInAStoreFullOfExpired_dropsOneForEach() {
        var store = open(manyPerOwner().toBuilder().maxSessions(rounds()).build());
        many(() -> used(store, ALICE));
        elapse(TTL);

        var created = united(Race.by(THREADS, () -> createdOf(rounds() / THREADS, store, BOB)));

        assertEquals(rounds() / THREADS * THREADS, created.size());
        assertEquals(created, ids(store.list()));
        assertAtLimit(rounds(), THREADS, store.heldCount());
    }

    @Test
    default void create_racingReviveForTheOwnersLastPlace_oneWins() {
        var store = open(POLICY.toBuilder().maxSessionsPerOwner(1).build());
        var expired = new HashMap<Owner, SessionId>();
        for (var owner : many(() -> Owner.principal(SessionId.random().value()))) expired.put(owner, used(store, owner));
        elapse(TTL);
        var created = new Outcomes<Owner>();
        var revived = new Outcomes<Owner>();

        Race.onEach(List.copyOf(expired.keySet()),
                owner -> created.put(owner, !createdOf(1, store, owner).isEmpty()),
                owner -> revived.put(owner, store.revive(expired.get(owner), owner).isPresent()));

        for (var owner : expired.keySet()) {
            var admitted = (created.of(owner) ? 1 : 0) + (revived.of(owner) ? 1 : 0);
            assertAtLimit(1, 2, admitted);
            assertEquals(admitted, store.list(owner).size());
        }
    }

    @Test
    default void deleteAll_racingCreate_leavesOnlyWhatCameAfter() {
        var store = open(POLICY);
        var before = new HashMap<Owner, SessionId>();
        for (var owner : many(() -> Owner.principal(SessionId.random().value()))) before.put(owner, minted(store, owner));
        var deleted = new ConcurrentHashMap<Owner, Set<SessionId>>();
        var created = new ConcurrentHashMap<Owner, SessionId>();

        Race.onEach(List.copyOf(before.keySet()),
                owner -> deleted.put(owner, store.deleteAll(owner)),
                owner -> created.put(owner, minted(store, owner)));

        for (var owner : before.keySet()) {
            var after = created.get(owner);
            assertTrue(deleted.get(owner).contains(before.get(owner)) && store.find(before.get(owner)).isEmpty());
            assertTrue(deleted.get(owner).contains(after) ^ store.find(after).isPresent());
            assertEquals(store.find(after).isPresent(), ids(store.list(owner)).contains(after));
        }
    }

    @Test
    default void deleteAll_racingRevive_isNeverOutlived() {
        var store = open(POLICY);
        var expired = new HashMap<Owner, SessionId>();
        for (var owner : many(() -> Owner.principal(SessionId.random().value()))) expired.put(owner, used(store, owner));
        elapse(TTL);

        Race.onEach(List.copyOf(expired.keySet()), store::deleteAll, owner -> store.revive(expired.get(owner), owner));

        expired.forEach((owner, id) -> assertTrue(store.find(id).isEmpty() && store.revive(id, owner).isEmpty()));
        assertEmpty(store);
    }

    @Test
    default void updateState_counterOfMany_losesNone() {
        var store = open(POLICY);
        var id = minted(store, ALICE);
        var each = rounds() / THREADS;

        Race.by(THREADS, () -> {
            for (int i = 0; i < each; i++) store.updateState(id, SessionRacesContract::incremented).orElseThrow();
            return null;
        });

        var after = store.find(id).orElseThrow();
        assertEquals(Json.obj().with("count", (long) each * THREADS), after.state());
        assertEquals((long) each * THREADS, after.stateVersion());
    }

    @Test
    default void updateState_patchesOfTwo_loseNoKey() {
        var store = open(POLICY);
        var ids = many(() -> minted(store, ANYBODY));

        Race.onEach(ids,
                id -> store.updateState(id, Json.obj().with("a", 1)),
                id -> store.updateState(id, Json.obj().with("b", 1)));

        for (var id : ids) assertEquals(Json.obj().with("a", 1).with("b", 1), store.find(id).orElseThrow().state());
    }

    @Test
    default void deleteExpired_byManyAtOnce_reportsEachOnce() {
        var store = open(manyPerOwner());
        var ids = many(() -> used(store, ALICE));
        elapse(TTL);

        var reported = Race.by(THREADS, store::deleteExpired).stream().flatMap(Set::stream).toList();

        assertEquals(ids.size(), reported.size());
        assertEquals(Set.copyOf(ids), Set.copyOf(reported));
    }

    private void assertAtLimit(int limit, int concurrent, long count) {
        assertTrue(limit <= count && count <= limit + overshoot(concurrent), () -> count + " at a limit of " + limit);
    }

    /// What happened to each item.
    final class Outcomes<T> {

        private final Map<T, Boolean> outcomes = new ConcurrentHashMap<>();

        void put(T item, boolean outcome) {
            outcomes.put(item, outcome);
        }

        boolean of(T item) {
            return outcomes.getOrDefault(item, false);
        }
    }

    private SessionPolicy manyPerOwner() {
        return POLICY.toBuilder().maxSessionsPerOwner(10 * rounds()).build();
    }

    private <T> List<T> many(Supplier<T> item) {
        return Stream.generate(item).limit(rounds()).toList();
    }

    /// Creates a session that expires within the next minute.
    private void useAndWait(SessionStore store, SessionId id) {
        store.create(id, ALICE, CLIENT);
        store.touch(id);
        elapse(TTL.minus(MINUTE));
    }

    private static Set<SessionId> createdOf(int attempts, SessionStore store, Owner owner) {
        var created = new HashSet<SessionId>();
        for (int i = 0; i < attempts; i++) {
            if (store.create(SessionId.random(), owner, CLIENT) instanceof Created(var session)) created.add(session.id());
        }
        return created;
    }

    private static Set<SessionId> united(List<Set<SessionId>> sets) {
        return sets.stream().flatMap(Set::stream).collect(toSet());
    }

    private static Json.Obj incremented(Json.Obj state) {
        var count = state.get("count").map(value -> ((Json.Num) value).asLong().orElseThrow()).orElse(0L);
        return state.with("count", count + 1);
    }

    private static Set<SessionId> ids(Collection<Session> sessions) {
        return sessions.stream().map(Session::id).collect(toSet());
    }

    private static void assertEmpty(SessionStore store) {
        assertEquals(0, store.liveCount());
        assertEquals(0, store.heldCount());
        assertEquals(List.of(), store.list());
    }
}
