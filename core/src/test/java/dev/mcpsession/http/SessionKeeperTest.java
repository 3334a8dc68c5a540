package dev.mcpsession.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.spy;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.contract.HandClock;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionKeeperTest {

    private static final SessionPolicy POLICY = SessionPolicy.builder().maxSessionsPerOwner(10_000).build();
    private static final Duration INTERVAL = POLICY.touchInterval(); // too long for a tick of its own
    private static final Duration TTL = POLICY.ttl();
    private static final Owner ALICE = Owner.principal("alice");

    private final HandClock clock = new HandClock();
    private final SessionStore memory = new InMemorySessionStore(POLICY, clock);
    private final SessionStore store = spy(memory); // the same sessions, but it can be made to fail
    private final List<Set<SessionId>> ended = new ArrayList<>();
    private final SessionKeeper keeper = new SessionKeeper(store, ended::add);

    @AfterEach
    void close() {
        keeper.close();
    }

    private static long failures(SessionKeeper keeper) {
        return keeper.failed().current().values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void tick_marked_isTouched() {
        var id = used();
        clock.advance(TTL.minus(INTERVAL));
        keeper.hold(id).close();

        keeper.tick();

        clock.advance(TTL.minus(INTERVAL));
        assertTrue(store.find(id).isPresent());
    }

    @Test
    void tick_markedBeforeTheLastTick_isNotTouchedAgain() {
        var id = used();
        keeper.hold(id).close();
        keeper.tick();
        clock.advance(INTERVAL);
        keeper.tick();

        clock.advance(TTL.minus(INTERVAL));

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    void tick_notMarked_isNotTouched() {
        var id = used();
        clock.advance(INTERVAL);
        keeper.tick();

        clock.advance(TTL.minus(INTERVAL));

        assertTrue(store.find(id).isEmpty());
    }

    @Test
    void tick_held_isTouchedEachTime() {
        var id = used();
        try (var _ = keeper.hold(id)) {
            for (int i = 0; i < 40; i++) {
                clock.advance(INTERVAL);
                keeper.tick();
            }
        }

        assertTrue(store.find(id).isPresent());
    }

    @Test
    void tick_released_isTouchedOnceMore() {
        var id = used();
        var hold = keeper.hold(id);
        clock.advance(TTL.minus(INTERVAL));
        hold.close();
        hold.close();

        keeper.tick();
        clock.advance(INTERVAL);
        keeper.tick();

        clock.advance(TTL.minus(INTERVAL).minusMillis(1));
        assertTrue(store.find(id).isPresent());
        clock.advance(Duration.ofMillis(1));
        assertTrue(store.find(id).isEmpty());
    }

    @Test
    void close_holdTwice_releasesOnlyItsOwn() {
        var id = used();
        var one = keeper.hold(id);
        try (var _ = keeper.hold(id)) {
            one.close();
            one.close();
            for (int i = 0; i < 40; i++) {
                clock.advance(INTERVAL);
                keeper.tick();
            }

            assertTrue(store.find(id).isPresent());
        }
    }

    @Test
    void tick_expired_isTold() {
        var id = used();
        var alive = used();
        keeper.hold(alive);
        for (int i = 0; i < 30; i++) {
            keeper.tick();
            clock.advance(INTERVAL);
        }
        assertEquals(List.of(), ended);

        keeper.tick();

        assertEquals(List.of(Set.of(id)), ended);
    }

    @Test
    void tick_heldAndDeleted_isToldEachTime() {
        var id = used();
        keeper.hold(id);
        store.delete(id);

        keeper.tick();
        keeper.tick();

        assertEquals(List.of(Set.of(id), Set.of(id)), ended);
    }

    @Test
    void tick_markedAndDeleted_isToldOnce() {
        var id = used();
        keeper.hold(id).close();
        store.delete(id);

        keeper.tick();
        keeper.tick();

        assertEquals(List.of(Set.of(id)), ended);
    }

    @Test
    void tick_many_areTouchedInBatches() {
        var ids = Stream.generate(this::used).limit(2_500).toList();
        var batches = new ArrayList<Integer>();
        doAnswer(call -> {
            batches.add(call.<Collection<SessionId>>getArgument(0).size());
            return call.callRealMethod();
        }).when(store).keepAlive(anyCollection());
        ids.forEach(id -> keeper.hold(id).close());
        clock.advance(TTL.minus(INTERVAL));

        keeper.tick();

        assertEquals(List.of(1_000, 1_000, 500), batches);
        clock.advance(TTL.minus(INTERVAL));
        for (var id : ids) assertTrue(memory.find(id).isPresent());
    }

    @Test
    void tick_keepAliveFails_triesAgainAtTheNext() {
        var id = used();
        keeper.hold(id).close();
        clock.advance(TTL.minus(INTERVAL));
        doThrow(new SessionStoreException("no")).doCallRealMethod().when(store).keepAlive(any());

        keeper.tick();
        assertEquals(1, failures(keeper));
        assertEquals(List.of(), ended);
        keeper.tick();

        clock.advance(TTL.minus(INTERVAL));
        assertTrue(store.find(id).isPresent());
        assertEquals(1, failures(keeper));
    }

    @Test
    void tick_oneBatchFails_doesTheOthers() {
        var ids = Stream.generate(this::used).limit(2_500).toList();
        ids.forEach(id -> keeper.hold(id).close());
        var kept = new HashSet<SessionId>();
        doThrow(new SessionStoreException("no")).doAnswer(call -> {
            kept.addAll(call.<Collection<SessionId>>getArgument(0));
            return call.callRealMethod();
        }).when(store).keepAlive(any());

        keeper.tick();
        assertEquals(1_500, kept.size());
        keeper.tick();

        assertEquals(Set.copyOf(ids), kept);
    }

    @Test
    void tick_deleteExpiredFails_stillTouchesAndTells() {
        var id = used();
        keeper.hold(id);
        store.delete(id);
        doThrow(new SessionStoreException("no")).when(store).deleteExpired();

        keeper.tick();

        assertEquals(List.of(Set.of(id)), ended);
        assertEquals(1, failures(keeper));
    }

    @Test
    void tick_storeOrListenerFailsWithAnError_isCounted() {
        doReturn(Set.of(SessionId.random())).doThrow(new AssertionError("store")).when(store).deleteExpired();
        try (var failing = new SessionKeeper(store, _ -> { throw new AssertionError("listener"); })) {
            failing.tick();
            failing.tick();

            assertEquals(3, failures(failing)); // what the listener missed is reported again
        }
    }

    @Test
    void tick_listenerFails_isToldAgainWhoIsStillNotAlive() {
        var dead = used();
        var revived = used();
        clock.advance(TTL);
        var told = new ArrayList<Set<SessionId>>();
        try (var failing = new SessionKeeper(store, ids -> {
            told.add(ids);
            if (told.size() < 3) throw new IllegalStateException("no");
        })) {
            failing.tick();
            memory.revive(revived, ALICE);
            doThrow(new SessionStoreException("no")).doCallRealMethod().when(store).keepAlive(any());
            failing.tick(); // which sessions are alive is unknown
            assertEquals(1, told.size());

            for (int i = 0; i < 3; i++) failing.tick();
        }

        assertEquals(List.of(Set.of(dead, revived), Set.of(dead), Set.of(dead)), told);
    }

    @Test
    void tick_listenerNeverComesBack_remembersTheNewestOnly() {
        doReturn(POLICY.toBuilder().maxSessions(10).build()).when(store).policy();
        var told = new ArrayList<Set<SessionId>>();
        try (var failing = new SessionKeeper(store, ids -> {
            told.add(ids);
            throw new IllegalStateException("no");
        })) {
            for (int i = 0; i < 5; i++) {
                for (int n = 0; n < 4; n++) used();
                clock.advance(TTL);
                failing.tick();
            }
        }

        assertEquals(List.of(4, 8, 10, 10, 10), told.stream().map(Set::size).toList());
    }

    @Test
    void tick_listOfSessionsFails_forgetsNoMarkAndGoesOn() {
        var inUse = spy(new SessionHolds());
        doThrow(new OutOfMemoryError("simulated")).doCallRealMethod().when(inUse).take();
        var id = used();
        var dead = used();
        memory.delete(dead);
        try (var own = new SessionKeeper(store, ended::add, inUse)) {
            own.hold(id).close();
            own.hold(dead);
            clock.advance(TTL.minus(INTERVAL));

            own.tick();
            assertEquals(1, failures(own));
            own.tick();
        }

        assertEquals(List.of(Set.of(dead)), ended);
        clock.advance(TTL.minus(INTERVAL));
        assertTrue(store.find(id).isPresent());
    }

    @Test
    void unusedFor_session_isKnownForTwoTicks() {
        var id = used();
        assertTrue(keeper.unusedFor(id).isEmpty());
        keeper.hold(id).close();
        assertTrue(keeper.unusedFor(id).orElseThrow().isPositive());

        keeper.tick();
        assertTrue(keeper.unusedFor(id).isPresent());
        keeper.tick();

        assertTrue(keeper.unusedFor(id).isEmpty());
    }

    @Test
    void close_marked_isTouchedBefore() {
        var id = used();
        keeper.hold(id).close();
        clock.advance(TTL.minus(INTERVAL));

        keeper.close();

        clock.advance(TTL.minus(INTERVAL));
        assertTrue(store.find(id).isPresent());
        keeper.close();
    }

    @Test
    void close_storeFails_triesOnceOnly() {
        Stream.generate(this::used).limit(2_500).forEach(id -> keeper.hold(id).close());
        doThrow(new SessionStoreException("no")).when(store).keepAlive(any());

        keeper.close();

        assertEquals(1, failures(keeper));
    }

    @Test
    void hold_afterClose_isIgnored() {
        keeper.close();
        var id = used();

        keeper.hold(id).close();
        keeper.tick();

        clock.advance(TTL);
        assertTrue(store.find(id).isEmpty());
    }

    @Test
    void thread_failures_doNotEndIt() throws InterruptedException {
        var ticks = new CountDownLatch(3);
        doAnswer(_ -> {
            ticks.countDown();
            throw new SessionStoreException("no");
        }).when(store).deleteExpired();

        withThread(TTL.dividedBy(60_000), _ -> {}, () -> assertTrue(ticks.await(10, SECONDS)));
    }

    @Test
    void thread_anyStepFailsWithAnError_goesOn() throws InterruptedException {
        var ticks = new CountDownLatch(3);
        var inUse = spy(new SessionHolds());
        doReturn(POLICY.toBuilder().ttl(TTL.dividedBy(60_000)).build()).doAnswer(_ -> {
            ticks.countDown();
            throw new OutOfMemoryError("simulated");
        }).when(store).policy();
        doThrow(new OutOfMemoryError("simulated")).when(inUse).take();

        try (var own = new SessionKeeper(store, _ -> {}, inUse)) {
            assertTrue(ticks.await(10, SECONDS));
            assertTrue(failures(own) >= 5);
        }
    }

    @Test
    void thread_interrupted_goesOn() throws InterruptedException {
        var ticks = new CountDownLatch(3);
        doAnswer(_ -> {
            ticks.countDown();
            Thread.currentThread().interrupt();
            return Set.of();
        }).when(store).deleteExpired();

        withThread(TTL.dividedBy(60_000), _ -> {}, () -> assertTrue(ticks.await(10, SECONDS)));
    }

    @Test
    void thread_isVirtualAndNamed_andEndsWhenClosed() throws InterruptedException {
        var thread = new Thread[1];
        var told = new CountDownLatch(1);
        doReturn(Set.of(SessionId.random())).when(store).deleteExpired();

        withThread(TTL.dividedBy(60_000), _ -> {
            thread[0] = Thread.currentThread();
            told.countDown();
        }, () -> assertTrue(told.await(10, SECONDS)));

        assertTrue(thread[0].isVirtual());
        assertEquals("mcp-session-keeper", thread[0].getName());
        assertFalse(thread[0].isAlive());
    }

    @Test
    void close_byTheListener_doesNotWaitForItself() throws InterruptedException {
        var closed = new CountDownLatch(1);
        var closing = new SessionKeeper[1];
        doReturn(Set.of(SessionId.random())).when(store).deleteExpired();

        try (var own = new SessionKeeper(store, _ -> {
            closing[0].close();
            closed.countDown();
        })) {
            closing[0] = own;
            own.tick();

            assertTrue(closed.await(10, SECONDS));
        }
    }

    private interface Body {
        void run() throws InterruptedException;
    }

    private void withThread(Duration ttl, Consumer<Set<SessionId>> listener, Body body) throws InterruptedException {
        doReturn(POLICY.toBuilder().ttl(ttl).build()).when(store).policy();
        try (var _ = new SessionKeeper(store, listener)) {
            body.run();
        }
    }

    private SessionId used() {
        var id = SessionId.random();
        memory.create(id, ALICE, new Client("2025-11-25", "", Json.obj()));
        memory.touch(id);
        return id;
    }
}
