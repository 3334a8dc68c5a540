package dev.mcpsession.postgres;

import static dev.mcpsession.postgres.Loop.LOG;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Feeds this replica's readers from the log, number by number. One thread feeds; many wait for it.
///
/// Numbers are dense, so a missing one is a loss, and is reported as one: entries that were deleted before this replica
/// read them, or that it cannot read.
final class LogApplier {

    private static final int MAX_GIVEN_UP = 10_000;

    private final StripedBroadcaster readers;
    private final LogFeed log;
    private final Map<UUID, PendingSubscription> pending = new ConcurrentHashMap<>();
    private final Set<UUID> givenUp = newestOf(MAX_GIVEN_UP); // their records may come all the same
    private EventId fed;
    private EventId acknowledged;
    private String past = ""; // the epoch before this one
    private volatile boolean closed;

    LogApplier(StripedBroadcaster readers, LogFeed log, EventId start) {
        this.readers = readers;
        this.log = log;
        fed = start;
        acknowledged = start;
    }

    private static Set<UUID> newestOf(int max) {
        return Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
                return size() > max;
            }
        }));
    }

    /// Recalls what was published before the feed begins.
    void recall(RecentEvents recent) {
        if (!recent.upTo().epoch().equals(fed().epoch())) return; // the log has just been replaced: nothing is known
        log.recall(recent.upTo(), recent.reach(), recent.signals());
    }

    /// {@return how far the log was read}
    synchronized EventId fed() {
        return fed;
    }

    /// Expects the record of a reader, which begins there. The feeding thread places it, unless it is given up.
    void expect(PendingSubscription subscription) {
        pending.put(subscription.key(), subscription);
        if (closed) placeNow(subscription); // close() may not have seen it
    }

    private void placeNow(PendingSubscription subscription) {
        pending.remove(subscription.key());
        subscription.place(() -> readers.subscribe(subscription.filter(), Start.now()));
    }

    /// Starts a reader whose record never comes: what it has missed is reported to it.
    private void placeLate(PendingSubscription subscription) {
        pending.remove(subscription.key());
        var start = subscription.start() instanceof Start.After after ? after : Start.after(subscription.written().join());
        subscription.place(() -> readers.subscribe(subscription.filter(), start));
    }

    /// Expects a reader no more, unless it was placed. Its record may come all the same: it then ends no reader here.
    ///
    /// @return whether it is given up
    boolean giveUp(PendingSubscription subscription, Throwable why) {
        if (!subscription.giveUp(why)) return false;
        givenUp.add(subscription.key());
        pending.remove(subscription.key());
        return true;
    }

    /// Remembers the newest event that was reported as published by this replica.
    synchronized void acknowledge(EventId id) {
        if (id.epoch().equals(past)) return;
        if (!id.epoch().equals(acknowledged.epoch()) || id.sequence() > acknowledged.sequence()) acknowledged = id;
    }

    synchronized EventId acknowledged() {
        return acknowledged;
    }

    /// Waits until the readers have been fed what stands at a number, or the log was replaced.
    ///
    /// @return whether that was in time
    synchronized boolean await(EventId id, Duration time) throws InterruptedException {
        var deadline = System.nanoTime() + time.toNanos();
        while (isAhead(id) && !closed) {
            var left = deadline - System.nanoTime();
            if (left <= 0) return false;
            NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /// An event of another epoch may be of one that was not read yet, as long as this replica has published there.
    private boolean isAhead(EventId id) {
        if (id.epoch().equals(fed.epoch())) return id.sequence() > fed.sequence();
        return acknowledged.epoch().equals(id.epoch());
    }

    /// Feeds what follows the number up to which the readers were fed.
    ///
    /// @throws BroadcasterClosedException if the readers are gone
    void accept(LogTable.Page page) {
        var at = fed();
        if (!page.epoch().equals(at.epoch())) at = begin(page, at);
        for (var row : page.rows()) {
            if (row.id() <= at.sequence()) continue;
            if (row.id() > at.sequence() + 1) lose(at, new EventId(at.epoch(), row.id() - 1));
            at = new EventId(at.epoch(), row.id());
            feed(at, row);
        }
        if (page.rows().isEmpty() && page.last() > at.sequence()) {
            lose(at, new EventId(at.epoch(), page.last()));
            at = new EventId(at.epoch(), page.last());
        }
        advance(at);
        var read = at;
        pending.values().stream().filter(each -> each.wasPassedBy(read)).forEach(this::placeLate);
    }

    /// Another log begins for readers of this one; if the same continues under another server, so do they.
    private EventId begin(LogTable.Page page, EventId at) {
        var isSameLog = LogTable.isSameLog(page.epoch(), at.epoch());
        var start = new EventId(page.epoch(), isSameLog ? Math.min(at.sequence(), page.last()) : page.last());
        LOG.log(WARNING, () -> "the log of events was replaced: " + at + " is followed by " + start + "; subscriptions report a loss");
        log.reset(start);
        return start;
    }

    private void lose(EventId from, EventId to) {
        LOG.log(WARNING, () -> "events between " + from + " and " + to + " were deleted before they were read; subscriptions report a loss");
        log.reset(to);
    }

    private void feed(EventId at, LogTable.Row row) {
        try {
            var record = row.columns().record();
            if (record instanceof LogRecord.TakenOver) takeOver(at, row.key(), record);
            else log.append(at, record);
        } catch (BroadcasterClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            LogTable.logUnreadable(at, "subscriptions report a loss", e);
            log.reset(at);
        }
    }

    private void takeOver(EventId at, UUID key, LogRecord record) {
        var mine = pending.remove(key);
        if (mine == null) {
            if (!givenUp.remove(key)) log.append(at, record);
        } else {
            mine.place(() -> log.takeOver(at, mine.filter(), mine.start(), mine.history()));
        }
    }

    private synchronized void advance(EventId at) {
        if (!at.epoch().equals(fed.epoch())) {
            past = fed.epoch();
            if (acknowledged.epoch().equals(past)) acknowledged = at;
        }
        fed = at;
        notifyAll();
    }

    /// Ends every wait.
    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        pending.values().forEach(this::placeNow);
    }
}
