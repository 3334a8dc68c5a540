package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.PublishOutcomeUnknownException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/// A record that waits to be published, and what became of it. Safe for use by many threads.
///
/// ```text
///              begin                published
///    WAITING ─────────▶ UNDER WAY ─────────────▶ its place
///      ▲  │               │    │ failed, and the answer was lost
///      │  │ failed for    │    ▼
///      └──┼── certain ────┘  IN DOUBT ── begin ─▶ UNDER WAY
///         │ given up           │ given up, as from UNDER WAY
///         ▼                    ▼
///    not published           outcome unknown
/// ```
final class PendingPublish {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration ANSWER = Duration.ofMillis(100); // for the answer's way

    private final String key;
    private final Draft draft;
    private final int ends;
    private final long deadline;
    private final long margin;
    private final CompletableFuture<EventId> outcome = new CompletableFuture<>();
    private boolean underWay;
    private boolean inDoubt;
    private SqlFailure failure;

    /// @param ends how many sessions it ends; 0 if it is another record
    PendingPublish(String key, Draft draft, int ends, Duration limit) {
        this.key = key;
        this.draft = draft;
        this.ends = ends;
        deadline = System.nanoTime() + limit.toNanos();
        margin = Math.min(ANSWER.toNanos(), limit.toNanos() / 4);
    }

    Draft draft() {
        return draft;
    }

    int ends() {
        return ends;
    }

    /// {@return about how much memory it takes}
    int size() {
        return draft.columns().size();
    }

    /// {@return how long the server may work on it: a little less than its caller waits, since the answer takes time to arrive}
    Duration left() {
        return Duration.ofNanos(deadline - margin - System.nanoTime());
    }

    /// {@return a future that completes with its place, or with a [BroadcasterException]}
    CompletableFuture<EventId> outcome() {
        return outcome;
    }

    /// Whether it is done, or too little time is left for another attempt.
    synchronized boolean isOver() {
        if (left().compareTo(SHORTEST) < 0) giveUp();
        return outcome.isDone();
    }

    /// Whether it may be sent now; if not, it is over.
    synchronized boolean begin() {
        underWay = !isOver();
        return underWay;
    }

    void published(EventId id) {
        outcome.complete(id);
    }

    synchronized void failed(SqlFailure cause) {
        failure = cause;
        inDoubt |= underWay && cause.isDisconnect();
        underWay = false;
    }

    synchronized void giveUp() {
        if (!outcome.isDone()) outcome.completeExceptionally(underWay || inDoubt ? unknown() : notPublished());
    }

    private BroadcasterException unknown() {
        return failure == null ? new PublishOutcomeUnknownException(key) : new PublishOutcomeUnknownException(key, failure.cause());
    }

    private BroadcasterException notPublished() {
        if (failure == null) return new BroadcasterException("not published: the database does not answer");
        return new BroadcasterException("not published: " + failure.reason(), failure.cause());
    }

    /// Waits for its place until its time is over.
    EventId await() {
        try {
            return outcome.get(deadline - System.nanoTime(), NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException _) {
            // it is done, or given up now
        }
        giveUp();
        if (outcome.isCompletedExceptionally()) throw (RuntimeException) outcome.exceptionNow();
        return outcome.resultNow();
    }
}
