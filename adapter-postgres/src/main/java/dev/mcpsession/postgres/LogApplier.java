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
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Feeds this replica's readers from the log, number by number. One thread feeds; many wait for it.
///
/// Each row names the number before it. If that is newer than what was fed, entries were deleted before this replica read them: its own
/// readers learn of a loss. If it is older than what this replica has fed or acknowledged, the log was put back, or a standby that lacked
/// commits took over: [#lossToReport] then names a record by which every replica learns of it, once.
final class LogApplier {

    private static final int MAX_GIVEN_UP = 10_000;
    private static final int MAX_PUBLISHED = 10_000;

    private final StripedBroadcaster readers;
    private final LogFeed log;
    private final Map<UUID, PendingSubscription> pending = new ConcurrentHashMap<>();
    private final Set<UUID> givenUp = newestOf(MAX_GIVEN_UP); // their records may come all the same
    private EventId fed;
    private final NavigableSet<Long> published = new TreeSet<>(); // by this replica, but not yet fed; the newest of them
    private TakenBack takenBack = new TakenBack("", 0, 0);
    private boolean mustReportLoss;
    private volatile boolean closed;

    /// The numbers between the newest two lives of the server: if there were records, they are not in the log any more.
    private record TakenBack(String epoch, long after, long before) {

        boolean has(EventId id) {
            return id.epoch().equals(epoch) && id.sequence() > after && id.sequence() < before;
        }
    }

    LogApplier(StripedBroadcaster readers, LogFeed log, EventId start) {
        this.readers = readers;
        this.log = log;
        fed = start;
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

    /// Remembers an event that this replica has published.
    synchronized void acknowledge(EventId id) {
        mustReportLoss |= takenBack.has(id);
        if (id.isAfter(fed)) published.add(id.sequence());
        if (published.size() > MAX_PUBLISHED) published.pollFirst();
    }

    /// {@return the newest event that this replica has published, or has fed}
    synchronized EventId acknowledged() {
        return published.isEmpty() ? fed : new EventId(fed.epoch(), published.last());
    }

    /// {@return the key of a record of a loss that has to be written, if there is one} It is the same for each replica.
    synchronized Optional<String> lossToReport() {
        return mustReportLoss ? Optional.of("lost before " + takenBack.epoch() + "-" + takenBack.before()) : Optional.empty();
    }

    /// Waits until the readers have been fed what stands at a number, or the log was replaced.
    ///
    /// @return whether that was in time
    synchronized boolean await(EventId id, Duration time) throws InterruptedException {
        var deadline = System.nanoTime() + time.toNanos();
        while (id.isAfter(fed) && !closed) {
            var left = deadline - System.nanoTime();
            if (left <= 0) return false;
            NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /// Feeds what follows the number up to which the readers were fed.
    ///
    /// @throws BroadcasterClosedException if the readers are gone
    void accept(LogTable.Page page) {
        var at = fed();
        if (!page.epoch().equals(at.epoch())) at = begin(new EventId(page.epoch(), page.last()), at);
        for (var row : page.rows()) {
            if (row.id() <= at.sequence()) continue;
            if (row.prior() > at.sequence()) lose(at, new EventId(at.epoch(), row.prior()));
            if (row.isLife()) beginLife(at, row);
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

    /// Another log begins: other tables, or a new head row.
    private EventId begin(EventId start, EventId at) {
        LOG.log(WARNING, () -> "the log of events was replaced: " + at + " is followed by " + start + "; subscriptions report a loss");
        log.reset(start);
        return start;
    }

    private void lose(EventId from, EventId to) {
        LOG.log(WARNING, () -> "events between " + from + " and " + to + " were deleted before they were read; subscriptions report a loss");
        log.reset(to);
    }

    private synchronized void beginLife(EventId at, LogTable.Row life) {
        takenBack = new TakenBack(at.epoch(), life.prior(), life.id());
        mustReportLoss |= at.sequence() > life.prior() || !published.subSet(life.prior() + 1, life.id()).isEmpty();
    }

    private void feed(EventId at, LogTable.Row row) {
        try {
            switch (row.columns().kind()) {
                case RecordColumns.LIFE -> log.skipTo(at);
                case RecordColumns.LOST -> lose(at);
                default -> feed(at, row.key(), row.columns().record());
            }
        } catch (BroadcasterClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            LogTable.logUnreadable(at, "subscriptions report a loss", e);
            log.reset(at);
        }
    }

    private void feed(EventId at, UUID key, LogRecord record) {
        if (record instanceof LogRecord.TakenOver) takeOver(at, key, record);
        else log.append(at, record);
    }

    private void lose(EventId at) {
        synchronized (this) {
            mustReportLoss = false;
        }
        LOG.log(WARNING, () -> "the log of events lacks records that it had, as after a restore or a failover; it continues at " + at
                + ", and subscriptions report a loss");
        log.reset(at);
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
        if (at.epoch().equals(fed.epoch())) published.headSet(at.sequence(), true).clear();
        else published.clear();
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
