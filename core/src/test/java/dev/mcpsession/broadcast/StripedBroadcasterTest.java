package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.contract.BroadcasterContract;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StripedBroadcasterTest implements BroadcasterContract {

    private static final int MANY = 10_000;
    private static final BroadcasterOptions QUIET = ROOMY.toBuilder().heartbeat(Duration.ofHours(1)).build();
    private static final EventFilter ALL = EventFilter.all();

    private final AtomicLong elapsed = new AtomicLong();

    @Override
    public Broadcaster open(BroadcasterOptions options) {
        return new StripedBroadcaster(options, id("e", 0), elapsed::get);
    }

    @Override
    public boolean elapse(Duration time) {
        elapsed.addAndGet(time.toNanos());
        return true;
    }

    // --- waking

    @Test
    void publish_addressedAmongManyWaiting_wakesOne() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            var sessions = new ArrayList<SessionId>();
            var deliveries = new ArrayList<CompletableFuture<Delivery>>();
            for (var n = 0; n < MANY; n++) {
                var session = SessionId.random();
                sessions.add(session);
                deliveries.add(delivery(broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())));
            }
            awaitWaiting(broadcaster, MANY);
            var wakeUps = broadcaster.stats().wakeUps();

            for (var n : new int[] {0, 4321, MANY - 1}) {
                var id = broadcaster.publish(Event.of("m").to(sessions.get(n)));

                assertEquals(id, ((Delivery.Next) deliveries.get(n).get()).id());
                assertEquals(++wakeUps, broadcaster.stats().wakeUps());
            }

            assertEquals(MANY - 3, broadcaster.stats().waiting());
            assertEquals(3, deliveries.stream().filter(CompletableFuture::isDone).count());
        }
    }

    @Test
    void publish_toOwnerAmongManyWaiting_wakesHisAlone() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            var deliveries = new ArrayList<CompletableFuture<Delivery>>();
            for (var n = 0; n < MANY; n++) {
                var owner = Owner.principal(n % 1000 == 7 ? "ann" : "bob " + n);
                deliveries.add(delivery(broadcaster.subscribe(EventFilter.of(SessionId.random(), owner), Start.now())));
            }
            awaitWaiting(broadcaster, MANY);
            var wakeUps = broadcaster.stats().wakeUps();

            broadcaster.publish(Event.of("m").to(Owner.principal("ann")));

            for (var n = 7; n < MANY; n += 1000) deliveries.get(n).get();
            assertEquals(wakeUps + 10, broadcaster.stats().wakeUps());
            assertEquals(MANY - 10, broadcaster.stats().waiting());
        }
    }

    @Test
    void publish_manyWaiting_wakesEachOnce() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            var readers = new ArrayList<Subscription>();
            for (var n = 0; n < MANY; n++) readers.add(broadcaster.subscribe(ALL, Start.now()));
            for (var round = 0; round < 3; round++) {
                var deliveries = readers.stream().map(StripedBroadcasterTest::delivery).toList();
                awaitWaiting(broadcaster, MANY);
                var wakeUps = broadcaster.stats().wakeUps();

                var id = broadcaster.publish(Event.of("m"));

                for (var delivery : deliveries) assertEquals(id, ((Delivery.Next) delivery.get()).id());
                awaitWakeUps(broadcaster, wakeUps + MANY);
                assertEquals(0, broadcaster.stats().waiting());
            }
        }
    }

    @Test
    void next_silentForAWhile_isIdleForEverybody() throws Exception {
        try (var broadcaster = new StripedBroadcaster(ROOMY.toBuilder().heartbeat(HEARTBEAT).build())) {
            var deliveries = new ArrayList<CompletableFuture<Delivery>>();
            for (var n = 0; n < 1000; n++) deliveries.add(delivery(broadcaster.subscribe(ALL, Start.now())));

            for (var delivery : deliveries) assertEquals(new Delivery.Idle(), delivery.get());
        }
    }

    /// Each event comes just when readers that had the one before it begin to wait, and only the next would wake one that was
    /// forgotten.
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void publish_oneAtATime_reachesThoseAboutToWait(int count) throws Exception {
        var random = new Random(count);
        try (var broadcaster = new StripedBroadcaster(QUIET); var threads = new Threads()) {
            var owner = Owner.principal("ann");
            var got = new AtomicInteger();
            var readers = readersOf(owner, count, broadcaster);
            var counts = readers.stream().map(reader -> threads.start(() -> countUpToMarker(reader, () -> {
                got.incrementAndGet();
                dawdle(ThreadLocalRandom.current());
            }))).toList();
            for (var n = 1; n <= 30_000; n++) {
                broadcaster.publish(n % 2 == 0 ? Event.of("m") : Event.of("m").to(owner));
                for (var spins = 1; got.get() < n * count; spins++) {
                    if (spins % 1000 == 0) pause("event " + n + " did not reach all: " + broadcaster.stats());
                }
                dawdle(random);
            }
            broadcaster.publish(Event.of("marker"));
            for (var each : counts) assertEquals(30_001, each.get());
            readers.forEach(Subscription::close);
        }
    }

    /// A leader that walks a long list, the heartbeat that takes some out of it and publishers that want one of them: they
    /// meet all the time.
    @ParameterizedTest
    @CsvSource({"3600000, 300, 500, 6000", "8, 1000, 0, 20000"})
    void publish_addressedWhileAllAreWoken_losesNobody(long heartbeat, int count, int forAll, int forOne) throws Exception {
        var options = QUIET.toBuilder().stripes(1).ringEntries(1 << 16).ringBytes(64L << 20)
                .heartbeat(Duration.ofMillis(heartbeat)).build();
        try (var broadcaster = new StripedBroadcaster(options); var threads = new Threads()) {
            var sessions = Stream.generate(SessionId::random).limit(count).toList();
            var readers = sessions.stream().map(s -> broadcaster.subscribe(EventFilter.of(s, Owner.anonymous()), Start.now())).toList();
            var counts = readers.stream().map(reader -> threads.start(() -> countUpToMarker(reader, () -> {}))).toList();

            var addressed = threads.start(() -> {
                for (var n = 0; n < forOne; n++) broadcaster.publish(Event.of("m").to(sessions.get(n * 7 % count)));
                return null;
            });
            for (var n = 0; n < forAll; n++) {
                broadcaster.publish(Event.of("m"));
                Thread.yield();
            }
            addressed.get();
            broadcaster.publish(Event.of("marker"));

            for (var each : counts) assertEquals(forAll + forOne / count + 1, each.get());
            assertEquals(0, broadcaster.stats().waiting());
            readers.forEach(Subscription::close);
        }
    }

    /// More threads than processors, so that a reader is often stopped between its look at the ring and its look at the inbox.
    @Test
    void poll_whileBothKindsArePublished_keepsTheOrder() throws Exception {
        try (var broadcaster = new StripedBroadcaster(ROOMY.toBuilder().ringEntries(64).ringBytes(16L << 20).build());
                var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            var owner = Owner.principal("ann");
            var isOver = new AtomicBoolean();
            var readers = readersOf(owner, 6, broadcaster);
            var received = readers.stream().map(reader -> threads.submit(() -> countInOrder(reader, isOver))).toList();
            var publishers = Stream.generate(() -> threads.submit(() -> {
                for (var n = 0; n < 50_000; n++) broadcaster.publish(n % 2 == 0 ? Event.of("m") : Event.of("m").to(owner));
            })).limit(2).toList();

            for (var publisher : publishers) publisher.get();
            isOver.set(true);

            for (var count : received) assertEquals(100_000, count.get());
            readers.forEach(Subscription::close);
        }
    }

    /// What was received and reported missed.
    private static long countInOrder(Subscription reader, AtomicBoolean isOver) {
        var count = 0L;
        for (var last = -1L; ; ) {
            var wasOver = isOver.get();
            var delivery = reader.poll();
            if (delivery.isEmpty() && wasOver) return count;
            switch (delivery.orElse(new Delivery.Idle())) {
                case Delivery.Next(var id, _) -> {
                    if (id.sequence() <= last) throw new AssertionError(id + " after " + last);
                    last = id.sequence();
                    count++;
                }
                case Delivery.Lagged(var missed, _, _) -> count += missed;
                case Delivery.Idle() -> Thread.onSpinWait();
                case Delivery.Closed closed -> throw new AssertionError(closed);
            }
        }
    }

    // --- what readers see, against a model that has no threads, no bytes and no ring

    @Test
    void poll_anyHistory_isWhatTheModelSays() {
        for (var seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            try (var broadcaster = new StripedBroadcaster(TIGHT); var reader = broadcaster.subscribe(ALL, Start.now())) {
                var published = new ArrayList<Delivery.Next>();
                var expected = new ArrayList<Object>();
                var seen = new ArrayList<Object>();
                var read = 0;
                for (var turn = 0; turn < 20; turn++) {
                    for (var n = random.nextInt(40); n > 0; n--) publishAny(broadcaster, random, published);
                    for (var n = random.nextInt(30); n > 0; n--) {
                        reader.poll().ifPresent(delivery -> seen.add(idOrLoss(delivery)));
                    }
                    while (seen.size() > expected.size()) read = expect(published, read, expected);
                    // what heals is promised at the lap; the model's turn ends where healing ends
                    while (seen.size() < expected.size()) {
                        seen.add(idOrLoss(reader.poll().orElseThrow()));
                    }
                    assertEquals(expected, seen, "seed " + seed);
                }
            }
        }
    }

    private static void publishAny(StripedBroadcaster broadcaster, Random random, List<Delivery.Next> published) {
        var event = switch (random.nextInt(5)) {
            case 0 -> Event.of("kind" + random.nextInt(3) + "/list_changed");
            case 1 -> Event.of("notifications/resources/updated", Json.obj().with("uri", "u" + random.nextInt(3)));
            case 2 -> Event.of("m").to(SessionId.random());
            default -> Event.of("m");
        };
        var id = broadcaster.publish(event);
        if (event.audience() instanceof Audience.Everyone) published.add(new Delivery.Next(id, EventFrame.of(event).withId(id)));
    }

    /// Adds what a reader gets next that has read the first ones, and says how many it has then read.
    private static int expect(List<Delivery.Next> published, int read, List<Object> expected) {
        var gone = published.size() - KEPT;
        if (read >= gone) {
            expected.add(published.get(read).id());
            return read + 1;
        }
        var newest = new LinkedHashMap<String, EventId>();
        var messages = 0;
        for (var lost : published.subList(read, gone)) {
            var key = lost.event().signalKey();
            if (key.isEmpty()) messages++;
            else newest.putLast(key.get(), lost.id());
        }
        expected.add(new Delivery.Lagged(gone - read - newest.size(), messages));
        expected.addAll(newest.values());
        return gone;
    }

    @Test
    void poll_overtakenAtEveryDelivery_stillGoesOn() {
        try (var broadcaster = new StripedBroadcaster(TIGHT); var reader = broadcaster.subscribe(ALL, Start.now())) {
            var healed = 0;
            var last = -1L;
            for (var round = 0; round < 200; round++) {
                for (var n = 0; n < 3 * KEPT; n++) broadcaster.publish(updated("u" + n));
                if (!(reader.poll().orElseThrow() instanceof Delivery.Next(var id, _))) continue;
                assertTrue(id.sequence() > last);
                last = id.sequence();
                healed++;
            }
            assertTrue(healed > 190, "healed: " + healed);
        }
    }

    // --- updates of resources

    @Test
    void publish_updatedResource_wakesOnlyThoseWhoAskedForIt() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            for (var n = 0; n < 1_000; n++) {
                delivery(broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.principal("ann")), Start.now()));
                delivery(broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of("m"), Set.of("u" + n)), Start.now()));
            }
            var asked = delivery(broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()).withTopics(Topic.RESOURCES.of(Set.of("u7"))), Start.now()));
            awaitWaiting(broadcaster, 2_001);

            var id = broadcaster.publish(updated("u7"));

            assertEquals(id, ((Delivery.Next) asked.get()).id());
            awaitWakeUps(broadcaster, 2);
            broadcaster.publish(updated("nobody's"));
            broadcaster.publish(updated("u7").to(Owner.principal("bob")));
            awaitWakeUps(broadcaster, 2);
        }
    }

    @Test
    void publish_toAnOwner_wakesNoListenThatDidNotAsk() throws Exception {
        var ann = Owner.principal("ann");
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            delivery(broadcaster.subscribe(EventFilter.selecting(ann, Set.of("a/list_changed"), Set.of()), Start.now()));
            var asked = delivery(broadcaster.subscribe(EventFilter.selecting(ann, Set.of("b/list_changed"), Set.of()), Start.now()));
            awaitWaiting(broadcaster, 2);

            var id = broadcaster.publish(Event.of("b/list_changed").to(ann));

            assertEquals(id, ((Delivery.Next) asked.get()).id());
            awaitWakeUps(broadcaster, 1);
        }
    }

    @Test
    void watch_whileReadersComeAndGo_leavesNothingBehind() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            var session = SessionId.random();
            var gone = new ArrayList<WeakReference<Subscription>>();
            for (var n = 0; n < 20_000; n++) {
                var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()).withTopics(Topic.RESOURCES.of(Set.of("a"))), Start.now());
                var closing = Thread.startVirtualThread(reader::close);
                broadcaster.addTopic(session, Topic.RESOURCES.of("b"));
                broadcaster.removeTopic(session, Topic.RESOURCES.of("a"));
                closing.join();
                if (n % 100 == 0) gone.add(new WeakReference<>(reader));
            }

            awaitCollected(gone);
            assertEquals(0, broadcaster.subscriberCount());
            assertTrue(broadcaster.log().hasNoReaders());
        }
    }

    @Test
    void subscribeAfterRecent_newEpochWithinFiveMinutes_isALoss() {
        var now = new AtomicLong();
        try (var broadcaster = new StripedBroadcaster(QUIET, id("e", 0), now::get)) {
            var filter = EventFilter.selecting(Owner.anonymous(), Set.of("a/list_changed"), Set.of());
            new LogFeed(broadcaster).append(id("e", 1), new LogRecord.Published(Event.of("a/list_changed")));
            assertEquals(List.of(id("e", 1)), polled(broadcaster.subscribe(filter, Start.recent())));

            new LogFeed(broadcaster).reset(id("f", 0));
            assertEquals(List.of(new Delivery.Lagged(1, 1)), polled(broadcaster.subscribe(filter, Start.recent())));
            new LogFeed(broadcaster).append(id("f", 1), new LogRecord.Published(Event.of("a/list_changed")));
            now.addAndGet(RecentSignals.KEPT.toNanos() - 1);
            assertEquals(List.of(new Delivery.Lagged(1, 1)), polled(broadcaster.subscribe(filter, Start.recent())));
            now.incrementAndGet();

            assertEquals(List.of(), polled(broadcaster.subscribe(filter, Start.recent())));
        }
    }

    @Test
    void recall_signalsBeforeTheFeed_areToldByTheirAge() {
        var now = new AtomicLong();
        try (var broadcaster = new StripedBroadcaster(QUIET, id("e", 100), now::get)) {
            var ann = Owner.principal("ann");
            var filter = EventFilter.selecting(ann, Set.of("a/list_changed", "b/list_changed", "c/list_changed"), Set.of("u"));
            new LogFeed(broadcaster).recall(id("e", 102), LogFeed.RECENT, List.of(
                    signal(7, Event.of("a/list_changed"), LogFeed.RECENT),
                    signal(8, Event.of("b/list_changed"), LogFeed.RECENT.minusSeconds(1)),
                    signal(9, updated("u").to(SessionId.random()), Duration.ZERO),
                    signal(10, updated("u").to(Owner.principal("bob")), Duration.ZERO),
                    signal(11, updated("u"), Duration.ZERO),
                    signal(101, Event.of("c/list_changed").to(ann), LogFeed.RECENT.minusSeconds(2))));
            new LogFeed(broadcaster).append(id("e", 101), new LogRecord.Published(Event.of("c/list_changed").to(ann))); // not told twice, nor taken for new
            new LogFeed(broadcaster).append(id("e", 103), new LogRecord.Published(Event.of("a/list_changed")));

            assertEquals(List.of(id("e", 8), id("e", 11), id("e", 101), id("e", 103)), polled(broadcaster.subscribe(filter, Start.recent())));
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            assertEquals(List.of(id("e", 11), id("e", 101), id("e", 103)), polled(broadcaster.subscribe(filter, Start.recent())));
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            var listen = broadcaster.subscribe(filter, Start.recent());
            new LogFeed(broadcaster).append(id("e", 104), new LogRecord.Published(updated("u").to(ann)));
            assertEquals(List.of(id("e", 11), id("e", 103), id("e", 104)), polled(listen));
            assertEquals(List.of(id("e", 103), id("e", 104)), polled(broadcaster.subscribe(filter, Start.after(id("e", 102)))));
        }
    }

    @Test
    void recall_notFiveMinutes_isALossUntilThatIsOver() {
        var now = new AtomicLong();
        try (var broadcaster = new StripedBroadcaster(QUIET, id("e", 100), now::get)) {
            var filter = EventFilter.selecting(Owner.anonymous(), Set.of("a/list_changed"), Set.of());
            assertEquals(List.of(new Delivery.Lagged(1, 1)), polled(broadcaster.subscribe(filter, Start.recent())));
            var reach = Duration.ofMinutes(2);
            new LogFeed(broadcaster).recall(id("e", 100), reach, List.of(signal(99, Event.of("a/list_changed"), reach.minusSeconds(1))));

            assertEquals(List.of(new Delivery.Lagged(1, 1)), polled(broadcaster.subscribe(filter, Start.recent())));
            now.addAndGet(LogFeed.RECENT.minus(reach).toNanos() - 1);
            assertEquals(List.of(new Delivery.Lagged(1, 1)), polled(broadcaster.subscribe(filter, Start.recent())));
            now.incrementAndGet();
            assertEquals(List.of(id("e", 99)), polled(broadcaster.subscribe(filter, Start.recent())));
        }
    }

    @Test
    void recall_tooLateOrOfAnotherEpoch_isRefused() {
        try (var broadcaster = new StripedBroadcaster(QUIET, id("e", 100))) {
            var feed = new LogFeed(broadcaster);
            assertThrows(IllegalArgumentException.class, () -> feed.recall(id("f", 100), LogFeed.RECENT, List.of()));
            assertThrows(IllegalArgumentException.class, () -> signal(1, Event.of("message"), Duration.ZERO));
            feed.append(id("e", 101), new LogRecord.Published(Event.of("message")));
            assertThrows(IllegalArgumentException.class, () -> feed.recall(id("e", 101), LogFeed.RECENT, List.of()));
        }
    }

    private static PastSignal signal(long sequence, Event event, Duration age) {
        return new PastSignal(id("e", sequence), event, age);
    }

    // --- memory

    /// A ring of four: three messages and a signal before the older one ends; after that the signal again, among messages.
    @Test
    void poll_overtakenBeyondItsEnd_countsWhatWasBeforeIt() {
        try (var broadcaster = new StripedBroadcaster(QUIET.toBuilder().ringEntries(4).ringBytes(16L << 20).build())) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous()).withTopics(Topic.RESOURCES.of(Set.of("a")));
            var older = broadcaster.subscribe(filter, Start.now());
            for (var n = 0; n < 3; n++) broadcaster.publish(Event.of("message"));
            broadcaster.publish(updated("a"));
            var newer = broadcaster.subscribe(filter, Start.now());
            for (var n = 0; n < 10; n++) broadcaster.publish(Event.of("message"));
            var healing = broadcaster.publish(updated("a"));
            for (var n = 0; n < 9; n++) broadcaster.publish(Event.of("message"));

            assertEquals(Optional.of(new Delivery.Lagged(4, 4)), older.poll());
            assertEquals(Optional.of(new Delivery.Closed(Delivery.Cause.TAKEN_OVER)), older.poll());
            assertEquals(Optional.of(new Delivery.Lagged(15, 15)), newer.poll());
            assertEquals(healing, ((Delivery.Next) newer.poll().orElseThrow()).id());
        }
    }

    @Test
    void close_manyThatCameAndWent_areForgotten() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            var gone = new ArrayList<WeakReference<Subscription>>();
            for (var n = 0; n < 1_000_000; n++) {
                var filter = EventFilter.of(new SessionId("session-" + n % 1000), Owner.principal("ann"));
                var reader = broadcaster.subscribe(filter, Start.now());
                if (n % 1000 == 0) gone.add(new WeakReference<>(reader));
                reader.close();
            }

            awaitCollected(gone);
            assertEquals(0, broadcaster.subscriberCount());
        }
    }

    @Test
    void close_amongOthersThatWait_isForgotten() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            var stays = new ArrayList<CompletableFuture<Delivery>>();
            var gone = waitedAmong(broadcaster, stays);

            awaitCollected(gone);
            assertEquals(stays.size(), broadcaster.stats().waiting());
            broadcaster.publish(Event.of("m"));
            for (var delivery : stays) assertTrue(delivery.get() instanceof Delivery.Next);
        }
    }

    /// Lets readers wait side by side, wakes them all once, lets them wait again and closes two of three.
    private static List<WeakReference<Subscription>> waitedAmong(
            StripedBroadcaster broadcaster, List<CompletableFuture<Delivery>> stays) throws Exception {
        var readers = new ArrayList<Subscription>();
        for (var n = 0; n < 60; n++) readers.add(broadcaster.subscribe(ALL, Start.now()));
        var deliveries = readers.stream().map(StripedBroadcasterTest::delivery).toList();
        awaitWaiting(broadcaster, 60);
        broadcaster.publish(Event.of("m"));
        for (var delivery : deliveries) delivery.get();
        var gone = new ArrayList<WeakReference<Subscription>>();
        for (var n = 0; n < 60; n++) {
            var delivery = delivery(readers.get(n));
            if (n % 3 == 0) stays.add(delivery);
            else gone.add(new WeakReference<>(readers.get(n)));
        }
        awaitWaiting(broadcaster, 60);
        for (var n = 0; n < 60; n++) if (n % 3 != 0) readers.get(n).close();
        return gone;
    }

    // --- the feed

    @Test
    void append_numberedElsewhere_keepsIdsAndHoles() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 100)); var reader = broadcaster.subscribe(ALL, Start.now())) {
            for (var n : new int[] {101, 105, 106, 200}) new LogFeed(broadcaster).append(id("e", n), new LogRecord.Published(Event.of("m")));

            assertEquals(List.of(id("e", 101), id("e", 105), id("e", 106), id("e", 200)), polled(reader));
            try (var resumed = broadcaster.subscribe(ALL, Start.after(id("e", 105))); var between = broadcaster.subscribe(ALL, Start.after(id("e", 103)))) {
                assertEquals(List.of(id("e", 106), id("e", 200)), polled(resumed));
                assertEquals(List.of(id("e", 105), id("e", 106), id("e", 200)), polled(between));
            }
        }
    }

    @Test
    void append_goingBack_isRefused() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 100)); var reader = broadcaster.subscribe(ALL, Start.now())) {
            new LogFeed(broadcaster).append(id("e", 102), new LogRecord.Published(Event.of("m")));

            for (var wrong : List.of(id("e", 102), id("e", 101), id("e", 0), id("f", 103))) {
                assertThrows(IllegalArgumentException.class, () -> new LogFeed(broadcaster).append(wrong, new LogRecord.Published(Event.of("m"))));
            }

            new LogFeed(broadcaster).append(id("e", 103), new LogRecord.Published(Event.of("m")));
            assertEquals(List.of(id("e", 102), id("e", 103)), polled(reader));
        }
    }

    @Test
    void append_closed_throws() {
        var broadcaster = new StripedBroadcaster(ROOMY, id("e", 100));
        broadcaster.close();

        assertThrows(BroadcasterClosedException.class, () -> new LogFeed(broadcaster).append(id("e", 101), new LogRecord.Published(Event.of("m"))));
        assertThrows(BroadcasterClosedException.class, () -> new LogFeed(broadcaster).reset(id("f", 0)));
    }

    @Test
    void subscribe_afterWhatWasBeforeTheFeed_isLaggedFirst() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 100))) {
            new LogFeed(broadcaster).append(id("e", 101), new LogRecord.Published(Event.of("m")));

            try (var reader = broadcaster.subscribe(ALL, Start.after(id("e", 50))); var last = broadcaster.subscribe(ALL, Start.after(id("e", 100)))) {
                assertEquals(List.of(new Delivery.Lagged(1, 1, true), id("e", 101)), polled(reader));
                assertEquals(List.of(id("e", 101)), polled(last));
            }
        }
    }

    @Test
    void reset_reader_isToldAndHealed() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 0));
                var reader = broadcaster.subscribe(ALL, Start.now());
                var ofTools = broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of("tools/list_changed"), Set.of()), Start.now())) {
            new LogFeed(broadcaster).append(id("e", 1), new LogRecord.Published(Event.of("tools/list_changed")));
            new LogFeed(broadcaster).append(id("e", 2), new LogRecord.Published(Event.of("m")));
            assertEquals(List.of(id("e", 1), id("e", 2)), polled(reader));
            assertEquals(List.of(id("e", 1)), polled(ofTools));

            new LogFeed(broadcaster).reset(id("f", 7));
            new LogFeed(broadcaster).append(id("f", 8), new LogRecord.Published(Event.of("tools/list_changed")));

            assertEquals(List.of(new Delivery.Lagged(1, 1, true), id("e", 1), id("f", 8)), polled(reader));
            assertEquals(List.of(new Delivery.Lagged(1, 1, true), id("e", 1), id("f", 8)), polled(ofTools));
        }
    }

    @Test
    void reset_overtakenReader_isToldToo() {
        try (var broadcaster = new StripedBroadcaster(TIGHT, id("e", 0));
                var ofTools = broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of("tools/list_changed"), Set.of()), Start.now())) {
            new LogFeed(broadcaster).append(id("e", 1), new LogRecord.Published(Event.of("tools/list_changed")));
            assertEquals(List.of(id("e", 1)), polled(ofTools));
            new LogFeed(broadcaster).reset(id("f", 0));
            for (var n = 1; n <= 100; n++) new LogFeed(broadcaster).append(id("f", n), new LogRecord.Published(Event.of("m")));

            var deliveries = polled(ofTools);

            assertTrue(deliveries.getFirst() instanceof Delivery.Lagged, deliveries::toString);
            assertEquals(List.of(id("e", 1)), deliveries.subList(1, deliveries.size()));
        }
    }

    @Test
    void subscribe_afterAPositionBeforeTheReset_isToldAndGetsTheNewEpochOnly() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 0))) {
            new LogFeed(broadcaster).append(id("e", 1), new LogRecord.Published(Event.of("tools/list_changed")));
            new LogFeed(broadcaster).append(id("e", 2), new LogRecord.Published(Event.of("m")));
            new LogFeed(broadcaster).reset(id("f", 7));
            new LogFeed(broadcaster).append(id("f", 8), new LogRecord.Published(Event.of("m")));

            try (var resumed = broadcaster.subscribe(ALL, Start.after(id("e", 2))); var known = broadcaster.subscribe(ALL, Start.after(id("f", 7)))) {
                assertEquals(List.of(new Delivery.Lagged(1, 1, true), id("e", 1), id("f", 8)), polled(resumed));
                assertEquals(List.of(id("f", 8)), polled(known));
            }
        }
    }

    @Test
    void reset_waitingReaders_areWoken() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET)) {
            var deliveries = new ArrayList<CompletableFuture<Delivery>>();
            for (var n = 0; n < 100; n++) deliveries.add(delivery(broadcaster.subscribe(ALL, Start.now())));
            awaitWaiting(broadcaster, 100);

            new LogFeed(broadcaster).reset(id("f", 0));

            for (var delivery : deliveries) assertEquals(new Delivery.Lagged(1, 1, true), delivery.get());
        }
    }

    @Test
    void endSession_numberedElsewhere_endsAtItsPlaceAndReachesNobody() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 0)); var other = broadcaster.subscribe(ALL, Start.now())) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.principal("ann")), Start.now());
            new LogFeed(broadcaster).append(id("e", 1), new LogRecord.Published(Event.of("m")));
            new LogFeed(broadcaster).append(id("e", 2), new LogRecord.Published(Event.of("m").to(session)));
            new LogFeed(broadcaster).append(id("e", 3), new LogRecord.SessionsEnded(List.of(session)));
            new LogFeed(broadcaster).append(id("e", 4), new LogRecord.SessionsEnded(List.of(SessionId.random())));
            new LogFeed(broadcaster).append(id("e", 5), new LogRecord.Published(Event.of("m").to(Owner.principal("ann"))));
            new LogFeed(broadcaster).append(id("e", 6), new LogRecord.Published(Event.of("m")));

            assertEquals(List.of(id("e", 1), id("e", 2)), polledUpToEnd(reader, Delivery.Cause.SESSION_ENDED));
            assertEquals(List.of(id("e", 1), id("e", 6)), polled(other));
            assertEquals(4, broadcaster.stats().published());
            assertEquals(4, broadcaster.stats().retained());
            try (var resumed = broadcaster.subscribe(ALL, Start.after(id("e", 3))); var later = broadcaster.subscribe(ALL, Start.after(id("e", 6)))) {
                assertEquals(List.of(id("e", 6)), polled(resumed));
                assertEquals(List.of(), polled(later));
            }
        }
    }

    @Test
    void takeOver_here_isTheSeam() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 0))) {
            var filter = EventFilter.of(SessionId.random(), Owner.principal("ann"));
            var older = new LogFeed(broadcaster).takeOver(id("e", 1), filter, Start.now(), null);
            new LogFeed(broadcaster).append(id("e", 2), new LogRecord.Published(Event.of("m")));
            new LogFeed(broadcaster).append(id("e", 3), new LogRecord.Published(Event.of("m").to(filter.session().orElseThrow())));
            var newer = new LogFeed(broadcaster).takeOver(id("e", 4), filter, Start.now(), null);
            new LogFeed(broadcaster).append(id("e", 5), new LogRecord.Published(Event.of("m").to(filter.session().orElseThrow())));
            new LogFeed(broadcaster).append(id("e", 6), new LogRecord.Published(Event.of("m")));
            var newest = new LogFeed(broadcaster).takeOver(id("e", 7), filter, Start.after(id("e", 2)), null);
            new LogFeed(broadcaster).append(id("e", 8), new LogRecord.Published(Event.of("m").to(Owner.principal("ann"))));

            assertEquals(List.of(id("e", 2), id("e", 3)), polledUpToEnd(older, Delivery.Cause.TAKEN_OVER));
            assertEquals(List.of(id("e", 5), id("e", 6)), polledUpToEnd(newer, Delivery.Cause.TAKEN_OVER));
            assertEquals(List.of(id("e", 3), id("e", 5), id("e", 6), id("e", 8)), polled(newest));
            newest.close();
        }
    }

    @Test
    void takeOver_elsewhere_endsTheOneThatIsHere() {
        try (var broadcaster = new StripedBroadcaster(ROOMY, id("e", 0))) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            var reader = new LogFeed(broadcaster).takeOver(id("e", 1), filter, Start.now(), null);
            new LogFeed(broadcaster).append(id("e", 2), new LogRecord.Published(Event.of("m")));
            new LogFeed(broadcaster).append(id("e", 3), new LogRecord.TakenOver(SessionId.random()));
            new LogFeed(broadcaster).append(id("e", 4), new LogRecord.Published(Event.of("m")));
            new LogFeed(broadcaster).append(id("e", 5), new LogRecord.TakenOver(filter.session().orElseThrow()));
            new LogFeed(broadcaster).append(id("e", 6), new LogRecord.Published(Event.of("m")));

            assertEquals(List.of(id("e", 2), id("e", 4)), polledUpToEnd(reader, Delivery.Cause.TAKEN_OVER));
        }
    }

    @Test
    void takeOver_waitingReader_leaves() throws Exception {
        try (var broadcaster = new StripedBroadcaster(QUIET, id("e", 0))) {
            var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
            var delivery = delivery(new LogFeed(broadcaster).takeOver(id("e", 1), filter, Start.now(), null));
            awaitWaiting(broadcaster, 1);

            new LogFeed(broadcaster).append(id("e", 2), new LogRecord.TakenOver(filter.session().orElseThrow()));

            assertEquals(new Delivery.Closed(Delivery.Cause.TAKEN_OVER), delivery.get());
        }
    }

    @Test
    void takeOver_wrongNumberOrNoSessionOrClosed_isRefused() {
        var broadcaster = new StripedBroadcaster(ROOMY, id("e", 5));
        var session = SessionId.random();
        var filter = EventFilter.of(session, Owner.anonymous());
        for (var wrong : List.of(id("e", 5), id("e", 4), id("f", 6))) {
            assertThrows(IllegalArgumentException.class, () -> new LogFeed(broadcaster).takeOver(wrong, filter, Start.now(), null));
            assertThrows(IllegalArgumentException.class, () -> new LogFeed(broadcaster).append(wrong, new LogRecord.TakenOver(session)));
            assertThrows(IllegalArgumentException.class, () -> new LogFeed(broadcaster).append(wrong, new LogRecord.SessionsEnded(List.of(session))));
        }
        assertThrows(IllegalArgumentException.class, () -> new LogFeed(broadcaster).takeOver(id("e", 6), ALL, Start.now(), null));
        new LogFeed(broadcaster).append(id("e", 6), new LogRecord.Published(Event.of("m")));
        broadcaster.close();

        assertThrows(BroadcasterClosedException.class, () -> new LogFeed(broadcaster).takeOver(id("e", 7), filter, Start.now(), null));
        assertThrows(BroadcasterClosedException.class, () -> new LogFeed(broadcaster).append(id("e", 7), new LogRecord.TakenOver(session)));
        assertThrows(BroadcasterClosedException.class, () -> new LogFeed(broadcaster).append(id("e", 7), new LogRecord.SessionsEnded(List.of(session))));
        assertEquals(0, broadcaster.subscriberCount());
    }

    // --- helpers

    private static List<Object> polledUpToEnd(Subscription reader, Delivery.Cause cause) {
        var all = new ArrayList<Object>();
        while (reader.poll().orElseThrow() instanceof Delivery.Next(var id, _)) all.add(id);
        assertEquals(Optional.of(new Delivery.Closed(cause)), reader.poll());
        reader.close();
        return all;
    }

    private static EventId id(String epoch, long sequence) {
        return new EventId(epoch, sequence);
    }

    private static Event updated(String uri) {
        return Event.of("notifications/resources/updated", Json.obj().with("uri", uri));
    }

    private static List<Subscription> readersOf(Owner owner, int count, Broadcaster broadcaster) {
        return Stream.generate(() -> broadcaster.subscribe(EventFilter.of(SessionId.random(), owner), Start.now())).limit(count).toList();
    }

    /// The ids of events, and losses as they are told.
    private static List<Object> polled(Subscription reader) {
        var all = new ArrayList<Object>();
        for (var next = reader.poll(); next.isPresent(); next = reader.poll()) {
            all.add(idOrLoss(next.get()));
        }
        return all;
    }

    private static Object idOrLoss(Delivery delivery) {
        return delivery instanceof Delivery.Next(var id, _) ? id : delivery;
    }

    private static int countUpToMarker(Subscription reader, Runnable onEvent) throws InterruptedException {
        for (var count = 0; ; ) {
            switch (reader.next()) {
                case Delivery.Next next -> {
                    count++;
                    onEvent.run();
                    if (next.frame().heading().method().equals("marker")) return count;
                }
                case Delivery.Idle() -> {}
                case Delivery.Lagged lagged -> throw new AssertionError(lagged);
                case Delivery.Closed closed -> throw new AssertionError(closed);
            }
        }
    }

    private static void dawdle(RandomGenerator random) {
        for (var delay = random.nextInt(60); delay > 0; delay--) Thread.onSpinWait();
    }

    private static CompletableFuture<Delivery> delivery(Subscription reader) {
        var delivery = new CompletableFuture<Delivery>();
        Thread.startVirtualThread(() -> {
            try {
                delivery.complete(reader.next());
            } catch (Throwable e) {
                delivery.completeExceptionally(e);
            }
        });
        return delivery;
    }

    private static void awaitWaiting(Broadcaster broadcaster, int readers) throws InterruptedException {
        while (broadcaster.stats().waiting() != readers) pause("waiting: " + broadcaster.stats());
    }

    /// A leader counts those it woke when it has woken them all.
    private static void awaitWakeUps(Broadcaster broadcaster, long wakeUps) throws InterruptedException {
        while (broadcaster.stats().wakeUps() < wakeUps) pause("woken: " + broadcaster.stats());
        assertEquals(wakeUps, broadcaster.stats().wakeUps());
    }

    private static void awaitCollected(List<WeakReference<Subscription>> references) throws InterruptedException {
        while (!references.stream().allMatch(reference -> reference.refersTo(null))) {
            System.gc();
            pause(references.stream().filter(reference -> !reference.refersTo(null)).count() + " are still reachable");
        }
    }

    private static void pause(String state) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException(state);
        Thread.yield();
    }
}
