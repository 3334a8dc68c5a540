package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.broadcast.History;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// A reader that begins where its own record stands in the log. Safe for use by many threads.
///
/// ```text
///            its record is read, passed by, or never comes because the broadcaster closes
///   WAITING ─────────────────────────────────────────────────────────────────────────────▶ PLACED
///      │
///      └── given up: the record is not in the log, or not in time ──▶ GIVEN_UP
/// ```
///
/// One transition wins. So an older reader of the session ends only if there is a new one.
///
/// @param key     of the record
/// @param start   now, or after what the reader has seen
/// @param history where what followed is read, or null if it is not kept there either
/// @param written completes with the place of the record once that is known
/// @param placed  completes with the reader, or with why there is none
record PendingSubscription(UUID key, EventFilter filter, Start start, History history,
        CompletableFuture<EventId> written, CompletableFuture<Subscription> placed, AtomicReference<State> state) {

    /// What became of it.
    enum State { WAITING, PLACED, GIVEN_UP }

    PendingSubscription(UUID key, EventFilter filter, Start start, History history) {
        this(key, filter, start, history, new CompletableFuture<>(), new CompletableFuture<>(), new AtomicReference<>(State.WAITING));
    }

    /// Places the reader unless it was given up or placed.
    ///
    /// @return whether it is placed now
    boolean place(Supplier<Subscription> reader) {
        if (!state.compareAndSet(State.WAITING, State.PLACED)) return false;
        try {
            placed.complete(reader.get());
            return true;
        } catch (RuntimeException | Error e) {
            placed.completeExceptionally(e);
            throw e;
        }
    }

    /// Gives the reader up unless it was placed or given up.
    ///
    /// @return whether it is given up now
    boolean giveUp(Throwable why) {
        if (!state.compareAndSet(State.WAITING, State.GIVEN_UP)) return false;
        placed.completeExceptionally(why);
        return true;
    }

    /// Whether the log was read up to `read` without finding its record: the record was deleted before, or belongs to a log that no
    /// longer exists.
    boolean wasPassedBy(EventId read) {
        if (!written.isDone() || written.isCompletedExceptionally()) return false;
        var at = written.join();
        return !at.epoch().equals(read.epoch()) || at.sequence() <= read.sequence();
    }

    /// {@return a reader that is silent until this one is placed: its record is in the log, and this replica has yet to read it}
    Subscription awaited(Duration heartbeat) {
        return new Awaited(this, placed.copy(), heartbeat);
    }

    private record Awaited(PendingSubscription pending, CompletableFuture<Subscription> reader, Duration heartbeat)
            implements Subscription {

        @Override
        public EventId start() {
            return pending.history != null && pending.start instanceof Start.After(var after) ? after : pending.written.join();
        }

        @Override
        public Delivery next() throws InterruptedException {
            try {
                return reader.get(heartbeat.toNanos(), NANOSECONDS).next();
            } catch (TimeoutException _) {
                return new Delivery.Idle();
            } catch (ExecutionException _) {
                return new Delivery.Closed(Delivery.Cause.CANCELLED);
            }
        }

        @Override
        public Optional<Delivery> poll() {
            return switch (reader.state()) {
                case RUNNING -> Optional.empty();
                case SUCCESS -> reader.resultNow().poll();
                case FAILED, CANCELLED -> Optional.of(new Delivery.Closed(Delivery.Cause.CANCELLED));
            };
        }

        @Override
        public Set<Topic.Key> topics() {
            return reader.state() == Future.State.SUCCESS ? reader.resultNow().topics() : pending.filter.namedTopics().orElse(Set.of());
        }

        /// The record still counts: an older reader ends there, and this one as soon as it is placed.
        @Override
        public void close() {
            reader.completeExceptionally(new IllegalStateException("closed"));
            pending.placed.thenAccept(Subscription::close);
        }
    }
}
