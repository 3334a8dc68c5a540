package dev.mcpsession.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.spy;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.contract.HandClock;
import dev.mcpsession.contract.Race;
import dev.mcpsession.contract.SessionStoreContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InMemorySessionStoreTest implements SessionStoreContract {

    private final HandClock clock = new HandClock();
    private final OwnerIndex owners = new OwnerIndex();

    @Override
    public SessionStore open(SessionPolicy policy) {
        return new InMemorySessionStore(policy, clock);
    }

    @Override
    public SessionStore open(String kind, SessionPolicy policy) {
        return open(policy); // each is a place of its own
    }

    @Override
    public void elapse(Duration time) {
        clock.advance(time);
    }

    @Override
    public int rounds() {
        return 3_000;
    }

    @Test
    void touch_clockWentBack_doesNotShortenTheLife() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        elapse(Duration.ofHours(-1));
        assertTrue(store.touch(id));

        elapse(Duration.ofHours(1).plus(TTL).minus(MINUTE));

        assertTrue(store.find(id).isPresent());
    }

    // The race in slow motion: between the moment when touch has seen it alive and its compare-and-set.
    @Test
    void touch_foundDeadWhileItIsUnderWay_doesNotBringItBack() {
        var policy = spy(POLICY);
        var store = open(policy);
        var id = used(store, ALICE);
        elapse(TTL.minus(MINUTE));
        doAnswer(call -> {
            elapse(MINUTE);
            assertTrue(store.find(id).isEmpty());
            return call.callRealMethod();
        }).when(policy).expiryAfterTouch(any(), any());

        assertFalse(store.touch(id));

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    void touch_deletedWhileItIsUnderWay_doesNotBringItBack() {
        var policy = spy(POLICY);
        var store = open(policy);
        var id = used(store, ALICE);
        doAnswer(call -> {
            store.delete(id);
            return call.callRealMethod();
        }).when(policy).expiryAfterTouch(any(), any());

        assertFalse(store.touch(id));

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    void delete_churn_leavesNothingBehind() {
        var buckets = new ExpiryBuckets(POLICY);
        var store = new InMemorySessionStore(POLICY, clock, owners, buckets);
        for (int i = 0; i < 10_000; i++) {
            var owner = Owner.principal("owner " + i % 100);
            switch (i % 3) {
                case 0 -> store.delete(minted(store, owner));
                case 1 -> {
                    var expired = expired(store, owner);
                    store.deleteExpired();
                    store.delete(expired);
                }
                default -> {
                    used(store, owner);
                    store.deleteAll(owner);
                }
            }
        }

        assertEquals(0, store.heldCount());
        assertEquals(0, buckets.bucketCount());
        assertEquals(0, owners.ownerCount());
    }

    @Test
    void deleteExpired_pastTheWindow_leavesNothingBehind() {
        var buckets = new ExpiryBuckets(POLICY);
        var store = new InMemorySessionStore(POLICY, clock, owners, buckets);
        for (int i = 0; i < 1_000; i++) {
            used(store, Owner.principal("owner " + i));
            elapse(Duration.ofSeconds(1));
            store.deleteExpired();
        }

        elapse(TTL.plus(POLICY.revivalWindow()));
        store.deleteExpired();

        assertEquals(0, store.heldCount());
        assertEquals(0, buckets.bucketCount());
        assertEquals(0, owners.ownerCount());
    }

    @Test
    void deleteExpired_fewAmongManyLiving_looksAtFew() {
        var buckets = new CountingBuckets(POLICY.toBuilder().maxSessions(101_000).build());
        var store = new InMemorySessionStore(POLICY.toBuilder().maxSessions(101_000).build(), clock, owners, buckets);
        for (int i = 0; i < 1_000; i++) used(store, ANYBODY);
        elapse(Duration.ofSeconds(30));
        var living = new ArrayList<SessionId>();
        for (int i = 0; i < 100_000; i++) living.add(used(store, ANYBODY));
        elapse(MINUTE);
        assertEquals(Set.of(), store.deleteExpired()); // none is provisional: each moves to its true expiry
        buckets.looks = 0;

        elapse(TTL.minus(Duration.ofSeconds(90)));
        assertEquals(living.size(), store.keepAlive(living).size());
        var ended = store.deleteExpired();

        assertEquals(1_000, ended.size());
        assertTrue(buckets.looks < 3_000, () -> "looked " + buckets.looks + " times");
    }

    @Test
    void deleteExpired_touchedOften_looksTwiceInATtl() {
        var buckets = new CountingBuckets(POLICY);
        var store = new InMemorySessionStore(POLICY, clock, owners, buckets);
        var ids = List.of(used(store, ANYBODY), used(store, ANYBODY));
        var ttls = 10;

        for (int second = 0; second < TTL.toSeconds() * ttls; second++) {
            elapse(Duration.ofMillis(1_001));
            assertEquals(2, store.keepAlive(ids).size());
            store.deleteExpired();
        }

        var polls = 2 * TTL.toSeconds() * ttls; // each sweep asks each line once more than it gets
        assertTrue(buckets.looks - polls <= 2L * ids.size() * (ttls + 2), () -> "looked " + (buckets.looks - polls) + " times");
    }

    @Test
    void deleteExpired_neverAskedFor_remembersTheNewestOnly() {
        var store = open(POLICY.toBuilder().maxSessions(10).build());
        var ids = new ArrayList<SessionId>();
        for (int i = 0; i < 100; i++) {
            ids.add(minted(store, ANYBODY));
            elapse(POLICY.provisionalTtl());
        }

        assertEquals(Set.copyOf(ids.subList(90, 100)), store.deleteExpired());
    }

    @Test
    void deleteExpired_afterACreateMadeRoom_reportsWhoIsNotAlive() {
        var store = open(POLICY.toBuilder().maxSessions(2).build());
        var dropped = expired(store, ALICE);
        var revived = expired(store, BOB);
        minted(store, ALICE);
        assertTrue(store.revive(revived, BOB).isPresent());

        assertEquals(Set.of(dropped), store.deleteExpired());
    }

    @Test
    void create_racingDeleteOfTheOneExpired_isNeverRefused() {
        create_racing_isNeverRefused(SessionStore::delete, SessionStore::deleteExpired);
    }

    @Test
    void create_racingDeleteOfTheOneUnnoticedExpired_isNeverRefused() {
        create_racing_isNeverRefused(SessionStore::delete, _ -> {});
    }

    @Test
    void create_racingDeleteExpired_isNeverRefused() {
        create_racing_isNeverRefused((store, _) -> store.deleteExpired(), _ -> {});
    }

    private void create_racing_isNeverRefused(BiConsumer<SessionStore, SessionId> rival, Consumer<SessionStore> before) {
        var store = open(POLICY.toBuilder().maxSessions(1).build());
        var ids = Stream.generate(SessionId::random).limit(rounds()).toList();

        Race.onEachPrepared(ids, id -> {
            store.create(id, ALICE, CLIENT);
            store.touch(id);
            elapse(TTL);
            before.accept(store);
        }, id -> rival.accept(store, id), _ -> minted(store, BOB), _ -> {
            assertEquals(1, store.deleteAll(BOB).size());
            assertEquals(0, store.heldCount());
        });
    }

    @Test
    void create_storeFullOfLiving_looksAtNone() {
        var buckets = new CountingBuckets(POLICY);
        var store = new InMemorySessionStore(POLICY.toBuilder().maxSessions(1_000).build(), clock, owners, buckets);
        for (int i = 0; i < 1_000; i++) used(store, ANYBODY);

        assertEquals(new CreateResult.StoreFull(), store.create(SessionId.random(), ANYBODY, CLIENT));

        assertTrue(buckets.looks <= 3, () -> "looked " + buckets.looks + " times");
    }

    private static final class CountingBuckets extends ExpiryBuckets {

        long looks;

        CountingBuckets(SessionPolicy policy) {
            super(policy);
        }

        @Override
        SessionEntry pollLiving(long now) {
            looks++;
            return super.pollLiving(now);
        }

        @Override
        SessionEntry pollExpired(long now) {
            looks++;
            return super.pollExpired(now);
        }

        @Override
        SessionEntry pollOldestExpired() {
            looks++;
            return super.pollOldestExpired();
        }
    }
}
