package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Delivery.Cause;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/// Several replicas on one log.
@Timeout(60)
@Execution(SAME_THREAD) // its threads race for the processors
class ReplicasTest {

    private static final PostgresOptions OPTIONS = PostgresOptions.DEFAULT;
    private static final Owner ANN = Owner.principal("ann");
    private static final int TAKE_OVERS = 60;

    @AutoClose
    private static final EventDatabase DATABASE = EventDatabase.create();
    @AutoClose
    private final Replicas replicas = new Replicas(DATABASE);

    private PostgresBroadcaster replica() {
        return replica(OPTIONS);
    }

    private PostgresBroadcaster replica(PostgresOptions options) {
        return replicas.open(BroadcasterOptions.builder().ringEntries(8192).ringBytes(16 << 20).build(), options);
    }

    // --- one order

    @Test
    void publish_onEachReplica_isSeenInOneOrderOnAll() throws Exception {
        var three = List.of(replica(), replica(), replica());
        var session = SessionId.random();
        try (var threads = new Threads()) {
            var toAll = three.stream().map(each -> each.subscribe(EventFilter.all(), Start.now())).toList();
            var toAnn = three.stream().map(each -> each.subscribe(EventFilter.of(SessionId.random(), ANN), Start.now())).toList();
            var seenByAll = toAll.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            var seenByAnn = toAnn.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            var published = IntStream.range(0, 4).mapToObj(n -> threads.start(() -> published(three.get(n % 3), 300, k -> switch (k % 3) {
                case 0 -> message(k).to(ANN);
                case 1 -> message(k).to(session);
                default -> message(k);
            }))).toList();
            var everyone = new ArrayList<EventId>();
            var anns = new ArrayList<EventId>();
            for (var ids : published) {
                for (var n = 0; n < 300; n++) {
                    if (n % 3 == 2) everyone.add(ids.get().get(n));
                    if (n % 3 != 1) anns.add(ids.get().get(n));
                }
            }
            var marker = three.getFirst().publish(marker());

            for (var ids : seenByAll) assertEquals(inOrder(everyone, marker), ids.get());
            for (var ids : seenByAnn) assertEquals(inOrder(anns, marker), ids.get());
        }
    }

    private static List<EventId> inOrder(List<EventId> ids, EventId last) {
        var all = new ArrayList<>(ids);
        all.add(last);
        all.sort(Comparator.comparingLong(EventId::sequence));
        assertEquals(last, all.getLast());
        return all;
    }

    @Test
    void publish_sameKeyOnEachReplicaAtOnce_isPublishedOnce() throws Exception {
        var three = List.of(replica(), replica(), replica());
        try (var threads = new Threads(); var reader = three.getFirst().subscribe(EventFilter.all(), Start.now())) {
            var ids = new ArrayList<EventId>();
            for (var round = 0; round < 50; round++) {
                var key = "key " + round;
                var tries = three.stream().map(each -> threads.start(() -> each.publish(key, message(1)))).toList();
                ids.add(tries.getFirst().get());
                for (var id : tries) assertEquals(ids.getLast(), id.get());
            }
            ids.add(three.getFirst().publish(marker()));

            assertEquals(ids, idsUpToMarker(reader));
        }
    }

    @Test
    void publish_anyText_arrivesAsItWas() throws Exception {
        var here = replica();
        var there = replica();
        var text = "\0\u2028é\uD83D\uDE00\uDC00\"\\\n";
        var owner = Owner.principal("o" + text);
        try (var reader = there.subscribe(EventFilter.of(SessionId.random(), owner), Start.now())) {
            var deep = Json.parse("[".repeat(63) + "]".repeat(63));
            var event = Event.of("m" + text, Json.obj().with(text, text).with("deep", deep)).to(owner);

            var id = here.publish(event);

            var next = event(reader);
            assertEquals(id, next.id());
            assertEquals(event, next.event());
        }
    }

    @Test
    void publish_largest_arrives() throws Exception {
        var here = replica();
        var there = replica();
        try (var reader = there.subscribe(EventFilter.all(), Start.now())) {
            var ids = published(here, 12, _ -> Event.of("m", Json.obj().with("text", "é".repeat((1 << 19) - 64))));
            ids.add(here.publish(marker()));

            assertEquals(ids, idsUpToMarker(reader));
        }
    }

    // --- ends and take-overs

    @Test
    void endSession_onAnotherReplica_endsAfterWhatStandsBefore() throws Exception {
        var here = replica();
        var there = replica();
        var session = SessionId.random();
        var reader = there.subscribe(EventFilter.of(session, ANN), Start.now());
        var before = List.of(here.publish(message(1).to(session)), here.publish(message(2)));

        here.endSession(session);

        here.publish(message(3).to(session));
        here.publish(message(4));
        assertEquals(before, List.of(event(reader).id(), event(reader).id()));
        assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(reader));
        reader.close();
        assertEquals(0, there.stats().subscribers());
    }

    @Test
    void endOwner_onAnotherReplica_endsSessionsAndListens() throws Exception {
        var here = replica();
        var there = replica();
        var session = there.subscribe(EventFilter.of(SessionId.random(), ANN), Start.now());
        var listen = there.subscribe(EventFilter.selecting(ANN, Set.of("test/before"), Set.of()), Start.recent());
        var before = here.publish(Event.of("test/before").to(ANN));

        here.endOwner(ANN);

        here.publish(Event.of("test/before").to(ANN));
        for (var reader : List.of(session, listen)) assertEquals(before, event(reader).id());
        assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(session));
        assertEquals(new Delivery.Closed(Cause.OWNER_ENDED), read(listen));
        session.close();
        listen.close();
    }

    @Test
    void endSessions_many_shareRecords() {
        var here = replica();
        here.endSessions(IntStream.range(0, 60_000).mapToObj(_ -> SessionId.random()).toList());
        here.publish(marker());

        assertEquals("61", DATABASE.ask("select count(*) from mcp_event where kind <= 6"));
    }

    @Test
    void endSession_revivedElsewhereSince_endsTheStreamThere() throws Exception {
        var here = replica();
        var there = replica();
        for (var round = 0; round < 3; round++) {
            var session = SessionId.random();
            var expired = there.subscribe(EventFilter.of(session, ANN), Start.now());
            here.endSession(session);
            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(expired));
            var revived = there.subscribe(EventFilter.of(session, ANN), Start.now());

            here.endSession(session);

            here.publish(message(1).to(session));
            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(revived));
            expired.close();
            revived.close();
        }
    }

    @Test
    void endOwner_revivedElsewhereSince_endsTheStreamThere() throws Exception {
        var here = replica();
        var there = replica();
        var session = SessionId.random();
        here.endSession(session);
        var revived = there.subscribe(EventFilter.of(session, ANN), Start.now());
        here.endOwner(ANN);
        var again = there.subscribe(EventFilter.of(session, ANN), Start.now());
        here.endOwner(ANN);

        here.publish(message(1).to(ANN));
        for (var reader : List.of(revived, again)) assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(reader));
    }

    @Test
    void subscribe_sameSessionOnOneReplicaAfterTheOther_leavesNoGapAndNoDuplicate() throws Exception {
        var three = List.of(replica(), replica(), replica());
        var session = SessionId.random();
        var filter = EventFilter.of(session, ANN);
        try (var threads = new Threads()) {
            var readers = new ArrayList<>(List.of(three.getFirst().subscribe(filter, Start.now())));
            var isOver = new AtomicBoolean();
            var publisher = threads.start(() -> {
                var ids = new ArrayList<EventId>();
                for (var n = 0; !isOver.get(); n++) {
                    var event = message(n);
                    ids.add(three.get(1).publish(n % 3 == 0 ? event.to(session) : n % 3 == 1 ? event.to(ANN) : event));
                }
                return ids;
            });
            var seen = new ArrayList<Future<List<EventId>>>();
            for (var takeOver = 0; takeOver < TAKE_OVERS; takeOver++) {
                var reader = readers.getLast();
                seen.add(threads.start(() -> idsUpToEnd(reader)));
                readers.add(three.get(readers.size() % 3).subscribe(filter, Start.now()));
            }
            isOver.set(true);
            var all = publisher.get();
            all.add(three.get(2).publish(marker()));

            var parts = new ArrayList<EventId>();
            for (var part : seen) parts.addAll(part.get());
            parts.addAll(idsUpToMarker(readers.getLast()));
            assertEquals(all, parts);
        }
    }

    @Test
    void subscribe_sameSessionOnAllReplicasAtOnce_leavesOne() throws Exception {
        var three = List.of(replica(), replica(), replica());
        var filter = EventFilter.of(SessionId.random(), ANN);
        try (var threads = new Threads()) {
            var readers = new ArrayList<Subscription>();
            for (var round = 0; round < 20; round++) {
                var tries = three.stream().map(each -> threads.start(() -> each.subscribe(filter, Start.now()))).toList();
                for (var reader : tries) readers.add(reader.get());
            }
            var marker = three.getFirst().publish(marker());
            var ends = new ArrayList<Delivery>();
            for (var reader : readers) ends.add(read(reader));

            assertEquals(1, ends.stream().filter(end -> end instanceof Delivery.Next(var id, _) && id.equals(marker)).count());
            assertEquals(59, ends.stream().filter(new Delivery.Closed(Cause.TAKEN_OVER)::equals).count());
        }
    }

    // --- positions

    @Test
    void subscribe_afterAPosition_continuesOnEachReplica() throws Exception {
        var first = replica();
        var filter = EventFilter.of(SessionId.random(), ANN);
        var ids = published(first, 30, n -> n % 2 == 0 ? message(n) : message(n).to(ANN));
        ids.add(first.publish(marker()));
        var late = replica(); // it reads what was before it
        for (var n = 0; n < 30; n += 7) {
            for (var each : List.of(first, late)) {
                try (var reader = each.subscribe(filter, Start.after(ids.get(n)));
                        var ofNobody = each.subscribe(EventFilter.all(), Start.after(ids.get(n)))) {
                    assertEquals(ids.subList(n + 1, ids.size()), idsUpToMarker(reader));
                    assertEquals(ids.getLast(), idsUpToMarker(ofNobody).getLast());
                }
            }
        }
    }

    @Test
    void subscribe_onAReplicaThatLags_waitsForThePosition() throws Exception {
        var here = replica();
        try (var threads = new Threads()) {
            var lag = new Lag();
            var lagging = replicas.add(DATABASE.open(lag, BroadcasterOptions.DEFAULT, OPTIONS));
            lag.begin();
            var ids = published(here, 5, ReplicasTest::message);
            var filters = List.of(EventFilter.all(), EventFilter.of(SessionId.random(), ANN));
            var resumed = filters.stream().map(filter -> threads.start(() -> lagging.subscribe(filter, Start.after(ids.get(2))))).toList();
            for (var each : resumed) {
                assertThrows(TimeoutException.class, () -> each.get(200, TimeUnit.MILLISECONDS));
            }

            lag.end();

            for (var each : resumed) {
                try (var reader = each.get()) {
                    assertEquals(ids.subList(3, 5), List.of(event(reader).id(), event(reader).id()));
                }
            }
        }
    }

    @Test
    void subscribe_onAReplicaThatDoesNotCatchUp_fails() throws Exception {
        var here = replica();
        var lag = new Lag();
        var lagging = replicas.add(DATABASE.open(lag, BroadcasterOptions.DEFAULT,
                OPTIONS.toBuilder().publishTimeout(Duration.ofSeconds(1)).subscribeTimeout(Duration.ofMillis(100))
                        .answerTimeout(Duration.ofSeconds(5)).build()));
        lag.begin();
        var id = here.publish(message(1));

        assertThrows(BroadcasterException.class, () -> lagging.subscribe(EventFilter.all(), Start.after(id)));
        lagging.publish(message(2));
        assertThrows(BroadcasterException.class, () -> lagging.subscribe(EventFilter.all(), Start.now()));
        assertEquals(0, lagging.stats().subscribers());
        lag.end();
    }

    @Test
    void subscribe_afterANumberThatWasNeverGiven_isLive() throws Exception {
        var here = replica();
        var id = here.publish(message(1));
        for (var filter : List.of(EventFilter.all(), EventFilter.of(SessionId.random(), ANN))) {
            try (var reader = here.subscribe(filter, Start.after(new EventId(id.epoch(), id.sequence() + 1000)))) {
                assertEquals(here.publish(message(2)), event(reader).id());
            }
        }
    }

    // --- a log that is not what it was

    @Test
    void log_madeAnew_readersAreToldAndGoOn() throws Exception {
        var three = List.of(replica(soon()), replica(soon()), replica(soon()));
        var readers = three.stream().map(each -> each.subscribe(EventFilter.all(), Start.now())).toList();
        var before = three.getFirst().publish(Event.of("notifications/tools/list_changed"));
        for (var reader : readers) assertEquals(before, event(reader).id());

        DATABASE.clear();

        for (var reader : readers) {
            assertInstanceOf(Delivery.Lagged.class, read(reader));
            assertEquals(before, event(reader).id()); // go and look again
        }
        var after = three.get(1).publish(message(1));
        assertNotEquals(before.epoch(), after.epoch());
        for (var reader : readers) assertEquals(after, event(reader).id());
        for (var each : three) {
            try (var resumed = each.subscribe(EventFilter.all(), Start.after(before))) {
                assertInstanceOf(Delivery.Lagged.class, read(resumed));
            }
        }
    }

    @Test
    void log_putBackToAnEarlierState_isToldOnceOnAllAndNoNumberIsUsedTwice() throws Exception {
        var here = replica(soon());
        var there = replica(soon());
        var readers = List.of(here.subscribe(EventFilter.all(), Start.now()), there.subscribe(EventFilter.all(), Start.now()));
        var ids = published(here, 10, ReplicasTest::message);
        for (var reader : readers) for (var id : ids) assertEquals(id, event(reader).id());

        DATABASE.database().execute("delete from mcp_event where id > %1$s; update mcp_event_head set last = %1$s"
                .formatted(ids.get(5).sequence()));

        for (var reader : readers) assertInstanceOf(Delivery.Lagged.class, read(reader));
        var id = there.publish(message(1));
        assertTrue(id.isAfter(ids.getLast()));
        for (var reader : readers) assertEquals(id, event(reader).id());
        for (var known : List.of(ids.get(5), ids.get(6))) {
            try (var resumed = here.subscribe(EventFilter.all(), Start.after(known))) {
                while (!(read(resumed) instanceof Delivery.Lagged)) continue;
            }
        }
    }

    @Test
    void log_putBackUnderPublishersThatOvertake_isToldOnAll() throws Exception {
        var here = replica();
        var there = replica();
        var readers = List.of(here.subscribe(EventFilter.all(), Start.now()), there.subscribe(EventFilter.all(), Start.now()));
        var ids = published(here, 10, ReplicasTest::message);
        for (var reader : readers) for (var id : ids) assertEquals(id, event(reader).id());

        DATABASE.database().execute("delete from mcp_event where id > %1$s; update mcp_event_head set last = %1$s"
                .formatted(ids.get(5).sequence()));
        var after = published(there, 20, ReplicasTest::message);

        for (var reader : readers) {
            var seen = new ArrayList<EventId>();
            var told = 0;
            while (seen.size() < after.size() || told == 0) {
                switch (read(reader)) {
                    case Delivery.Next next -> seen.add(next.id());
                    case Delivery.Lagged _ -> told++;
                    default -> {}
                }
            }
            assertEquals(after, seen);
            assertEquals(1, told);
        }
    }

    @Test
    void log_beganANewLife_losesNothing() throws Exception {
        var here = replica();
        var reader = here.subscribe(EventFilter.all(), Start.now());
        var before = here.publish(message(1));
        DATABASE.database().execute("update mcp_event_head set life = 'before a restart'");

        var after = here.publish(message(2));

        assertEquals(before.epoch(), after.epoch());
        assertTrue(after.sequence() > before.sequence() + 1);
        assertEquals(List.of(before, after), List.of(event(reader).id(), event(reader).id()));
        for (var replica : List.of(here, replica())) {
            try (var resumed = replica.subscribe(EventFilter.all(), Start.after(before))) {
                assertEquals(after, event(resumed).id());
            }
            try (var resumed = replica.subscribe(EventFilter.all(), Start.after(new EventId(before.epoch(), before.sequence() + 1)))) {
                assertInstanceOf(Delivery.Lagged.class, read(resumed));
            }
        }
    }

    @Test
    void log_entryThatCannotBeRead_isToldAsALoss() throws Exception {
        var here = replica(soon());
        try (var reader = here.subscribe(EventFilter.all(), Start.now())) {
            DATABASE.database().execute("""
                    with head as (update mcp_event_head set last = last + 1, writer = pg_current_xact_id()::xid returning last)
                    insert into mcp_event (id, key, kind) select last, gen_random_uuid(), 99 from head
                    """);

            assertInstanceOf(Delivery.Lagged.class, read(reader));
            var id = here.publish(message(1));
            assertEquals(id, event(reader).id());
        }
    }

    @Test
    void log_trimmedBeforeItWasRead_isToldAsALoss() throws Exception {
        var here = replica();
        var lag = new Lag();
        var lagging = replicas.add(DATABASE.open(lag, BroadcasterOptions.DEFAULT, soon()));
        try (var reader = lagging.subscribe(EventFilter.all(), Start.now())) {
            lag.begin();
            var ids = published(here, 20, ReplicasTest::message);
            assertEquals(16, DATABASE.trim(5, Duration.ofHours(1))); // with the life's record
            lag.end();

            assertInstanceOf(Delivery.Lagged.class, read(reader));
            for (var id : ids.subList(15, 20)) assertEquals(id, event(reader).id());
        }
    }

    @Test
    void trim_byAgeAndNumber_leavesNoHole() {
        var ids = published(replica(), 20, ReplicasTest::message);
        DATABASE.database().execute("update mcp_event set created_at = created_at - interval '1 hour' where id in (%s, %s)"
                .formatted(ids.get(1).sequence(), ids.get(3).sequence()));

        assertEquals(0, DATABASE.trim(100, Duration.ofHours(2)));
        assertEquals(5, DATABASE.trim(100, Duration.ofMinutes(30))); // with the life's record
        assertEquals("" + ids.get(4).sequence(), DATABASE.ask("select min(id) from mcp_event"));
        assertEquals(6, DATABASE.trim(10, Duration.ofHours(2)));
        assertEquals(0, DATABASE.trim(10, Duration.ofHours(2)));
    }

    // --- without notifications

    @Test
    void publish_notificationLost_arrivesAtTheHeartbeat() throws Exception {
        var here = replica(soon());
        try (var reader = here.subscribe(EventFilter.all(), Start.now())) {
            DATABASE.database().execute("""
                    with head as (update mcp_event_head set last = last + 1, writer = pg_current_xact_id()::xid returning last)
                    insert into mcp_event (id, key, kind, method, params) select last, gen_random_uuid(), 0, '"m"', '{}' from head
                    """);

            assertEquals("m", event(reader).event().method());
        }
        assertFalse(here.isPolling());
    }

    // --- words

    private static PostgresOptions soon() {
        return OPTIONS.toBuilder().heartbeat(Duration.ofMillis(100)).build();
    }

    private static Event message(int n) {
        return Event.of("notifications/message", Json.obj().with("n", n));
    }

    private static Event marker() {
        return Event.of("test/marker");
    }

    private static List<EventId> published(Broadcaster broadcaster, int count, IntFunction<Event> event) {
        var ids = new ArrayList<EventId>();
        for (var n = 0; n < count; n++) ids.add(broadcaster.publish(event.apply(n)));
        return ids;
    }

    private static Delivery read(Subscription reader) throws InterruptedException {
        while (true) {
            var delivery = reader.next();
            if (!(delivery instanceof Delivery.Idle)) return delivery;
        }
    }

    private static Delivery.Next event(Subscription reader) throws InterruptedException {
        return assertInstanceOf(Delivery.Next.class, read(reader));
    }

    private static List<EventId> idsUpToMarker(Subscription reader) throws InterruptedException {
        for (var ids = new ArrayList<EventId>(); ; ) {
            var next = event(reader);
            ids.add(next.id());
            if (next.event().equals(marker())) return ids;
        }
    }

    private static void idsUpTo(Subscription reader, EventId last) throws InterruptedException {
        while (!event(reader).id().equals(last)) Thread.onSpinWait();
    }

    private static List<EventId> idsUpToEnd(Subscription reader) throws InterruptedException {
        var ids = new ArrayList<EventId>();
        while (read(reader) instanceof Delivery.Next next) ids.add(next.id());
        assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(reader));
        return ids;
    }
}
