package dev.mcpsession.postgres;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.contract.Await;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.PublishOutcomeUnknownException;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/// Publishers and readers on all replicas, all the time, and their [Account]. On each replica two publishers, a reader of everything and a
/// session; and one session that leaves and resumes at the next replica.
final class Traffic implements AutoCloseable {

    private static final int PUBLISHERS = 2;
    private static final Duration STAY = Duration.ofMillis(150);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<? extends Broadcaster> replicas;
    private final Duration pause;
    private final Account account;
    private final Threads threads = new Threads();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicLongArray lastAcknowledged;
    private volatile boolean over;

    /// @param pause how long each publisher waits between two events
    Traffic(List<? extends Broadcaster> replicas, Duration pause) {
        this(replicas, pause, new Account(false));
    }

    Traffic(List<? extends Broadcaster> replicas, Duration pause, Account account) {
        this.account = account;
        this.replicas = replicas;
        this.pause = pause;
        lastAcknowledged = new AtomicLongArray(replicas.size());
        for (var n = 0; n < replicas.size(); n++) {
            read(account.add("all of " + n), n, EventFilter.all());
            read(account.add("session of " + n), n, EventFilter.of(SessionId.random(), Owner.anonymous()));
        }
        var hopping = account.add("session that hops");
        var begun = subscribe(0, EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now());
        begun.close();
        start(() -> hop(hopping, begun.start()));
        for (var n = 0; n < replicas.size(); n++) {
            var replica = n;
            for (var publisher = 0; publisher < PUBLISHERS; publisher++) start(() -> publish(replica));
        }
    }

    /// Starts a thread that is interrupted at the end.
    private void start(Callable<Void> task) {
        threads.start(() -> {
            try {
                return task.call();
            } catch (InterruptedException | BroadcasterException e) {
                if (over) return null;
                throw e;
            }
        });
    }

    private void read(Account.Reader reader, int replica, EventFilter filter) {
        var subscription = subscribe(replica, filter, Start.now());
        start(() -> {
            try (subscription) {
                while (received(reader, subscription.next())) Thread.onSpinWait();
            }
            return null;
        });
    }

    // --- reading

    /// Stays at each replica for a moment, until it has seen an event, and resumes after that at the next one.
    private Void hop(Account.Reader reader, EventId start) throws InterruptedException {
        var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
        var position = start;
        for (var n = 0; !over; n++) {
            var at = n % replicas.size();
            reader.is("opening at " + at + " after " + position);
            try (var subscription = subscribe(at, filter, Start.after(position))) {
                reader.is("reading at " + at + " after " + position);
                var until = System.nanoTime() + STAY.toNanos();
                for (var hasSeen = false; !over && (!hasSeen || System.nanoTime() - until < 0); ) {
                    var next = subscription.next(); // a replay is read by this alone
                    if (!received(reader, next)) return null;
                    if (!(next instanceof Delivery.Next(var id, _))) continue;
                    position = id;
                    hasSeen = true;
                }
            }
        }
        return null;
    }

    private boolean received(Account.Reader reader, Delivery delivery) {
        switch (delivery) {
            case Delivery.Next next -> reader.receive(next.id(), numberOf(next.event()));
            case Delivery.Lagged _ -> reader.tell();
            case Delivery.Idle() -> { }
            case Delivery.Closed(var cause) -> {
                if (!over) reader.contradict("was closed: " + cause);
                return false;
            }
        }
        return true;
    }

    private Subscription subscribe(int replica, EventFilter filter, Start start) {
        while (true) {
            try {
                return replicas.get(replica).subscribe(filter, start);
            } catch (BroadcasterException e) {
                if (over) throw e; // otherwise the database is away
            }
        }
    }

    // --- publishing

    private Void publish(int replica) throws InterruptedException {
        while (!over) {
            var number = numbers.incrementAndGet();
            if (!publish(replica, number, UUID.randomUUID().toString())) account.refuse(number);
            Thread.sleep(pause);
        }
        return null;
    }

    /// Publishes until the outcome is known.
    private boolean publish(int replica, int number, String key) {
        for (var isUnknown = false; ; ) {
            try {
                account.acknowledge(number, replicas.get(replica).publish(key, event(number)));
                lastAcknowledged.set(replica, System.nanoTime());
                return true;
            } catch (PublishOutcomeUnknownException _) {
                isUnknown = true;
            } catch (BroadcasterException _) {
                if (!isUnknown) return false;
            }
            if (over) return true; // it will not be known
        }
    }

    private static Event event(int number) {
        return Event.of("notifications/message", Json.obj().with("n", number));
    }

    private static int numberOf(Event event) {
        return Integer.parseInt(event.params().get("n").orElseThrow().toString());
    }

    /// Waits until each replica has published again.
    ///
    /// @return how long that took the slowest of them since the moment
    Duration back(long since) {
        var slowest = 0L;
        for (var n = 0; n < replicas.size(); n++) {
            var replica = n;
            Await.await(() -> "replica " + replica + " publishes again", PATIENCE, () -> lastAcknowledged.get(replica) - since > 0);
            slowest = Math.max(slowest, lastAcknowledged.get(replica) - since);
        }
        return Duration.ofNanos(slowest);
    }

    /// Waits until each reader was told of a loss since the last settlement.
    void awaitTold() {
        account.awaitTold();
    }

    /// Checks the account of all that was acknowledged until now.
    Account.Settlement settle() {
        var until = System.nanoTime();
        var marker = numbers.incrementAndGet();
        var key = UUID.randomUUID().toString();
        Await.await(() -> "a marker is published", PATIENCE, () -> publish(0, marker, key));
        return account.settle(marker, until);
    }

    @Override
    public void close() {
        over = true;
        threads.close();
    }
}
