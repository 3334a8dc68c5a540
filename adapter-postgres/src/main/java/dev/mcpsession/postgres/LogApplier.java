package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Tells this replica's readers what stands in the log, number by number. One thread feeds; many wait for what it does.
///
/// Numbers are dense, so one that is missing is a loss, and is told as one: entries that were deleted before this replica
/// came to read them, or that it cannot read.
final class LogApplier {

    private static final System.Logger LOG = System.getLogger(PostgresBroadcaster.class.getName());

    private final StripedBroadcaster readers;
    private final LogFeed log;
    private final Map<UUID, PendingSubscription> arrivals = new ConcurrentHashMap<>();
    private final Newest<UUID> givenUp = new Newest<>();
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

    /// Tells what was published before the feed begins.
    void recall(RecentEvents recent) {
        if (!recent.upTo().epoch().equals(fed().epoch())) return; // it has just begun anew: nothing is known
        log.recall(recent.upTo(), recent.reach(), recent.signals());
    }

    /// Up to where the log was read.
    synchronized EventId fed() {
        return fed;
    }

    /// Lets a reader begin where its record stands. It is placed by the feeding thread, or to be given up.
    void expect(PendingSubscription arrival) {
        arrivals.put(arrival.key(), arrival);
        if (closed) begin(arrival); // close() may not have seen it
    }

    private void begin(PendingSubscription arrival) {
        if (arrival.claim()) arrival.placed().complete(readers.subscribe(arrival.filter(), Start.now()));
        arrivals.remove(arrival.key());
    }

    /// Starts a reader whose record never comes: what it has missed is reported to it.
    private void beginLate(PendingSubscription arrival) {
        arrivals.remove(arrival.key());
        if (!arrival.claim()) return;
        var start = arrival.start() instanceof Start.After after ? after : Start.after(arrival.written().join());
        arrival.placed().complete(readers.subscribe(arrival.filter(), start));
    }

    /// Expects a reader no more, unless that is being placed or was. Its record may come all the same: it then ends nobody here.
    ///
    /// @return whether it is given up
    boolean giveUp(PendingSubscription arrival, Throwable why) {
        if (!arrival.claim()) return false;
        givenUp.add(arrival.key());
        arrivals.remove(arrival.key());
        arrival.placed().completeExceptionally(why);
        return true;
    }

    /// Forgets a reader that was closed before it was placed. Its record still counts: an older reader ends there.
    void leave(PendingSubscription arrival) {
        if (!arrival.claim()) return;
        arrivals.remove(arrival.key());
        arrival.placed().completeExceptionally(new BroadcasterException("closed"));
    }

    /// Remembers up to where this replica has told publishers that their events are published.
    synchronized void acknowledge(EventId id) {
        if (id.epoch().equals(past)) return;
        if (!id.epoch().equals(acknowledged.epoch()) || id.sequence() > acknowledged.sequence()) acknowledged = id;
    }

    /// Waits until the readers have been told everything that was acknowledged.
    ///
    /// @return whether that was in time
    boolean awaitAcknowledged(Duration time) throws InterruptedException {
        return await(acknowledged(), time);
    }

    private synchronized EventId acknowledged() {
        return acknowledged;
    }

    /// Waits until the readers have been told what stands at a number, or the log has begun anew.
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

    /// What is of another epoch may be of one that was not read yet, as long as this replica has published there.
    private boolean isAhead(EventId id) {
        if (id.epoch().equals(fed.epoch())) return id.sequence() > fed.sequence();
        return acknowledged.epoch().equals(id.epoch());
    }

    /// Feeds what was read behind the number up to which it was fed.
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
        arrivals.values().stream().filter(arrival -> arrival.wasPassedBy(read)).forEach(this::beginLate);
    }

    /// Where another log begins for readers of this one; where the same goes on under another server, they go on, too.
    private EventId begin(LogTable.Page page, EventId at) {
        var isSameLog = LogTable.isSameLog(page.epoch(), at.epoch());
        var start = new EventId(page.epoch(), isSameLog ? Math.min(at.sequence(), page.last()) : page.last());
        LOG.log(WARNING, () -> "the log of events has begun anew: " + at + " is followed by " + start + "; readers are told");
        log.reset(start);
        return start;
    }

    private void lose(EventId from, EventId to) {
        LOG.log(WARNING, () -> "events between " + from + " and " + to + " were deleted before they were read; readers are told");
        log.reset(to);
    }

    private void feed(EventId at, LogTable.Row row) {
        try {
            feed(at, row.key(), row.columns().record());
        } catch (BroadcasterClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> "entry " + at + " of the log cannot be read by this version; readers are told of a loss", e);
            log.reset(at);
        }
    }

    private void feed(EventId at, UUID key, LogRecord entry) {
        if (!(entry instanceof LogRecord.TakenOver)) {
            log.append(at, entry);
            return;
        }
        var arrival = arrivals.remove(key);
        if (arrival != null && arrival.claim()) arrival.placeAt(at, log);
        else if (arrival == null && !givenUp.remove(key)) log.append(at, entry);
    }

    private synchronized void advance(EventId at) {
        if (!at.epoch().equals(fed.epoch())) {
            past = fed.epoch();
            if (acknowledged.epoch().equals(past)) acknowledged = at;
        }
        fed = at;
        notifyAll();
    }

    /// Lets nobody wait any longer.
    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        arrivals.values().forEach(this::begin);
    }
}
