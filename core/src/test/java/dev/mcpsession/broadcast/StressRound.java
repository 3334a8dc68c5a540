package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Some publishers, readers of every kind and pace, and readers that come and go, on a ring that is far too small; then one
/// last event, which everybody must get, and the sums.
final class StressRound {

    private static final int EVENTS = 150; // of each publisher
    private static final int BOUND_SECONDS = 20; // far more than anybody who is awake can need
    private static final Set<String> RESOURCES = Set.of("u0", "u1", "u2", "u3"); // who asks for all of them gets all there is
    private static final String MARKER = "test/marker/list_changed"; // a signal, so that it cannot be lost

    private final long seed;
    private final Random random;
    private final StripedBroadcaster broadcaster;
    private final SessionId session = SessionId.random();
    private final SessionId passedOn = SessionId.random();
    private final SessionId ending = SessionId.random();
    private final Owner owner = Owner.principal("ann");
    private final AtomicLong begun = new AtomicLong(); // publications for everyone
    private final AtomicLong done = new AtomicLong();
    private final Queue<Reader> readers = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> checks = new ConcurrentLinkedQueue<>();
    private final CountDownLatch late = new CountDownLatch(4);
    private final AtomicInteger kinds = new AtomicInteger();
    private volatile boolean isOver;
    private List<Delivery.Next> published = List.of();

    StressRound(long seed) {
        this.seed = seed;
        random = new Random(seed);
        kinds.set(random.nextInt(3));
        var heartbeat = random.nextInt(3) == 0 ? Duration.ofMillis(1) : Duration.ofHours(1); // the short one would hide a sleeper
        broadcaster = new StripedBroadcaster(BroadcasterOptions.builder()
                .stripes(1 << random.nextInt(3))
                .ringEntries(16).ringBytes(16L << 20)
                .heartbeat(heartbeat).build());
    }

    void run() throws Exception {
        var tasks = new ArrayList<FutureTask<?>>();
        var all = EventFilter.all();
        for (var n = random.nextInt(1, 5); n > 0; n--) tasks.add(stayer(all));
        for (var n = random.nextInt(3); n > 0; n--) tasks.add(stayer(EventFilter.of(SessionId.random(), owner)));
        for (var n = random.nextInt(3); n > 0; n--) {
            tasks.add(stayer(EventFilter.of(SessionId.random(), owner).withTopics(Topic.RESOURCES.of(Set.of("u" + n, "u0")))));
            tasks.add(stayer(EventFilter.selecting(owner, Set.of(MARKER, "tools/list_changed"), Set.of("u" + n))));
        }
        tasks.add(stayer(EventFilter.of(session, Owner.anonymous())));
        tasks.add(stayer(EventFilter.selecting(Owner.anonymous(), Set.of("tools/list_changed", MARKER), Set.of())));
        tasks.add(started("late", this::joinLate));
        tasks.add(started("resuming", this::resumeAgainAndAgain));
        tasks.add(passer());
        tasks.add(ender());
        var churn = List.of(started("coming and going", this::comeAndGo), started("coming and going", this::comeAndGo));

        var publishers = new ArrayList<FutureTask<List<Delivery.Next>>>();
        for (var n = 0; n < 3; n++) publishers.add(publisher(n));
        var events = new ArrayList<Delivery.Next>();
        for (var task : publishers) events.addAll(result(task));
        assertTrue(late.await(BOUND_SECONDS, TimeUnit.SECONDS), "those who come late are here");
        events.add(publish(event(MARKER, 99, 0)));
        events.sort(Comparator.comparingLong(next -> next.id().sequence()));
        published = events;

        for (var task : tasks) result(task);
        isOver = true;
        while (!churn.stream().allMatch(Future::isDone)) publish(event(MARKER, 99, 0)); // frees one that waits
        for (var task : churn) result(task);
        checks.forEach(Runnable::run);
        assertEquals(0, broadcaster.stats().waiting());
        assertEquals(0, broadcaster.stats().subscribers());
        broadcaster.close();
    }

    // --- those who publish

    private FutureTask<List<Delivery.Next>> publisher(int number) {
        var own = new Random(random.nextLong());
        return started("publisher", () -> {
            var events = new ArrayList<Delivery.Next>();
            for (var n = 0; n < EVENTS; n++) {
                events.add(publish(anyEvent(own, number, n)));
                dawdle(own, 8);
            }
            return events;
        });
    }

    private Event anyEvent(Random own, int publisher, int n) {
        return switch (own.nextInt(8)) {
            case 0 -> event("message", publisher, n).to(session);
            case 1 -> event("message", publisher, n).to(passedOn);
            case 2 -> event("message", publisher, n).to(owner);
            case 3 -> event("tools/list_changed", publisher, n);
            case 4 -> event("kind" + own.nextInt(4) + "/list_changed", publisher, n);
            case 5 -> {
                var update = event("notifications/resources/updated", publisher, n);
                yield Event.of(update.method(), update.params().with("uri", "u" + own.nextInt(4)));
            }
            default -> event("message", publisher, n);
        };
    }

    private static Event event(String method, int publisher, int n) {
        return Event.of(method, Json.obj().with("publisher", publisher).with("n", n));
    }

    private Delivery.Next publish(Event event) {
        var isForEveryone = event.audience() instanceof Audience.Everyone;
        if (isForEveryone) begun.incrementAndGet();
        var id = broadcaster.publish(event);
        if (isForEveryone) done.incrementAndGet();
        return new Delivery.Next(id, EventFrame.of(event).withId(id));
    }

    // --- those who read

    private FutureTask<Void> stayer(EventFilter filter) {
        var reader = subscribed(filter);
        var own = new Random(random.nextLong());
        var isInterrupted = own.nextInt(4) == 0;
        return started("stayer", () -> {
            try (reader) {
                var tally = readToMarker(reader, own, isInterrupted);
                checks.add(() -> {
                    tally.requireOrder(filter);
                    tally.requireNewest(filter, published);
                    var wanted = published.stream().filter(next -> filter.wants(next.event())).count();
                    if (filter.namedTopics().isEmpty()) assertEquals(wanted, tally.total(), tally::toString);
                    else if (filter.namedMethods().isEmpty()) assertTrue(wanted <= tally.total(), tally::toString);
                });
            }
            return null;
        });
    }

    private Void joinLate() throws InterruptedException {
        var own = new Random(seed);
        LockSupport.parkNanos(own.nextInt(2_000_000));
        var before = done.get();
        try (var reader = subscribed(EventFilter.all())) {
            var after = begun.get();
            late.countDown();
            var tally = readToMarker(reader, own, false);
            checks.add(() -> {
                tally.requireOrder(EventFilter.all());
                var wanted = published.stream().filter(next -> EventFilter.all().wants(next.event())).count();
                assertTrue(wanted - after <= tally.total() && tally.total() <= wanted - before, tally::toString);
            });
        }
        return null;
    }

    private Void resumeAgainAndAgain() throws InterruptedException {
        var own = new Random(seed + 1);
        var filter = EventFilter.of(SessionId.random(), owner).withTopics(Topic.RESOURCES.of(RESOURCES));
        var tally = new Tally();
        var after = broadcaster.log().locked(EventLog::lastId);
        var before = done.get();
        late.countDown();
        while (!tally.isOver(MARKER)) {
            try (var reader = (Reader) broadcaster.subscribe(filter, Start.after(tally.isEmpty() ? after : tally.last()))) {
                readers.add(reader);
                for (var n = own.nextInt(1, 8); n > 0 && !tally.isOver(MARKER); n--) {
                    tally.add(reader.next());
                    dawdle(own, 2);
                }
                readers.remove(reader);
            }
        }
        checks.add(() -> {
            tally.requireOrder(filter);
            var wanted = published.stream().filter(next -> EventFilter.all().wants(next.event())).count();
            assertTrue(tally.total() >= wanted - before - 1, tally::toString);
        });
        return null;
    }

    /// A session whose subscription is taken over again and again: together they get everything once, or are told.
    private FutureTask<Void> passer() {
        var filter = EventFilter.of(passedOn, owner).withTopics(Topic.RESOURCES.of(RESOURCES));
        var first = subscribed(filter);
        return started("passing on", () -> passOn(filter, first));
    }

    private Void passOn(EventFilter filter, Reader first) throws Exception {
        var own = new Random(seed + 2);
        var parts = new ArrayList<FutureTask<Tally>>();
        parts.add(part(first, own));
        for (var n = 0; n < 5; n++) {
            LockSupport.parkNanos(own.nextInt(500_000));
            parts.add(part(subscribed(filter), own));
        }
        late.countDown();
        var together = new Tally();
        for (var part : parts) together.addAll(result(part));
        checks.add(() -> {
            together.requireOrder(filter);
            var wanted = published.stream().filter(next -> filter.wants(next.event())).count();
            assertEquals(wanted, together.total(), together::toString);
        });
        return null;
    }

    private FutureTask<Tally> part(Reader reader, Random own) {
        var pace = new Random(own.nextLong());
        return started("part", () -> {
            try (reader) {
                return readToMarker(reader, pace, false);
            }
        });
    }

    /// A session that ends: its subscription gets what was published before, or is told, and nothing of what came after.
    private FutureTask<Void> ender() {
        var filter = EventFilter.of(ending, Owner.anonymous()).withTopics(Topic.RESOURCES.of(RESOURCES));
        var reader = subscribed(filter);
        var own = new Random(seed + 3);
        return started("ending", () -> {
            var reading = part(reader, own);
            LockSupport.parkNanos(own.nextInt(2_000_000));
            var before = done.get();
            broadcaster.endSession(ending);
            var after = begun.get();
            late.countDown();
            var tally = result(reading);
            checks.add(() -> {
                tally.requireOrder(filter);
                assertTrue(before <= tally.total() && tally.total() <= after, () -> before + " to " + after + ": " + tally);
            });
            return null;
        });
    }

    private Void comeAndGo() throws InterruptedException {
        var own = new Random(seed + 4 + Thread.currentThread().threadId());
        while (!isOver) {
            var filter = own.nextBoolean() ? EventFilter.all() : EventFilter.of(SessionId.random(), owner);
            try (var reader = subscribed(filter)) {
                for (var n = own.nextInt(4); n > 0 && !isOver; n--) {
                    var closer = own.nextInt(4) == 0 ? Thread.startVirtualThread(reader::close) : null;
                    if (closer != null) n = 1;
                    reader.next();
                }
                readers.remove(reader);
            }
            dawdle(own, 2);
        }
        return null;
    }

    private Reader subscribed(EventFilter filter) {
        var reader = (Reader) broadcaster.subscribe(filter, Start.now());
        readers.add(reader);
        return reader;
    }

    private Tally readToMarker(Reader reader, Random own, boolean isInterrupted) throws InterruptedException {
        var tally = new Tally();
        var pace = 1 << own.nextInt(6);
        while (true) {
            if (isInterrupted && own.nextInt(8) == 0) Thread.currentThread().interrupt();
            var delivery = own.nextBoolean() ? reader.poll().orElse(null) : nextThroughInterrupt(reader);
            if (delivery == null) continue;
            if (delivery instanceof Delivery.Closed(var cause) && hasEnd(cause)) break;
            tally.add(delivery);
            if (delivery instanceof Delivery.Next next && next.event().method().equals(MARKER)) break;
            dawdle(own, pace);
        }
        readers.remove(reader);
        var _ = Thread.interrupted();
        return tally;
    }

    private static boolean hasEnd(Delivery.Cause cause) {
        return cause == Delivery.Cause.TAKEN_OVER || cause == Delivery.Cause.SESSION_ENDED;
    }

    private static Delivery nextThroughInterrupt(Reader reader) {
        try {
            return reader.next();
        } catch (InterruptedException _) {
            return null; // only the waiting was interrupted
        }
    }

    /// Now and then waits a little, so that threads meet in states that they would otherwise rush through.
    private static void dawdle(Random own, int oneIn) {
        if (own.nextInt(oneIn) != 0) return;
        switch (own.nextInt(4)) {
            case 0 -> LockSupport.parkNanos(own.nextInt(50_000));
            case 1 -> Thread.yield();
            default -> {
                for (var n = own.nextInt(500); n > 0; n--) Thread.onSpinWait();
            }
        }
    }

    // --- threads

    private <T> FutureTask<T> started(String name, Callable<T> task) {
        var future = new FutureTask<>(task);
        var isPlatform = kinds.getAndIncrement() % 3 == 0;
        var builder = isPlatform ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
        builder.name(name).start(future);
        return future;
    }

    private <T> T result(FutureTask<T> task) throws ExecutionException, InterruptedException {
        try {
            return task.get(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("somebody sleeps or goes in circles; seed " + seed + ", " + broadcaster.stats() + ", log at "
                    + broadcaster.log().log().position() + describedReaders(), e);
        }
    }

    private String describedReaders() {
        return String.join("", readers.stream().flatMap(reader -> Stream.of("\n  state " + reader.state
                + (reader.isReady() ? ", has something to read, " : ", has read everything, ")
                + reader.thread)).toList());
    }
}
