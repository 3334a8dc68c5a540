package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.broadcast.History;
import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A reader that begins where its own record stands in the log: it is placed there, or gives up. What comes first is claimed, so
/// that an older reader of the session ends only if there is a new one. Safe for use by many threads.
///
/// @param key     of the record
/// @param start   now, or after what it has seen already
/// @param history where what followed is read, or null if that is not kept there either
/// @param written where its record stands, once that is known
record PendingSubscription(UUID key, EventFilter filter, Start start, History history,
        CompletableFuture<EventId> written, CompletableFuture<Subscription> placed, AtomicBoolean claimed) {

    PendingSubscription(UUID key, EventFilter filter, Start start, History history) {
        this(key, filter, start, history, new CompletableFuture<>(), new CompletableFuture<>(), new AtomicBoolean());
    }

    /// Whether what becomes of it is the caller's to say.
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    void placeAt(EventId at, LogFeed log) {
        try {
            placed.complete(log.takeOver(at, filter, start, history));
        } catch (RuntimeException | Error e) {
            placed.completeExceptionally(e);
            throw e;
        }
    }

    /// Whether the log was read up to `read` without finding its record: the record was deleted before, or belongs to a log that no
    /// longer exists.
    boolean wasPassedBy(EventId read) {
        if (!written.isDone() || written.isCompletedExceptionally()) return false;
        var at = written.join();
        return !at.epoch().equals(read.epoch()) || at.sequence() <= read.sequence();
    }

    /// Begins at a record that is in the log but that this replica has not read yet: until it has, the reader is silent.
    Subscription awaited(Duration heartbeat, LogApplier feed) {
        return new Subscription() {
            @Override
            public EventId start() {
                return history != null && start instanceof Start.After(var after) ? after : written.join();
            }

            @Override
            public Delivery next() throws InterruptedException {
                try {
                    return placed.get(heartbeat.toNanos(), NANOSECONDS).next();
                } catch (TimeoutException _) {
                    return new Delivery.Idle();
                } catch (ExecutionException _) {
                    return new Delivery.Closed(Delivery.Cause.CANCELLED);
                }
            }

            @Override
            public Optional<Delivery> poll() {
                if (!placed.isDone()) return Optional.empty();
                return placed.isCompletedExceptionally()
                        ? Optional.of(new Delivery.Closed(Delivery.Cause.CANCELLED)) : placed.join().poll();
            }

            @Override
            public void close() {
                feed.leave(PendingSubscription.this);
                placed.thenAccept(Subscription::close);
            }
        };
    }
}
