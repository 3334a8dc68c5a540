package dev.mcpsession.postgres;

import dev.mcpsession.event.Beginning;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogFeed;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// A reader that begins where its own record stands in the log: it is placed there, or gives up. What comes first is claimed, so
/// that an older reader of the session ends only if there is a new one. Safe for use by many threads.
///
/// @param key     of the record
/// @param after   what it has seen already, or null
/// @param history where what followed is read, or null if that is not kept there either
record Arrival(UUID key, EventFilter filter, EventId after, EventHistory history,
        CompletableFuture<Beginning> placed, AtomicBoolean claimed) {

    Arrival(UUID key, EventFilter filter, EventId after, EventHistory history) {
        this(key, filter, after, history, new CompletableFuture<>(), new AtomicBoolean());
    }

    /// Whether what becomes of it is the caller's to say.
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    void placeAt(EventId at, LogFeed log) {
        try {
            placed.complete(begin(at, log));
        } catch (RuntimeException e) {
            placed.completeExceptionally(e);
            throw e;
        }
    }

    private Beginning begin(EventId at, LogFeed log) {
        if (after == null) return log.takeOver(at, filter);
        if (history == null || !history.mayReplay(after, at)) return log.takeOver(at, filter, after);
        return log.takeOver(at, filter, after, history);
    }
}
