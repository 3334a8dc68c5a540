package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterOptions;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Delivery.Cause;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every [Broadcaster] promises. Events may take their time from `publish` to a reader, so nothing here expects one to
/// be there at once: a test waits for the last event that it published.
@Timeout(60)
public interface BroadcasterContract {

    /// What a reader that fell behind can still read, in [#TIGHT].
    int KEPT = 16;

    BroadcasterOptions ROOMY = BroadcasterOptions.DEFAULT.withRing(8192, 16L << 20);
    BroadcasterOptions TIGHT = BroadcasterOptions.DEFAULT.withRing(KEPT, 16L << 20);
    Comparator<EventId> BY_SEQUENCE = Comparator.comparingLong(EventId::sequence);
    Duration HEARTBEAT = Duration.ofMillis(40);

    String MESSAGE = "notifications/message";
    String TOOLS = "notifications/tools/list_changed";
    String PROMPTS = "notifications/prompts/list_changed";
    String UPDATED = "notifications/resources/updated";

    /// Opens a broadcaster to which nothing was published yet.
    Broadcaster open(BroadcasterOptions options);

    /// How many events make a flood; fewer where publishing waits for a disk.
    default int flood() {
        return 100_000;
    }

    // --- what is published

    @Test
    default void publish_event_isDeliveredAsItIs() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all())) {
            var event = Event.of(UPDATED, Json.obj().with("uri", "file:///a\nb").with("_meta", Json.obj().with("k", 1)));

            var id = broadcaster.publish(event);

            var delivered = event(reader);
            assertEquals(id, delivered.id());
            assertEquals(event, delivered.event());
            var lines = frame(delivered).split("\n", -1);
            assertEquals("id: " + id, lines[0]);
            assertEquals(notification(event), Json.parse(lines[1].substring("data: ".length())));
            assertEquals(List.of("", ""), List.of(lines).subList(2, lines.length));
        }
    }

    @Test
    default void publish_several_returnsIdsThatParseAndIncrease() {
        try (var broadcaster = open(ROOMY)) {
            var ids = published(broadcaster, 20);

            ids.forEach(id -> assertEquals(Optional.of(id), EventId.parse(id.toString())));
            requireIncreasing(ids);
        }
    }

    @Test
    default void publish_byManyThreads_isSeenInOneOrder() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 5);
            var seen = readers.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            var returned = IntStream.range(0, 4).mapToObj(_ -> threads.start(() -> published(broadcaster, 250))).toList();

            var all = new ArrayList<EventId>();
            for (var ids : returned) all.addAll(ids.get());
            var marker = broadcaster.publish(marker());

            all.sort(BY_SEQUENCE);
            all.add(marker);
            for (var ids : seen) assertEquals(all, ids.get());
            closeAll(readers);
        }
    }

    @Test
    default void publish_toSeveralAudiences_reachesTheAddresseesInOrder() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var sibling = SessionId.random();
            var anonymous = SessionId.random();
            var owner = Owner.principal("ann");
            var ofSession = broadcaster.subscribe(EventFilter.of(session, owner));
            var ofSibling = broadcaster.subscribe(EventFilter.of(sibling, owner));
            var ofStranger = broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.principal("bob")));
            var ofAnonymous = broadcaster.subscribe(EventFilter.of(anonymous, Owner.anonymous()));
            var ofNobody = broadcaster.subscribe(EventFilter.all());

            var toOwner = broadcaster.publish(message(0).to(owner));
            var toAll = broadcaster.publish(message(1));
            var toSession = broadcaster.publish(message(2).to(session));
            var toAnonymous = broadcaster.publish(message(3).to(anonymous));
            var toSibling = broadcaster.publish(message(4).to(sibling));
            var toOwnerAgain = broadcaster.publish(message(5).to(owner));
            var last = broadcaster.publish(marker());

            assertEquals(List.of(toOwner, toAll, toSession, toOwnerAgain, last), idsUpToMarker(ofSession));
            assertEquals(List.of(toOwner, toAll, toSibling, toOwnerAgain, last), idsUpToMarker(ofSibling));
            assertEquals(List.of(toAll, last), idsUpToMarker(ofStranger));
            assertEquals(List.of(toAll, toAnonymous, last), idsUpToMarker(ofAnonymous));
            assertEquals(List.of(toAll, last), idsUpToMarker(ofNobody));
            closeAll(List.of(ofSession, ofSibling, ofStranger, ofAnonymous, ofNobody));
        }
    }

    @Test
    default void publish_addressedAndNotByManyThreads_isMergedInOneOrder() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var owner = Owner.principal("ann");
            var readers = Stream.generate(() -> EventFilter.of(SessionId.random(), owner)).limit(3)
                    .map(broadcaster::subscribe).toList();
            var seen = readers.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            var toOwner = threads.start(() -> published(broadcaster, 500, n -> message(n).to(owner)));
            var toAll = threads.start(() -> published(broadcaster, 500, BroadcasterContract::message));

            var all = new ArrayList<>(toOwner.get());
            all.addAll(toAll.get());
            all.sort(BY_SEQUENCE);
            all.add(broadcaster.publish(marker()));

            for (var ids : seen) assertEquals(all, ids.get());
            closeAll(readers);
        }
    }

    @Test
    default void publish_sameKey_isPublishedOnce() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all())) {
            var first = broadcaster.publish("k", message(1));
            var other = broadcaster.publish("l", message(2));

            assertEquals(first, broadcaster.publish("k", message(3)));

            var last = broadcaster.publish(marker());
            assertEquals(List.of(first, other, last), idsUpToMarker(reader));
        }
    }

    @Test
    default void publish_sameKeyAtOnce_isPublishedOnce() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all()); var threads = new Threads()) {
            var tries = IntStream.range(0, 8).mapToObj(n -> threads.start(() -> broadcaster.publish("k", message(n)))).toList();

            var ids = new ArrayList<EventId>();
            for (var id : tries) ids.add(id.get());

            assertEquals(Set.of(ids.getFirst()), Set.copyOf(ids));
            assertEquals(List.of(ids.getFirst(), broadcaster.publish(marker())), idsUpToMarker(reader));
        }
    }

    @Test
    default void publish_tooLarge_isRefusedAndNotPublished() throws Exception {
        try (var broadcaster = open(ROOMY.withMaxEventBytes(1000)); var reader = broadcaster.subscribe(EventFilter.all())) {
            var tooLarge = Event.of(MESSAGE, Json.obj().with("text", "x".repeat(1000)));

            assertThrows(IllegalArgumentException.class, () -> broadcaster.publish(tooLarge));
            assertThrows(IllegalArgumentException.class, () -> broadcaster.publish("k", tooLarge));

            var keyed = broadcaster.publish("k", message(1));
            assertEquals(List.of(keyed, broadcaster.publish(marker())), idsUpToMarker(reader));
        }
    }

    @Test
    default void publish_nobodyReads_isBounded() throws Exception {
        var options = ROOMY.withMaxEventBytes(5000).withRing(256, 10_000);
        try (var broadcaster = open(options); var reader = broadcaster.subscribe(EventFilter.all())) {
            var session = SessionId.random();
            for (var n = 0; n < 1000; n++) {
                broadcaster.publish(message(n));
                broadcaster.publish(message(n).to(session));
            }
            settle(broadcaster);
            assertTrue(broadcaster.stats().retained() <= 2 * 256, () -> "retained: " + broadcaster.stats());

            for (var n = 0; n < 20; n++) broadcaster.publish(Event.of(MESSAGE, Json.obj().with("text", "x".repeat(900))));
            settle(broadcaster);

            assertTrue(broadcaster.stats().retainedBytes() <= 2 * 10_000, () -> "retained: " + broadcaster.stats());
            var lagged = assertInstanceOf(Delivery.Lagged.class, read(reader));
            assertEquals(1000 + 1 + 20 + 1, lagged.missed() + idsUpToMarker(reader, marker -> marker == 1).size());
        }
    }

    // --- subscriptions

    @Test
    default void subscribe_earlierEvent_isNotSeen() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            published(broadcaster, 5);
            try (var reader = broadcaster.subscribe(EventFilter.all())) {
                var later = published(broadcaster, 3);
                later.add(broadcaster.publish(marker()));

                assertEquals(later, idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void subscribe_whilePublishing_seesAllThatFollowsTheFirst() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var publisher = threads.start(() -> published(broadcaster, 3000));
            var readers = new ArrayList<Subscription>();
            while (!publisher.isDone() && readers.size() < 200) readers.addAll(subscriptions(broadcaster, 1));
            var all = publisher.get();
            all.add(broadcaster.publish(marker()));

            for (var reader : readers) {
                var seen = idsUpToMarker(reader);
                assertEquals(all.subList(all.indexOf(seen.getFirst()), all.size()), seen);
            }
            closeAll(readers);
        }
    }

    @Test
    default void subscribe_onlySomeMethods_seesThemAndWhatIsAddressed() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()).only(Set.of(TOOLS, "test/marker")));

            broadcaster.publish(message(1));
            var tools = broadcaster.publish(Event.of(TOOLS));
            broadcaster.publish(Event.of(PROMPTS));
            var addressed = broadcaster.publish(message(2).to(session));

            assertEquals(List.of(tools, addressed, broadcaster.publish(marker())), idsUpToMarker(reader));
            reader.close();
        }
    }

    @Test
    default void poll_nothing_isEmpty() throws Exception {
        try (var broadcaster = open(ROOMY.withHeartbeat(HEARTBEAT)); var reader = broadcaster.subscribe(EventFilter.all())) {
            assertEquals(Optional.empty(), reader.poll());

            assertInstanceOf(Delivery.Idle.class, reader.next());

            assertEquals(Optional.empty(), reader.poll());
        }
    }

    @Test
    default void poll_several_givesThemInOrder() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all())) {
            var ids = published(broadcaster, 10);
            settle(broadcaster);

            var polled = new ArrayList<EventId>();
            while (polled.size() < ids.size()) {
                reader.poll().ifPresent(delivery -> polled.add(assertInstanceOf(Delivery.Next.class, delivery).id()));
            }
            assertEquals(ids, polled);
        }
    }

    @Test
    default void next_interrupted_throwsAndLosesNothing() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all()); var threads = new Threads()) {
            var thread = new CompletableFuture<Thread>();
            var waiting = threads.start(() -> {
                thread.complete(Thread.currentThread());
                assertThrows(InterruptedException.class, reader::next);
                return Thread.currentThread().isInterrupted();
            });
            awaitWaiting(broadcaster, 1);

            thread.get().interrupt();

            assertEquals(false, waiting.get());
            assertEquals(0, broadcaster.stats().waiting());
            var ids = published(broadcaster, 2);
            ids.add(broadcaster.publish(marker()));
            assertEquals(ids, idsUpToMarker(reader));
        }
    }

    @Test
    default void next_interruptedAgainAndAgain_losesNothing() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 4);
            var running = new ArrayList<Thread>();
            var seen = new ArrayList<Future<List<EventId>>>();
            for (var reader : readers) {
                var thread = new CompletableFuture<Thread>();
                seen.add(threads.start(() -> {
                    thread.complete(Thread.currentThread());
                    return idsUpToMarkerThroughInterrupts(reader);
                }));
                running.add(thread.get());
            }
            var publisher = threads.start(() -> published(broadcaster, 2000));
            while (!publisher.isDone()) {
                running.forEach(Thread::interrupt);
                Thread.yield();
            }

            var all = publisher.get();
            all.add(broadcaster.publish(marker()));
            for (var ids : seen) assertEquals(all, ids.get());
            closeAll(readers);
        }
    }

    @Test
    default void close_ofSubscription_freesItsReader() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var reader = broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.principal("ann")));
            var delivery = threads.start(reader::next);
            awaitWaiting(broadcaster, 1);

            reader.close();
            reader.close();

            assertEquals(new Delivery.Closed(Cause.CANCELLED), delivery.get());
            assertEquals(new Delivery.Closed(Cause.CANCELLED), reader.next());
            assertEquals(0, broadcaster.stats().waiting());
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void close_ofSubscriptionWithUnreadEvents_deliversNothingMore() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()));
            broadcaster.publish(message(1));
            broadcaster.publish(message(2).to(session));
            settle(broadcaster);

            reader.close();

            assertEquals(Optional.of(new Delivery.Closed(Cause.CANCELLED)), reader.poll());
            assertEquals(new Delivery.Closed(Cause.CANCELLED), reader.next());
        }
    }

    @Test
    default void close_ofSubscription_leavesTheOthers() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var readers = subscriptions(broadcaster, 5);
            readers.get(2).close();
            var ids = published(broadcaster, 3);
            ids.add(broadcaster.publish(marker()));

            for (var n : List.of(0, 1, 3, 4)) assertEquals(ids, idsUpToMarker(readers.get(n)));

            closeAll(readers);
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    // --- the end of a broadcaster

    @Test
    default void close_thenPublish_throws() {
        var broadcaster = open(ROOMY);
        broadcaster.close();
        broadcaster.close();

        assertThrows(BroadcasterClosedException.class, () -> broadcaster.publish(message(1)));
        assertThrows(BroadcasterClosedException.class, () -> broadcaster.publish("k", message(1)));
    }

    @Test
    default void close_thenSubscribe_givesAClosedOne() throws Exception {
        var broadcaster = open(ROOMY);
        var id = broadcaster.publish(message(1));
        broadcaster.close();

        for (var reader : List.of(broadcaster.subscribe(EventFilter.all()), broadcaster.subscribe(EventFilter.all(), id))) {
            assertEquals(new Delivery.Closed(Cause.BROADCASTER_CLOSED), reader.next());
            assertEquals(Optional.of(new Delivery.Closed(Cause.BROADCASTER_CLOSED)), reader.poll());
            reader.close();
        }
        assertEquals(0, broadcaster.stats().subscribers());
    }

    @Test
    default void close_waitingReaders_leaveAtOnce() throws Exception {
        var broadcaster = open(ROOMY);
        try (var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 200);
            var deliveries = readers.stream().map(reader -> threads.start(reader::next)).toList();
            awaitWaiting(broadcaster, 200);

            broadcaster.close();

            for (var delivery : deliveries) assertEquals(new Delivery.Closed(Cause.BROADCASTER_CLOSED), delivery.get());
            closeAll(readers);
            assertEquals(0, broadcaster.stats().waiting());
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void close_unreadEvents_areNotDelivered() throws Exception {
        var broadcaster = open(ROOMY);
        try (var reader = broadcaster.subscribe(EventFilter.all())) {
            published(broadcaster, 3);
            settle(broadcaster);

            broadcaster.close();

            assertEquals(new Delivery.Closed(Cause.BROADCASTER_CLOSED), reader.next());
        }
    }

    @Test
    default void close_whilePublishing_stopsEverybody() throws Exception {
        var broadcaster = open(ROOMY);
        try (var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 8);
            var ends = readers.stream().map(reader -> threads.start(() -> {
                while (true) if (reader.next() instanceof Delivery.Closed(var cause)) return cause;
            })).toList();
            var started = new CountDownLatch(100);
            var publishers = IntStream.range(0, 2).mapToObj(_ -> threads.start(() -> assertThrows(
                    BroadcasterClosedException.class, () -> publishForEver(broadcaster, started)))).toList();
            started.await();

            broadcaster.close();

            for (var end : ends) assertEquals(Cause.BROADCASTER_CLOSED, end.get());
            for (var publisher : publishers) publisher.get();
            closeAll(readers);
        }
    }

    // --- lag

    @Test
    default void next_laggedFarBehind_isToldHealedAndGoesOn() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all())) {
            var published = new LinkedHashMap<EventId, Event>();
            for (var n = 0; n < 200; n++) {
                var event = switch (n % 10) {
                    case 0 -> updated("a", n);
                    case 3 -> updated("b", n);
                    case 5 -> n < 100 ? Event.of(TOOLS) : message(n);
                    default -> message(n);
                };
                published.put(broadcaster.publish(event), event);
            }
            published.put(settle(broadcaster), marker());

            assertEquals(afterLag(published), deliveriesUpToMarker(reader));

            var live = published(broadcaster, 3);
            live.add(broadcaster.publish(marker()));
            assertEquals(live, idsUpToMarker(reader));
        }
    }

    @Test
    default void next_laggedAgainAndAgain_countsEach() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all())) {
            for (var lost : List.of(1, 2, 15, 16, 17, 31, 32, 33, 1000)) {
                var published = new LinkedHashMap<EventId, Event>();
                for (var n = 0; n < KEPT + lost - 1; n++) published.put(broadcaster.publish(message(n)), message(n));
                published.put(settle(broadcaster), marker());

                assertEquals(afterLag(published), deliveriesUpToMarker(reader), () -> "lost: " + lost);
            }
        }
    }

    @Test
    default void next_exactlyAsMuchAsIsKept_isNotLagged() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all())) {
            var ids = published(broadcaster, KEPT - 1);
            ids.add(settle(broadcaster));

            assertEquals(ids, idsUpToMarker(reader));
        }
    }

    @Test
    default void next_onlySignalsLost_losesNoMessage() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all())) {
            published(broadcaster, 100, _ -> Event.of(TOOLS));
            published(broadcaster, KEPT - 1);
            settle(broadcaster);

            assertEquals(new Delivery.Lagged(99, 0), read(reader));
            assertEquals(TOOLS, event(reader).event().method());
        }
    }

    @Test
    default void next_laggedWithMail_keepsTheOrder() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()));
            var before = broadcaster.publish(Event.of(TOOLS));
            var mail = broadcaster.publish(message(0).to(session));
            var after = broadcaster.publish(Event.of(PROMPTS));
            published(broadcaster, KEPT - 1);
            settle(broadcaster);

            assertEquals(new Delivery.Lagged(0, 0), read(reader));
            assertEquals(List.of(before, mail, after), List.of(event(reader).id(), event(reader).id(), event(reader).id()));
            assertEquals(KEPT, idsUpToMarker(reader).size());
            reader.close();
        }
    }

    @Test
    default void next_lostMail_isTold() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()));
            published(broadcaster, 100, n -> message(n).to(session));
            settle(broadcaster);

            assertEquals(new Delivery.Lagged(100 - KEPT, 100 - KEPT), read(reader));
            assertEquals(KEPT + 1, idsUpToMarker(reader).size());
            reader.close();
        }
    }

    @Test
    default void next_unwantedMethodsWentBy_isNotLagged() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all().only(Set.of(TOOLS)))) {
            var first = broadcaster.publish(Event.of(TOOLS));
            assertEquals(first, event(reader).id());
            published(broadcaster, 1000);
            settle(broadcaster);
            var second = broadcaster.publish(Event.of(TOOLS));

            assertEquals(second, event(reader).id());
        }
    }

    @Test
    default void next_wantedAmongUnwanted_isHealed() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all().only(Set.of(TOOLS)))) {
            broadcaster.publish(Event.of(TOOLS));
            broadcaster.publish(Event.of(PROMPTS));
            var newest = broadcaster.publish(Event.of(TOOLS));
            published(broadcaster, 100);
            settle(broadcaster);

            assertInstanceOf(Delivery.Lagged.class, read(reader));
            assertEquals(newest, event(reader).id());
            var live = broadcaster.publish(Event.of(TOOLS));
            assertEquals(live, event(reader).id());
        }
    }

    @Test
    default void next_floodForOthers_isNotLagged() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var owner = Owner.principal("ann");
            var readers = List.of(
                    broadcaster.subscribe(EventFilter.all()),
                    broadcaster.subscribe(EventFilter.of(SessionId.random(), owner)),
                    broadcaster.subscribe(EventFilter.all().only(Set.of(TOOLS, "test/marker"))));
            var first = broadcaster.publish(Event.of(TOOLS));
            var other = SessionId.random();
            published(broadcaster, flood(), n -> n % 2 == 0 ? message(n).to(other) : message(n).to(Owner.principal("bob")));
            var last = settle(broadcaster);

            for (var reader : readers) assertEquals(List.of(first, last), idsUpToMarker(reader));
            closeAll(readers);
        }
    }

    @Test
    default void next_slowAmongFloods_neverGoesBack() throws Exception {
        try (var broadcaster = open(TIGHT); var threads = new Threads()) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()));
            var publisher = threads.start(() -> published(broadcaster, 20_000 * flood() / 100_000, n -> switch (n % 5) {
                case 0 -> message(n).to(session);
                case 1, 2 -> updated("u" + n % 50, n);
                default -> message(n);
            }));
            var seen = threads.start(() -> {
                var ids = new ArrayList<EventId>();
                while (true) {
                    if (read(reader) instanceof Delivery.Next next) {
                        ids.add(next.id());
                        if (isMarker(next)) return ids;
                    }
                    if (ids.size() % 7 == 0) LockSupport.parkNanos(20_000);
                }
            });
            publisher.get();
            broadcaster.publish(marker());

            requireIncreasing(seen.get());
            reader.close();
        }
    }

    // --- one subscription per session

    @Test
    default void subscribe_sameSession_takesOverExactly() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var filter = EventFilter.of(session, Owner.principal("ann"));
            var older = broadcaster.subscribe(filter);
            var before = List.of(broadcaster.publish(message(1)), broadcaster.publish(message(2).to(session)));
            var newer = broadcaster.subscribe(filter);
            var after = List.of(
                    broadcaster.publish(message(3).to(session)),
                    broadcaster.publish(message(4).to(Owner.principal("ann"))),
                    broadcaster.publish(marker()));

            assertEquals(before, List.of(event(older).id(), event(older).id()));
            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(older));
            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(older));
            assertEquals(after, idsUpToMarker(newer));
            closeAll(List.of(older, newer));
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    @Test
    default void subscribe_sameSessionWhileOlderWaits_endsIt() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            var older = broadcaster.subscribe(filter);
            var delivery = threads.start(older::next);
            awaitWaiting(broadcaster, 1);

            var newer = broadcaster.subscribe(filter);

            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), delivery.get());
            older.close(); // of the older one alone
            var id = broadcaster.publish(message(1).to(filter.session().orElseThrow()));
            assertEquals(id, event(newer).id());
            newer.close();
        }
    }

    @Test
    default void subscribe_sameSessionWhilePublishing_leavesNoGapAndNoDuplicate() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var session = SessionId.random();
            var owner = Owner.principal("ann");
            var filter = EventFilter.of(session, owner);
            var readers = new ArrayList<>(List.of(broadcaster.subscribe(filter)));
            var publisher = threads.start(() -> published(broadcaster, 4000, n -> switch (n % 3) {
                case 0 -> message(n).to(session);
                case 1 -> message(n).to(owner);
                default -> message(n);
            }));
            var seen = new ArrayList<Future<List<EventId>>>();
            while (!publisher.isDone() && readers.size() < 300) {
                var reader = readers.getLast();
                seen.add(threads.start(() -> idsUpToEnd(reader)));
                readers.add(broadcaster.subscribe(filter));
            }
            var all = publisher.get();
            all.add(broadcaster.publish(marker()));

            var parts = new ArrayList<EventId>();
            for (var part : seen) parts.addAll(part.get());
            parts.addAll(idsUpToMarker(readers.getLast()));
            assertEquals(all, parts);
            closeAll(readers);
        }
    }

    @Test
    default void subscribe_sameSessionThenFlood_tellsTheOlderNothingOfIt() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            var older = broadcaster.subscribe(filter);
            var id = broadcaster.publish(message(1));
            assertEquals(id, event(older).id());
            var newer = broadcaster.subscribe(filter);
            published(broadcaster, 100);
            settle(broadcaster);

            assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(older));
            assertEquals(new Delivery.Lagged(101 - KEPT, 101 - KEPT), read(newer));
            closeAll(List.of(older, newer));
        }
    }

    @Test
    default void endSession_deliversWhatWasBeforeAndNothingAfter() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var owner = Owner.principal("ann");
            var reader = broadcaster.subscribe(EventFilter.of(session, owner));
            var sibling = broadcaster.subscribe(EventFilter.of(SessionId.random(), owner));
            var before = List.of(broadcaster.publish(message(1).to(session)), broadcaster.publish(message(2)));
            broadcaster.endSession(session);
            broadcaster.publish(message(3).to(session));
            var after = List.of(broadcaster.publish(message(4).to(owner)), broadcaster.publish(marker()));

            assertEquals(before, List.of(event(reader).id(), event(reader).id()));
            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(reader));
            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), read(reader));
            assertEquals(Stream.concat(Stream.of(before.get(1)), after.stream()).toList(), idsUpToMarker(sibling));
            closeAll(List.of(reader, sibling));
        }
    }

    @Test
    default void endSession_waitingReader_leaves() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()));
            var delivery = threads.start(reader::next);
            awaitWaiting(broadcaster, 1);

            broadcaster.endSession(session);
            broadcaster.endSession(SessionId.random());

            assertEquals(new Delivery.Closed(Cause.SESSION_ENDED), delivery.get());
            reader.close();
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    // --- resuming

    @Test
    default void subscribe_afterAPosition_continuesExactly() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var owner = Owner.principal("ann");
            var ids = published(broadcaster, 30, n -> switch (n % 4) {
                case 0 -> message(n).to(session);
                case 1 -> message(n).to(owner);
                default -> message(n);
            });
            broadcaster.publish(message(30).to(SessionId.random()));
            ids.add(settle(broadcaster));

            for (var n = 0; n < ids.size() - 1; n++) {
                try (var reader = broadcaster.subscribe(EventFilter.of(session, owner), ids.get(n))) {
                    assertEquals(ids.subList(n + 1, ids.size()), idsUpToMarker(reader));
                }
            }
        }
    }

    @Test
    default void subscribe_afterTheLast_isLive() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            published(broadcaster, 3);
            var last = settle(broadcaster);
            try (var reader = broadcaster.subscribe(EventFilter.all(), last)) {
                assertEquals(List.of(broadcaster.publish(marker())), idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void subscribe_afterAPositionWhilePublishing_leavesNoGapAndNoDuplicate() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var session = SessionId.random();
            var filter = EventFilter.of(session, Owner.anonymous());
            var first = settle(broadcaster);
            var publisher = threads.start(() -> {
                var ids = published(broadcaster, 2000, n -> n % 2 == 0 ? message(n) : message(n).to(session));
                ids.add(broadcaster.publish(marker()));
                return ids;
            });

            var seen = new ArrayList<>(List.of(first));
            for (var ended = false; !ended; ) {
                try (var reader = broadcaster.subscribe(filter, seen.getLast())) {
                    for (var n = 0; n < 5 && !ended; n++) {
                        var next = event(reader);
                        seen.add(next.id());
                        ended = isMarker(next);
                    }
                }
            }

            assertEquals(publisher.get(), seen.subList(1, seen.size()));
        }
    }

    @Test
    default void subscribe_afterAPositionThatIsGone_isToldAndHealed() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            broadcaster.publish(Event.of(PROMPTS)); // seen before the position, so not lost
            var position = broadcaster.publish(message(0));
            published(broadcaster, 50);
            var tools = published(broadcaster, 3, _ -> Event.of(TOOLS)).getLast();
            var kept = published(broadcaster, KEPT - 1);
            kept.add(settle(broadcaster));
            try (var reader = broadcaster.subscribe(EventFilter.all(), position)) {
                var lagged = assertInstanceOf(Delivery.Lagged.class, read(reader));
                assertTrue(lagged.missed() >= 52 && lagged.messages() >= 50, lagged::toString);
                assertEquals(tools, event(reader).id());
                assertEquals(kept, idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void subscribe_afterAPositionAmongAddressedThatIsGone_neverGoesBack() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            broadcaster.publish(Event.of(TOOLS));
            var position = published(broadcaster, 50, n -> message(n).to(SessionId.random())).getLast();
            published(broadcaster, 20, n -> message(n).to(SessionId.random()));
            published(broadcaster, KEPT + 5);
            settle(broadcaster);
            try (var reader = broadcaster.subscribe(EventFilter.all(), position);
                    var ofTools = broadcaster.subscribe(EventFilter.all().only(Set.of(TOOLS, "test/marker")), position)) {
                assertInstanceOf(Delivery.Lagged.class, read(reader));
                var ids = idsUpToMarker(reader);
                assertEquals(KEPT, ids.size());
                requireIncreasing(Stream.concat(Stream.of(position), ids.stream()).toList());
                assertEquals(1, idsUpToMarker(ofTools).size());
            }
        }
    }

    @Test
    default void subscribe_afterAPositionWithGoneAddressed_isTold() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var session = SessionId.random();
            var position = settle(broadcaster);
            published(broadcaster, KEPT + 3, n -> message(n).to(session));
            var last = settle(broadcaster);
            try (var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), position);
                    var ofNobody = broadcaster.subscribe(EventFilter.all(), position)) {
                var lagged = assertInstanceOf(Delivery.Lagged.class, read(reader));
                assertTrue(lagged.missed() >= 3 && lagged.messages() >= 3, lagged::toString);
                assertEquals(KEPT + 1, idsUpToMarker(reader).size());
                assertEquals(List.of(last), idsUpToMarker(ofNobody));
            }
        }
    }

    @Test
    default void subscribe_afterAnotherEpoch_isLaggedFirst() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var ids = published(broadcaster, 3);
            ids.add(settle(broadcaster));
            var epoch = ids.getFirst().epoch().equals("0") ? "1" : "0";
            try (var reader = broadcaster.subscribe(EventFilter.all(), new EventId(epoch, 2))) {
                assertInstanceOf(Delivery.Lagged.class, read(reader));
                assertEquals(ids, idsUpToMarker(reader));
            }
        }
    }

    // --- heartbeats

    @Test
    default void next_silent_isIdleAgainAndAgain() throws Exception {
        try (var broadcaster = open(ROOMY.withHeartbeat(HEARTBEAT)); var reader = broadcaster.subscribe(EventFilter.all())) {
            for (var n = 0; n < 3; n++) assertInstanceOf(Delivery.Idle.class, reader.next());

            var id = broadcaster.publish(message(1));
            assertEquals(id, event(reader).id());

            assertInstanceOf(Delivery.Idle.class, reader.next());
        }
    }

    @Test
    default void next_unwantedEventsOnly_isIdle() throws Exception {
        try (var broadcaster = open(ROOMY.withHeartbeat(HEARTBEAT)); var threads = new Threads();
                var reader = broadcaster.subscribe(EventFilter.all().only(Set.of(TOOLS)))) {
            var idle = threads.start(reader::next);

            while (!idle.isDone()) {
                broadcaster.publish(message(1));
                LockSupport.parkNanos(1_000_000);
            }

            assertInstanceOf(Delivery.Idle.class, idle.get());
        }
    }

    @Test
    default void next_eventsFlow_isIdleOnlyAfterSilence() throws Exception {
        try (var broadcaster = open(ROOMY.withHeartbeat(HEARTBEAT)); var threads = new Threads();
                var reader = broadcaster.subscribe(EventFilter.all())) {
            var silences = threads.start(() -> {
                var found = new ArrayList<Duration>();
                for (var heard = System.nanoTime(); ; ) {
                    var asked = System.nanoTime();
                    var delivery = reader.next();
                    if (delivery instanceof Delivery.Idle) found.add(Duration.ofNanos(System.nanoTime() - heard));
                    else if (delivery instanceof Delivery.Next next && isMarker(next)) return found;
                    heard = asked; // before the delivery, so that what is found is at least the true silence
                }
            });
            for (var n = 0; n < 200; n++) {
                broadcaster.publish(message(n));
                LockSupport.parkNanos(1_000_000);
            }
            broadcaster.publish(marker());

            silences.get().forEach(silence -> assertTrue(silence.compareTo(HEARTBEAT.dividedBy(2)) > 0, silence::toString));
        }
    }

    // --- what there is to see

    @Test
    default void stats_countsWhatHappens() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 3);
            var seen = readers.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            awaitWaiting(broadcaster, 3);
            assertEquals(3, broadcaster.stats().subscribers());
            assertEquals(0, broadcaster.stats().published());

            published(broadcaster, 9);
            broadcaster.publish(marker());
            for (var ids : seen) ids.get();

            assertEquals(10, broadcaster.stats().published());
            assertEquals(10, broadcaster.stats().retained());
            assertTrue(broadcaster.stats().wakeUps() >= 3, () -> broadcaster.stats().toString());
            assertTrue(broadcaster.stats().retainedBytes() > 10, () -> broadcaster.stats().toString());
            assertEquals(0, broadcaster.stats().waiting());
            closeAll(readers);
            assertEquals(0, broadcaster.stats().subscribers());
        }
    }

    // --- helpers

    private static Event message(int n) {
        return Event.of(MESSAGE, Json.obj().with("n", n));
    }

    private static Event updated(String uri, int n) {
        return Event.of(UPDATED, Json.obj().with("uri", uri).with("n", n));
    }

    private static Event marker() {
        return Event.of("test/marker");
    }

    private static boolean isMarker(Delivery.Next delivery) {
        return delivery.event().method().equals("test/marker");
    }

    private static Json notification(Event event) {
        return Json.obj().with("jsonrpc", "2.0").with("method", event.method()).with("params", event.params());
    }

    private static String frame(Delivery.Next delivery) throws IOException {
        var out = new ByteArrayOutputStream();
        delivery.encoded().writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<EventId> published(Broadcaster broadcaster, int count) {
        return published(broadcaster, count, BroadcasterContract::message);
    }

    private static List<EventId> published(
            Broadcaster broadcaster, int count, IntFunction<Event> event) {
        var ids = new ArrayList<EventId>(count);
        for (var n = 0; n < count; n++) ids.add(broadcaster.publish(event.apply(n)));
        return ids;
    }

    private static void publishForEver(Broadcaster broadcaster, CountDownLatch started) {
        for (var n = 0; ; n++) {
            broadcaster.publish(message(n));
            started.countDown();
        }
    }

    /// Publishes a marker and waits until it has reached the readers, and with it all that was published before.
    private static EventId settle(Broadcaster broadcaster) throws InterruptedException {
        try (var witness = broadcaster.subscribe(EventFilter.all().only(Set.of("test/marker")))) {
            var id = broadcaster.publish(marker());
            while (!event(witness).id().equals(id)) Thread.onSpinWait();
            return id;
        }
    }

    private static List<Subscription> subscriptions(Broadcaster broadcaster, int count) {
        return Stream.generate(() -> broadcaster.subscribe(EventFilter.all())).limit(count).toList();
    }

    private static void closeAll(List<Subscription> readers) {
        readers.forEach(Subscription::close);
    }

    private static void awaitWaiting(Broadcaster broadcaster, int readers) throws InterruptedException {
        while (broadcaster.stats().waiting() != readers) {
            if (Thread.interrupted()) throw new InterruptedException("waiting: " + broadcaster.stats().waiting());
            Thread.yield();
        }
    }

    /// The next delivery that is not a heartbeat.
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
        return idsUpToMarker(reader, _ -> false);
    }

    /// The ids of all deliveries up to the marker; markers whose number, from 0, is to be passed are like any other event.
    private static List<EventId> idsUpToMarker(Subscription reader, IntPredicate isPassed)
            throws InterruptedException {
        var ids = new ArrayList<EventId>();
        for (var markers = 0; ; ) {
            var next = event(reader);
            ids.add(next.id());
            if (isMarker(next) && !isPassed.test(markers++)) return ids;
        }
    }

    private static List<EventId> idsUpToMarkerThroughInterrupts(Subscription reader) {
        var ids = new ArrayList<EventId>();
        while (true) {
            try {
                var next = event(reader);
                ids.add(next.id());
                if (isMarker(next)) return ids;
            } catch (InterruptedException _) {
                Thread.onSpinWait(); // it was the waiting that was interrupted
            }
        }
    }

    private static List<EventId> idsUpToEnd(Subscription reader) throws InterruptedException {
        var ids = new ArrayList<EventId>();
        while (read(reader) instanceof Delivery.Next next) ids.add(next.id());
        assertEquals(new Delivery.Closed(Cause.TAKEN_OVER), read(reader));
        return ids;
    }

    /// The ids of events, and losses as they are told.
    private static List<Object> deliveriesUpToMarker(Subscription reader) throws InterruptedException {
        var deliveries = new ArrayList<Object>();
        while (true) {
            var delivery = read(reader);
            deliveries.add(delivery instanceof Delivery.Next(var id, _, _) ? id : delivery);
            if (delivery instanceof Delivery.Next next && isMarker(next)) return deliveries;
        }
    }

    /// What a reader of everything gets that has read nothing of what was published, and lost all but the last [#KEPT].
    private static List<Object> afterLag(LinkedHashMap<EventId, Event> published) {
        var lost = published.size() - KEPT;
        var newest = new TreeMap<String, EventId>();
        var messages = 0;
        for (var entry : published.entrySet().stream().limit(lost).toList()) {
            var key = entry.getValue().signalKey();
            if (key.isPresent()) newest.put(key.get(), entry.getKey());
            else messages++;
        }
        var healing = new ArrayList<>(newest.values());
        healing.sort(BY_SEQUENCE);
        var expected = new ArrayList<Object>(List.of(new Delivery.Lagged(lost - healing.size(), messages)));
        expected.addAll(healing);
        expected.addAll(published.keySet().stream().skip(lost).toList());
        return expected;
    }

    private static void requireIncreasing(List<EventId> ids) {
        for (var n = 1; n < ids.size(); n++) {
            var before = ids.get(n - 1);
            var after = ids.get(n);
            assertEquals(before.epoch(), after.epoch());
            assertTrue(before.sequence() < after.sequence(), () -> after + " after " + before);
        }
    }

    /// Virtual threads that end with the test, also those that sleep where they should not.
    final class Threads implements AutoCloseable {

        private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> started = Collections.synchronizedList(new ArrayList<>());

        public <T> Future<T> start(Callable<T> task) {
            var future = executor.submit(task);
            started.add(future);
            return future;
        }

        /// Interrupts what still runs and tells a failure that nobody asked for.
        @Override
        public void close() {
            executor.shutdownNow();
            if (!ended()) throw new AssertionError("a thread sleeps or goes in circles");
            for (var future : started) {
                if (future.state() == Future.State.FAILED) throw new AssertionError("a thread failed", future.exceptionNow());
            }
        }

        private boolean ended() {
            try {
                return executor.awaitTermination(20, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
