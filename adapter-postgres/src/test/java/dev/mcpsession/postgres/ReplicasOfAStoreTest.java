package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.spy;

import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.contract.Race;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/// Several replicas: stores that share only a database. `-Dpg.races=10000` sets the rounds of each race.
@Execution(SAME_THREAD) // its threads race for the processors
class ReplicasOfAStoreTest implements PostgresStoreFixture {

    private static final int RACES = Integer.getInteger("pg.races", 500);

    @AutoClose
    private static final TestDatabase DATABASE = TestDatabase.create();

    @Override
    public TestDatabase database() {
        return DATABASE;
    }

    private static SessionPolicy many() {
        return POLICY.toBuilder().maxSessionsPerOwner(10 * RACES).build();
    }

    @Test
    void delete_racingReviveOnAnotherReplica_isNeverOutlived() {
        var one = open(many());
        var other = open(many());
        var ids = Stream.generate(() -> used(one, ALICE)).limit(RACES).toList();
        elapse(TTL);
        var outlived = ConcurrentHashMap.<SessionId>newKeySet();

        Race.onEach(ids, id -> {
            one.delete(id);
            if (other.find(id).isPresent() || one.find(id).isPresent()) outlived.add(id);
        }, id -> other.revive(id, ALICE));

        assertEquals(Set.of(), outlived);
        for (var id : ids) assertTrue(other.revive(id, ALICE).isEmpty());
        assertEquals(0, one.heldCount());
    }

    @Test
    void revive_byTwoOwnersOnTwoReplicas_isForTheOwnerAlone() {
        var one = open(many());
        var other = open(many());
        var ids = Stream.generate(() -> used(one, ALICE)).limit(RACES).toList();
        elapse(TTL);
        var strangers = new AtomicInteger();

        Race.onEach(ids,
                id -> assertTrue(one.revive(id, ALICE).isPresent()),
                id -> other.revive(id, BOB).ifPresent(_ -> strangers.incrementAndGet()));

        assertEquals(0, strangers.get());
        for (var id : ids) assertEquals(ALICE, other.find(id).orElseThrow().owner());
    }

    @Test
    void updateState_differentKeysOnTwoReplicas_loseNone() {
        var stores = List.of(open(POLICY), open(POLICY), open(POLICY), open(POLICY));
        var ids = Stream.generate(() -> minted(stores.getFirst(), ANYBODY)).limit(Math.max(1, RACES / 100)).toList();
        var each = RACES / stores.size();
        var turn = new AtomicInteger();

        Race.by(stores.size(), () -> {
            var replica = turn.getAndIncrement();
            for (int i = 0; i < each; i++) {
                stores.get(replica).updateState(ids.get(i % ids.size()), Json.obj().with(replica + "-" + i, i)).orElseThrow();
            }
            return null;
        });

        for (int i = 0; i < each; i++) {
            var state = stores.getFirst().find(ids.get(i % ids.size())).orElseThrow().state();
            for (int replica = 0; replica < stores.size(); replica++) assertTrue(state.get(replica + "-" + i).isPresent());
        }
    }

    @Test
    void updateState_counterOnTwoReplicas_losesNone() {
        var stores = List.of(open(POLICY), open(POLICY));
        var id = minted(stores.getFirst(), ANYBODY);
        var threads = 8;
        var each = Math.max(1, RACES / threads / 2);
        var turn = new AtomicInteger();

        Race.by(threads, () -> {
            var store = stores.get(turn.getAndIncrement() % stores.size());
            for (int i = 0; i < each; i++) store.updateState(id, ReplicasOfAStoreTest::incremented).orElseThrow();
            return null;
        });

        assertEquals(Json.obj().with("count", (long) each * threads), stores.getFirst().find(id).orElseThrow().state());
    }

    @Test
    void create_onTwoReplicasAtTheLimits_admitsAsMany() {
        var limit = 50;
        var policy = POLICY.toBuilder().maxSessions(limit).maxSessionsPerOwner(limit / 5).build();
        var stores = List.of(open(policy), open(policy));
        var turn = new AtomicInteger();

        var created = Race.by(4, () -> {
            var store = stores.get(turn.get() % stores.size());
            var owner = Owner.principal("owner " + turn.getAndIncrement() / 2);
            return IntStream.range(0, limit)
                    .filter(_ -> store.create(SessionId.random(), owner, CLIENT) instanceof CreateResult.Created).count();
        }).stream().mapToLong(Long::longValue).sum();

        assertTrue(2 * limit / 5 <= created && created <= 2 * (limit / 5 + overshoot(2)), () -> created + " of two owners");
        for (var store : stores) for (int i = 0; i < limit; i++) store.create(SessionId.random(), ANYBODY, CLIENT);
        assertEquals(limit, stores.getFirst().heldCount());
        assertEquals("" + limit, DATABASE.ask("select count(*) from mcp_session"));
    }

    // If locks were not taken in one order, the server would abort one of the two.
    @Test
    void keepAlive_theSameSessionsInAnotherOrder_neverDeadlocks() {
        var one = open(POLICY.toBuilder().ttl(Duration.ofMillis(20)).maxSessions(10_000).build());
        var other = open(POLICY.toBuilder().ttl(Duration.ofMillis(20)).maxSessions(10_000).build());
        var maker = open(many());
        var ids = new ArrayList<>(Stream.generate(() -> used(maker, ANYBODY)).limit(200).toList());
        var reversed = ids.reversed();

        Race.onEach(IntStream.range(0, 50).boxed().toList(),
                _ -> assertEquals(ids.size(), one.keepAlive(ids).size()),
                _ -> assertEquals(ids.size(), other.keepAlive(reversed).size()),
                _ -> maker.deleteExpired());
    }

    @Test
    void keepAlive_byThreeReplicas_touchesOnceInAnInterval() {
        var replicas = List.of(open(POLICY), open(POLICY), open(POLICY));
        var ids = Stream.generate(() -> used(replicas.getFirst(), ANYBODY)).limit(10).toList();
        var interval = POLICY.touchInterval();
        var minutes = 10;
        int touches = 0;

        for (int step = 0; step < minutes * replicas.size(); step++) {
            elapse(interval.dividedBy(replicas.size()));
            assertEquals(Set.copyOf(ids), replicas.get(step % replicas.size()).keepAlive(ids));
            touches += Integer.parseInt(DATABASE.ask(
                    "select count(*) from mcp_session where last_active_at > now() - interval '5 seconds'"));
        }

        assertEquals(minutes * ids.size(), touches);
    }

    @Test
    void deleteExpired_byTwoReplicasMoreThanABatch_reportsEachOnce() {
        var one = open(many().toBuilder().maxSessions(10_000).build());
        var other = open(many().toBuilder().maxSessions(10_000).build());
        DATABASE.change("""
                insert into mcp_session (id, owner, protocol_version, client_name, capabilities, created_at, last_active_at,
                    expires_at, due_at, provisional)
                select 'id-' || i, case i % 2 when 0 then 'principal:alice' else '' end, '', '', '{}', now() - interval '1 hour',
                    now() - interval '1 hour', now() - interval '1 minute', now() - interval '30 minutes', false
                from generate_series(1, 3500) i returning id
                """);
        DATABASE.database().execute(TestDatabase.RECOUNT);

        var reported = new ArrayList<SessionId>();
        var turn = new AtomicInteger();
        while (one.liveCount() > 0) {
            Race.by(2, () -> (turn.getAndIncrement() % 2 == 0 ? one : other).deleteExpired()).forEach(reported::addAll);
        }

        assertEquals(3_500, reported.size());
        assertEquals(3_500, new HashSet<>(reported).size());
        assertEquals(1_750, one.heldCount());
    }

    @Test
    void deleteExpired_whileAnotherReplicaSweeps_doesNotWait() throws Exception {
        var store = open(POLICY);
        var id = used(store, ALICE);
        elapse(TTL);
        try (var sweeping = DATABASE.database().connect()) {
            sweeping.setAutoCommit(false);
            sweeping.createStatement().execute("select pg_advisory_xact_lock('mcp_session_total'::regclass::integer, hashtext('session'))");

            assertEquals(Set.of(), store.deleteExpired());
            sweeping.rollback(); // the server notices a close later
        }
        assertEquals(Set.of(id), store.deleteExpired());
    }

    @Test
    void deleteExpired_afterACreateMadeRoom_reportsWhoIsNotAlive() {
        var store = open(POLICY.toBuilder().maxSessions(2).build());
        var dropped = expired(store, ALICE);
        var revived = expired(store, BOB);
        minted(store, ALICE);
        assertTrue(store.revive(revived, BOB).isPresent());

        assertEquals(Set.of(dropped), store.deleteExpired());
        assertEquals(Set.of(), store.deleteExpired());
    }

    @Test
    @Timeout(60)
    void backend_expiredHandles_areGoneThoughNobodyCalls() {
        var session = used(open(POLICY), ALICE);
        DATABASE.change("""
                insert into mcp_session (kind, id, owner, protocol_version, client_name, capabilities, created_at, last_active_at,
                    expires_at, due_at, provisional)
                select 'cart', 'cart_' || md5('' || i), case when i <= 500 then 'principal:alice' else '' end, '', '', '{}', now(), now(),
                    now(), now(), false
                from generate_series(1, 10000) i returning id
                """);
        DATABASE.database().execute(TestDatabase.RECOUNT);
        try (var backend = Backend.of(mock(), mock(), this::open)) {
            var carts = backend.store("cart", POLICY.toBuilder().ttl(Duration.ofSeconds(1)).build());
            assertEquals(10_000, carts.heldCount());

            while (carts.heldCount() > 0) Thread.yield();
        }

        assertTrue(open(POLICY).find(session).isPresent());
    }

    @Test
    void deleteExpired_lastQuestionFails_forgetsNobody() {
        var database = spy(DATABASE.patient());
        var store = new PostgresSessionStore(database, POLICY.toBuilder().maxSessions(2).build(), SessionStore.SESSIONS, () -> {});
        var dropped = expired(store, ALICE);
        var revived = expired(store, BOB);
        minted(store, ALICE); // makes room, and so finds the expired sessions
        assertTrue(store.revive(revived, BOB).isPresent());
        doThrow(new SessionStoreException("away")).doCallRealMethod().when(database)
                .run(eq("look at sessions that had expired"), any(), any(), any());

        assertThrows(SessionStoreException.class, store::deleteExpired);

        assertEquals(Set.of(dropped), store.deleteExpired());
        assertEquals(Set.of(), store.deleteExpired());
    }

    @Test
    void heldCount_rowsRemovedByHand_isTrue() {
        var store = open(POLICY);
        var ids = Stream.generate(() -> minted(store, ANYBODY)).limit(5).toList();

        DATABASE.change("delete from mcp_session where id <> '" + ids.getFirst().value() + "' returning id");
        assertEquals(1, store.heldCount());

        DATABASE.database().execute("truncate mcp_session");
        assertEquals(0, store.heldCount());
    }

    private static Json.Obj incremented(Json.Obj state) {
        var count = state.get("count").map(value -> ((Json.Num) value).asLong().orElseThrow()).orElse(0L);
        return state.with("count", count + 1);
    }
}
