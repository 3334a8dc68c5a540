package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/// A reader that resumes after more events than memory holds.
@Timeout(60)
@Execution(SAME_THREAD) // its threads race for the processors
class ReplayTest {

    private static final BroadcasterOptions SMALL = BroadcasterOptions.builder().ringEntries(16).ringBytes(1 << 20).build();
    private static final PostgresOptions OPTIONS = PostgresOptions.builder().maxReplayed(11_000).build();
    private static final int MISSED = 10_000;
    private static final Owner ANN = Owner.principal("ann");

    @AutoClose
    private static final EventDatabase DATABASE = EventDatabase.create();
    @AutoClose
    private final Replicas replicas = new Replicas(DATABASE);
    private final SessionId session = SessionId.random();
    private final EventFilter filter = EventFilter.of(session, ANN);

    private PostgresBroadcaster replica() {
        return replicas.open(SMALL, OPTIONS);
    }

    /// Every fourth event is for this session, and every fourth for another.
    private void publishMany() {
        DATABASE.database().execute("""
                insert into mcp_event (id, key, kind, session, method, params)
                    select last + n, gen_random_uuid(), 0, case n %% 4 when 0 then '%s' when 1 then '%s' end,
                        '"notifications/message"', '{"n":' || n || '}'
                    from mcp_event_head, generate_series(1, %s) n;
                update mcp_event_head set last = last + %3$s, writer = pg_current_xact_id()::xid
                """.formatted(session.value(), SessionId.random().value(), MISSED));
    }

    private static boolean isOurs(long n) {
        return n % 4 != 1;
    }

    @Test
    void subscribe_afterWhatMemoryHasLost_isReplayedOnEachReplica() throws Exception {
        var here = replica();
        var first = here.publish(message(-1));
        publishMany();
        var there = replica();
        for (var each : List.of(here, there)) {
            try (var reader = each.subscribe(filter, Start.after(first))) {
                var last = each.publish(message(-2).to(session));

                assertEquals(numbers(1, MISSED, ReplayTest::isOurs), numbersBefore(reader, last));
            }
        }
    }

    @Test
    void subscribe_ofNoSession_isReplayed() throws Exception {
        var first = replica().publish(message(-1));
        publishMany();
        var here = replica();
        try (var reader = here.subscribe(EventFilter.all(), Start.after(first))) {
            var last = here.publish(message(-2));

            assertEquals(numbers(1, MISSED, n -> n % 4 > 1), numbersBefore(reader, last));
        }
    }

    @Test
    void subscribe_whileAnotherReplays_takesOverWithoutGapOrDuplicate() throws Exception {
        var here = replica();
        var there = replica();
        var first = here.publish(message(-1));
        publishMany();
        var seen = new ArrayList<Long>();
        try (var before = here.subscribe(filter, Start.after(first))) {
            EventId at = null;
            while (seen.size() < 1_000) {
                var next = next(before);
                seen.add(number(next));
                at = next.id();
            }
            try (var after = there.subscribe(filter, Start.after(at))) {
                var last = here.publish(message(-2));

                seen.addAll(numbersBefore(after, last));
                assertEquals(numbers(1, MISSED, ReplayTest::isOurs), seen);
                var rest = new ArrayList<Long>();
                var delivery = read(before);
                for (; delivery instanceof Delivery.Next next; delivery = read(before)) rest.add(number(next));
                assertEquals(new Delivery.Closed(Delivery.Cause.TAKEN_OVER), delivery);
                assertEquals(seen.subList(1_000, seen.size()), rest); // up to the seam
            }
        }
    }

    @Test
    void endSession_whileReplaying_endsBehindTheSeam() throws Exception {
        var here = replica();
        var first = here.publish(message(-1));
        publishMany();
        try (var reader = here.subscribe(filter, Start.after(first))) {
            here.endSession(session);
            here.publish(message(-2));

            var seen = new ArrayList<Long>();
            var delivery = read(reader);
            for (; delivery instanceof Delivery.Next next; delivery = read(reader)) seen.add(number(next));
            assertEquals(numbers(1, MISSED, ReplayTest::isOurs), seen);
            assertEquals(new Delivery.Closed(Delivery.Cause.SESSION_ENDED), delivery);
        }
    }

    @Test
    void close_whileReplaying_endsAtOnce() throws Exception {
        var here = replica();
        var first = here.publish(message(-1));
        publishMany();
        var reader = here.subscribe(filter, Start.after(first));
        next(reader);

        reader.close();

        assertEquals(new Delivery.Closed(Delivery.Cause.CANCELLED), reader.next());
        try (var other = here.subscribe(filter, Start.after(first))) {
            next(other);
            here.close();
            assertEquals(new Delivery.Closed(Delivery.Cause.BROADCASTER_CLOSED), other.next());
        }
    }

    @Test
    void subscribe_afterWhatTheTableHasLost_isLaggedAndLive() throws Exception {
        var here = replica();
        var first = here.publish(message(-1));
        publishMany();
        while (DATABASE.trim(100, Duration.ofHours(1)) > 0) Thread.onSpinWait();

        try (var reader = here.subscribe(filter, Start.after(first))) {
            assertLaggedThenLive(here, reader);
        }
    }

    @Test
    void subscribe_afterMoreThanMayBeReplayed_isLaggedAndLive() throws Exception {
        var first = replica().publish(message(-1));
        publishMany();
        var here = replicas.open(SMALL, OPTIONS.toBuilder().maxReplayed(MISSED * 3 / 4 - 1).build());

        try (var reader = here.subscribe(filter, Start.after(first))) {
            assertLaggedThenLive(here, reader);
        }
    }

    @Test
    void next_trimmedWhileReplaying_isToldAsALoss() throws Exception {
        var here = replica();
        var first = here.publish(message(-1));
        publishMany();
        try (var reader = here.subscribe(filter, Start.after(first))) {
            next(reader);
            while (DATABASE.trim(100, Duration.ofHours(1)) > 0) Thread.onSpinWait();

            var delivery = read(reader);
            while (delivery instanceof Delivery.Next) delivery = read(reader);
            assertInstanceOf(Delivery.Lagged.class, delivery);
            var last = here.publish(message(-2));
            var rest = numbersBefore(reader, last);
            assertEquals(numbers(rest.getFirst(), MISSED, ReplayTest::isOurs), rest);
        }
    }

    @Test
    void next_databaseAwayWhileReplaying_goesOnWhenItIsBack() throws Exception {
        try (var network = new FaultyNetwork(DATABASE.port())) {
            var here = replicas.add(DATABASE.openBy(network, SMALL, OPTIONS));
            var first = here.publish(message(-1));
            publishMany();
            try (var reader = here.subscribe(filter, Start.after(first))) {
                var seen = new ArrayList<Long>();
                seen.add(number(next(reader)));
                network.swallow();
                var delivery = reader.next();
                for (; delivery instanceof Delivery.Next next; delivery = reader.next()) seen.add(number(next));
                assertInstanceOf(Delivery.Idle.class, delivery);
                network.heal();

                seen.addAll(numbersBefore(reader, replica().publish(message(-2))));
                assertEquals(numbers(1, MISSED, ReplayTest::isOurs), seen);
            }
        }
    }

    // --- what was not for this reader

    /// A control record in each second number.
    private void publishControls(int count) {
        DATABASE.database().execute("""
                insert into mcp_event (id, key, kind, session, params)
                    select last + n, gen_random_uuid(), 1 + n %% 2, '%s', '[]' from mcp_event_head, generate_series(1, %s) n;
                update mcp_event_head set last = last + %2$s, writer = pg_current_xact_id()::xid
                """.formatted(SessionId.random().value(), count));
    }

    private static void deleteAllAsOld() {
        DATABASE.database().execute("update mcp_event set created_at = created_at - interval '2 hours'");
        while (DATABASE.trim(100_000, Duration.ofHours(1)) > 0) Thread.onSpinWait();
    }

    private void assertNothingLost(EventId after) throws InterruptedException {
        var fresh = replica();
        try (var reader = fresh.subscribe(filter, Start.after(after))) {
            var last = fresh.publish(message(-2));
            assertEquals(List.of(), numbersBefore(reader, last));
        }
        try (var reader = fresh.subscribe(
                EventFilter.selecting(Owner.anonymous(), Set.of("notifications/message"), Set.of()), Start.after(after))) {
            var last = fresh.publish(message(-2));
            assertEquals(List.of(), numbersBefore(reader, last));
        }
    }

    @Test
    void subscribe_afterManyControls_losesNothing() throws Exception {
        var first = replica().publish(message(-1));
        publishControls(30_000);

        assertNothingLost(first);
    }

    @Test
    void subscribe_deletedWasForOthers_losesNothing() throws Exception {
        var here = replica();
        var first = here.publish(message(-1).to(session));
        for (var n = 0; n < 50; n++) here.publish(message(n).to(SessionId.random()));
        here.publish(message(50).to(Owner.principal("bob")));
        here.publish(Event.of("notifications/resources/updated", Json.obj().with("uri", "x")));
        here.publish(Event.of(new Topic("taskIds", "notifications/tasks", "taskId"), Json.obj().with("taskId", "x")));
        publishControls(3_000);
        deleteAllAsOld();
        assertEquals("1", DATABASE.ask("select count(*) from mcp_event"));

        assertNothingLost(first);
        assertNothingLost(first);
    }

    @Test
    void subscribe_deletedWereOtherThings_losesNothing() throws Exception {
        var here = replica();
        var named = filter.withTopics(Topic.RESOURCES.of(Set.of("mine", "y".repeat(2_000))));
        var first = here.publish(message(-1).to(session));
        for (var n = 0; n < 50; n++) here.publish(updated("other/" + n));
        here.publish(updated("mine").to(Owner.principal("bob")));
        publishControls(10);
        deleteAllAsOld();

        try (var reader = replica().subscribe(named, Start.after(first))) {
            var last = here.publish(message(-2));
            assertEquals(List.of(), numbersBefore(reader, last));
        }
    }

    @Test
    void subscribe_deletedWasANamedThing_isLagged() throws Exception {
        for (var wanted : List.of(filter.withTopics(Topic.RESOURCES.of(Set.of("mine"))), EventFilter.all())) {
            var here = replica();
            var first = here.publish(message(-1).to(session));
            here.publish(updated("mine"));
            publishControls(10);
            deleteAllAsOld();

            try (var reader = replica().subscribe(wanted, Start.after(first))) {
                assertLaggedThenLive(here, reader);
            }
        }
    }

    private static Event updated(String uri) {
        return Event.of("notifications/resources/updated", Json.obj().with("uri", uri));
    }

    @Test
    void subscribe_deletedWasForTheReader_isLagged() throws Exception {
        for (var audience : List.<UnaryOperator<Event>>of(event -> event, event -> event.to(session), event -> event.to(ANN))) {
            var here = replica();
            var first = here.publish(message(-1));
            here.publish(audience.apply(message(1)));
            publishControls(10);
            deleteAllAsOld();

            try (var reader = replica().subscribe(filter, Start.after(first))) {
                assertLaggedThenLive(here, reader);
            }
        }
    }

    @Test
    void subscribe_deletedBySomebodyElse_isLagged() throws Exception {
        var here = replica();
        var first = here.publish(message(-1));
        here.publish(message(1).to(SessionId.random()));
        publishControls(10);
        DATABASE.database().execute("delete from mcp_event where id < (select last from mcp_event_head)");

        try (var reader = replica().subscribe(filter, Start.after(first))) {
            assertLaggedThenLive(here, reader);
        }
    }

    @Test
    void subscribe_moreAudiencesThanAreRemembered_isToldOfOldOnesAlone() throws Exception {
        var here = replica();
        var first = here.publish(message(-1).to(session));
        publishMany();
        DATABASE.database().execute("update mcp_event set session = 's' || id where id > 1");
        var later = here.publish(message(-1).to(session));
        publishMany();
        publishMany();
        DATABASE.database().execute("update mcp_event set session = 's' || id where id > " + later.sequence());
        deleteAllAsOld();
        try (var connection = DATABASE.database().connect()) {
            Retention.foldMarks(EventDatabase.statements(connection));
        }
        assertEquals("t", DATABASE.ask("select count(*) between 9990 and 10010 from mcp_event_gone"));

        try (var reader = replica().subscribe(filter, Start.after(first))) { // the other replica may have later events in memory
            assertLaggedThenLive(here, reader);
        }
    }

    private static void assertLaggedThenLive(Broadcaster broadcaster, Subscription reader) throws InterruptedException {
        var lagged = assertInstanceOf(Delivery.Lagged.class, read(reader));
        assertTrue(lagged.missed() > 0);
        var last = broadcaster.publish(message(-2));
        var delivery = read(reader);
        while (!(delivery instanceof Delivery.Next next && next.id().equals(last))) delivery = read(reader);
    }

    // --- words

    private static Event message(int n) {
        return Event.of("notifications/message", Json.obj().with("n", n));
    }

    private static List<Long> numbers(long from, long to, LongPredicate which) {
        return LongStream.rangeClosed(from, to).filter(which).boxed().toList();
    }

    private static long number(Delivery.Next next) {
        return Long.parseLong(next.event().params().get("n").orElseThrow().toString());
    }

    private static Delivery read(Subscription reader) throws InterruptedException {
        while (true) {
            var delivery = reader.poll().orElse(null);
            if (delivery == null) delivery = reader.next();
            if (!(delivery instanceof Delivery.Idle)) return delivery;
        }
    }

    private static Delivery.Next next(Subscription reader) throws InterruptedException {
        return assertInstanceOf(Delivery.Next.class, read(reader));
    }

    private static List<Long> numbersBefore(Subscription reader, EventId last) throws InterruptedException {
        for (var numbers = new ArrayList<Long>(); ; ) {
            var next = next(reader);
            if (next.id().equals(last)) return numbers;
            if (number(next) > 0) numbers.add(number(next));
        }
    }
}
