package dev.mcpsession.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.Race;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExpiryBucketsTest {

    private static final SessionPolicy POLICY = SessionPolicy.builder().revivalWindow(Duration.ofHours(1)).build();
    private static final Client CLIENT = new Client("2025-11-25", "", Json.obj());
    private static final long START = 1_700_000_000_000L;
    private static final long PROVISIONAL = POLICY.provisionalTtl().toMillis();
    private static final long WINDOW = POLICY.revivalWindow().toMillis();

    private final ExpiryBuckets buckets = new ExpiryBuckets(POLICY, 1);
    private final ExpiryBuckets striped = new ExpiryBuckets(POLICY);

    @Test
    void pollLiving_beforeItsInterval_isNull() {
        scheduled(START + 500);

        assertNull(buckets.pollLiving(START + PROVISIONAL - 1));
    }

    @Test
    void pollLiving_withinItsInterval_comesEarlyOnceAndThenExactly() {
        var session = scheduled(START + 500);
        var early = START + PROVISIONAL + 100;
        assertSame(session, buckets.pollLiving(early));

        buckets.schedule(session, early);

        assertNull(buckets.pollLiving(START + PROVISIONAL + 499));
        assertSame(session, buckets.pollLiving(START + PROVISIONAL + 500));
    }

    @Test
    void pollLiving_many_comeInTheOrderOfTheirIntervals() {
        var sessions = LongStream.of(7, 3, 5, 3, 9).mapToObj(second -> scheduled(START + 1_000 * second)).toList();

        var polled = pollAll(buckets);

        assertEquals(List.of(sessions.get(1), sessions.get(3), sessions.get(2), sessions.get(0), sessions.get(4)), polled);
        assertEquals(0, buckets.bucketCount());
    }

    @Test
    void pollLiving_ofManyStripes_eachComesOnce() {
        var sessions = LongStream.range(0, 100).mapToObj(second -> session(START + 1_000 * second)).toList();
        sessions.forEach(session -> striped.schedule(session, START));

        var polled = pollAll(striped);

        assertEquals(sessions.size(), polled.size());
        assertEquals(Set.copyOf(sessions), Set.copyOf(polled));
        assertEquals(0, striped.bucketCount());
    }

    @Test
    void pollOldestExpired_many_comeInTheOrderOfTheirIntervals() {
        var sessions = LongStream.of(7, 3, 5, 1, 9).mapToObj(hour -> expired(START + Duration.ofHours(hour).toMillis())).toList();
        sessions.forEach(session -> striped.keep(session, START));

        var polled = sessions.stream().map(_ -> striped.pollOldestExpired()).toList();

        assertEquals(List.of(sessions.get(3), sessions.get(1), sessions.get(2), sessions.get(0), sessions.get(4)), polled);
        assertNull(striped.pollOldestExpired());
    }

    @Test
    void schedule_twice_isInOneBucket() {
        var session = scheduled(START);

        buckets.schedule(session, START);

        assertSame(session, buckets.pollLiving(Long.MAX_VALUE));
        assertNull(buckets.pollLiving(Long.MAX_VALUE));
    }

    @Test
    void schedule_gone_isInNone() {
        var session = session(START);
        session.end();

        buckets.schedule(session, START);

        assertEquals(0, buckets.bucketCount());
    }

    @Test
    void keep_expired_comesWhenItsRevivalEnds() {
        var session = expired(START);

        buckets.keep(session, START);

        assertNull(buckets.pollLiving(Long.MAX_VALUE));
        assertNull(buckets.pollExpired(START + WINDOW - Duration.ofMinutes(2).toMillis()));
        assertSame(session, buckets.pollExpired(START + WINDOW));
    }

    @Test
    void keep_revivedMeanwhile_staysWhereItIsWatched() {
        var session = expired(START);
        session.changeLife(session.life(), -session.life());
        buckets.schedule(session, START);

        buckets.keep(session, START);

        assertNull(buckets.pollExpired(Long.MAX_VALUE));
        assertSame(session, buckets.pollLiving(Long.MAX_VALUE));
    }

    @Test
    void keep_expiredAgainWhileWatched_staysWhereItIsReported() {
        var session = expired(START);
        buckets.schedule(session, START);

        buckets.keep(session, START);

        assertSame(session, buckets.pollLiving(Long.MAX_VALUE));
    }

    @Test
    void remove_fromTheMiddle_leavesTheOthers() {
        var first = scheduled(START);
        var second = scheduled(START);
        var third = scheduled(START);

        buckets.remove(second);

        assertSame(first, buckets.pollLiving(Long.MAX_VALUE));
        assertSame(third, buckets.pollLiving(Long.MAX_VALUE));
        assertNull(buckets.pollLiving(Long.MAX_VALUE));
    }

    @Test
    void remove_all_leavesNoBucket() {
        var sessions = LongStream.range(0, 10_000).mapToObj(i -> scheduled(START + 100 * i)).toList();

        sessions.forEach(buckets::remove);

        assertEquals(0, buckets.bucketCount());
    }

    @Test
    void remove_inNone_isIgnored() {
        buckets.remove(session(START));

        assertEquals(0, buckets.bucketCount());
    }

    @Test
    void shortTtl_bucketsAreNarrow() {
        var quick = new ExpiryBuckets(POLICY.toBuilder().ttl(Duration.ofMillis(160)).provisionalTtl(Duration.ofMillis(1)).build());
        var policy = POLICY.toBuilder().provisionalTtl(Duration.ofMillis(1)).build();

        for (int i = 0; i < 1_000; i++) {
            quick.schedule(new SessionEntry(SessionId.random(), Owner.principal("alice"), CLIENT, START + i, policy), START);
        }

        assertTrue(quick.bucketCount() >= 100, () -> quick.bucketCount() + " buckets");
    }

    @Test
    void schedule_racingRemove_neverStays() {
        var sessions = LongStream.range(0, 10_000).mapToObj(_ -> session(START)).toList();

        Race.onEach(sessions, session -> buckets.schedule(session, START), session -> {
            session.end();
            buckets.remove(session);
        });

        assertEquals(0, buckets.bucketCount());
    }

    @Test
    void poll_racingPoll_givesEachToOne() {
        var sessions = LongStream.range(0, 10_000).mapToObj(i -> scheduled(START + i)).toList();

        var polled = Race.by(4, () -> pollAll(buckets)).stream().flatMap(List::stream).toList();

        assertEquals(sessions.size(), polled.size());
        assertEquals(Set.copyOf(sessions), new HashSet<>(polled));
    }

    private static List<SessionEntry> pollAll(ExpiryBuckets buckets) {
        var polled = new ArrayList<SessionEntry>();
        for (var next = buckets.pollLiving(Long.MAX_VALUE); next != null; next = buckets.pollLiving(Long.MAX_VALUE)) {
            polled.add(next);
        }
        return polled;
    }

    private SessionEntry scheduled(long createdAt) {
        var session = session(createdAt);
        buckets.schedule(session, START);
        return session;
    }

    private static SessionEntry session(long createdAt) {
        return new SessionEntry(SessionId.random(), Owner.principal("alice"), CLIENT, createdAt, POLICY);
    }

    /// A session that was used and expired at this moment.
    private static SessionEntry expired(long expiresAt) {
        var usedAt = expiresAt - POLICY.ttl().toMillis();
        var session = session(usedAt);
        session.changeLife(session.life(), session.lifeAfterTouch(session.life(), usedAt, POLICY));
        session.changeLife(session.life(), -session.life());
        return session;
    }
}
