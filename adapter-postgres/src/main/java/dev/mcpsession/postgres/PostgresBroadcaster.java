package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.BroadcasterStats;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Gatherers;
import javax.sql.DataSource;

/// A broadcaster whose one order of events is a table in Postgres, so that all replicas have the same.
///
/// ```text
/// publish ─▶ LogWriter: number, insert, notify ─▶ the log ─▶ LogTailer of each replica ─▶ StripedBroadcaster ─▶ readers
/// ```
///
/// An event is published when its transaction has committed; from then on it reaches every stream on every replica, or the
/// stream is told that it has lost something. What ends a stream or takes it over stands in the same log, so that it does so
/// at the same place everywhere. Readers are those of a [StripedBroadcaster] in memory. One of a session that comes back after
/// long is given what it missed from the table, on whatever replica; others never ask the database.
///
/// While the database is away, streams stay open, and `publish` and `subscribe` wait for it for a bounded time. Once the beginning of a
/// session's stream is in the log, the stream no longer fails to open: if the log cannot be read in time, it is silent until it can.
///
/// Safe for use by many threads. The tables are those of `schema.sql`.
public final class PostgresBroadcaster implements Broadcaster {

    private static final int ENDS_PER_RECORD = 1_000;

    private final PostgresOptions options;
    private final StripedBroadcaster readers;
    private final LogFeed log;
    private final LogApplier feed;
    private final LogTailer listener;
    private final LogWriter publisher;
    private final Retention retention;
    private final EventHistory history;
    private final Duration heartbeat;
    private volatile boolean closed;

    /// Opens a broadcaster with the default options.
    ///
    /// @param statements where connections for single statements come from, such as a pool; up to four at a time are used, one of
    ///                   them for clients that come back
    /// @param listening  where the one connection comes from that listens; it must be a direct one, and no pool's
    /// @throws BroadcasterException if the log cannot be read
    public PostgresBroadcaster(DataSource statements, DataSource listening) {
        this(statements, listening, BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT);
    }

    /// Opens a broadcaster.
    ///
    /// @param statements where connections for single statements come from, such as a pool; up to four at a time are used, one of
    ///                   them for clients that come back
    /// @param listening  where the one connection comes from that listens; it must be a direct one, and no pool's
    /// @param bounds     the bounds of what is kept in memory
    /// @param options    the bounds of what the database is asked for
    /// @throws BroadcasterException if the log cannot be read
    public PostgresBroadcaster(
            DataSource statements, DataSource listening, BroadcasterOptions bounds, PostgresOptions options) {
        this.options = options;
        heartbeat = bounds.heartbeat();
        history = new EventHistory(statements, options, heartbeat);
        listener = new LogTailer(listening, statements, options);
        var opened = new ArrayDeque<AutoCloseable>(); // an opening that fails leaves nothing
        try {
            opened.push(listener);
            var start = listener.open(bounds.ringEntries());
            opened.push(readers = new StripedBroadcaster(bounds, start));
            log = new LogFeed(readers);
            feed = new LogApplier(readers, log, start);
            listener.start(feed, bounds);
            opened.push(publisher = new LogWriter(statements, options, feed::acknowledge));
            retention = new Retention(statements, options);
        } catch (SQLException e) {
            closeAll(opened);
            throw new BroadcasterException("the log of events cannot be read: " + SqlFailure.of(e).reason(), SqlFailure.of(e).cause());
        } catch (RuntimeException | Error e) {
            closeAll(opened);
            throw e;
        }
    }

    private static void closeAll(Iterable<AutoCloseable> opened) {
        for (var each : opened) {
            try {
                each.close();
            } catch (Exception e) {
                throw new AssertionError("none of them throws", e);
            }
        }
    }

    @Override
    public EventId publish(Event event) {
        return publish(UUID.randomUUID().toString(), event);
    }

    @Override
    public EventId publish(String key, Event event) {
        readers.requireFits(event);
        return publisher.offer(StripedBroadcaster.requireKey(key), new LogRecord.Published(event)).await();
    }

    @Override
    public Subscription subscribe(EventFilter filter, Start start) {
        if (filter.session().isPresent() && !(start instanceof Start.Recent)) return takeOver(filter, start);
        awaitAcknowledged();
        if (!(start instanceof Start.After(var after))) return readers.subscribe(filter, start);
        if (isAhead(after)) throw behind(null);
        return isReplayed(filter, start) ? log.resume(filter, after, history.of(filter)) : readers.subscribe(filter, start);
    }

    /// Begins where a record of its own stands in the log: that is the seam with an older subscription on whatever replica. And
    /// a position that is ahead of this replica has been read when the record comes.
    private Subscription takeOver(EventFilter filter, Start start) {
        var session = filter.session().orElseThrow();
        var deadline = System.nanoTime() + options.subscribeTimeout().toNanos();
        var key = UUID.randomUUID().toString();
        var arrival = new PendingSubscription(LogWriter.keyOf(key), filter, start, isReplayed(filter, start) ? history.of(filter) : null);
        feed.expect(arrival);
        try {
            var pending = publisher.offer(key, new LogRecord.TakenOver(session), Duration.ofNanos(deadline - System.nanoTime()));
            pending.outcome().whenComplete((at, failure) -> {
                if (failure == null) arrival.written().complete(at);
                else feed.giveUp(arrival, failure);
            });
            return await(arrival, pending, deadline);
        } catch (BroadcasterClosedException _) {
            return readers.subscribe(filter, Start.now());
        } catch (RuntimeException | Error e) {
            feed.giveUp(arrival, e);
            throw e;
        }
    }

    /// Whether what followed this position is still in memory, or else in the table, and not too much.
    private boolean isReplayed(EventFilter filter, Start start) {
        return start instanceof Start.After(var after) && !closed && (log.remembers(after) || history.holds(filter, after));
    }

    /// Does not give up once the record is in the log, because it has ended an older reader elsewhere: if this replica does not read it
    /// in time, the reader begins, and is silent until it does.
    private Subscription await(PendingSubscription arrival, PendingPublish pending, long deadline) {
        try {
            return arrival.placed().get(deadline - System.nanoTime(), NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BroadcasterException failure ? failure : new BroadcasterException("not subscribed", e);
        } catch (TimeoutException e) {
            return begunOrGivenUp(arrival, pending, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return begunOrGivenUp(arrival, pending, e);
        }
    }

    private Subscription begunOrGivenUp(PendingSubscription arrival, PendingPublish pending, Exception why) {
        pending.giveUp();
        if (pending.outcome().isCompletedExceptionally()) {
            var failure = behind(why);
            if (feed.giveUp(arrival, failure) || arrival.placed().isCompletedExceptionally()) throw failure;
            return arrival.placed().join(); // at the last moment
        }
        return arrival.awaited(heartbeat, feed);
    }

    /// Whoever begins now must not see what this replica has said before to be published.
    private void awaitAcknowledged() {
        try {
            if (!feed.awaitAcknowledged(options.subscribeTimeout())) throw behind(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw behind(e);
        }
    }

    /// Whether this replica lags behind what a reader has seen elsewhere, also after some time. A number that was never given
    /// is not ahead, but nonsense.
    private boolean isAhead(EventId after) {
        if (closed) return false;
        var fed = feed.fed();
        if (!fed.epoch().equals(after.epoch()) || after.sequence() <= fed.sequence() || after.sequence() > history.last()) return false;
        try {
            return !feed.await(after, options.subscribeTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw behind(e);
        }
    }

    private BroadcasterException behind(Exception cause) {
        return new BroadcasterException(
                "not subscribed: the log of events could not be read up to now within " + options.subscribeTimeout(), cause);
    }

    /// Each call puts the ends into the log, also a repeated one: a session that had ended may have been revived on another replica.
    @Override
    public void endSessions(Collection<SessionId> sessions) {
        try {
            sessions.stream().gather(Gatherers.windowFixed(ENDS_PER_RECORD)).forEach(some -> publisher.offer(new LogRecord.SessionsEnded(some)));
        } catch (BroadcasterClosedException _) {
            readers.endSessions(sessions); // with all others, in a moment
        }
    }

    @Override
    public void endOwner(Owner owner) {
        if (owner.isAnonymous()) throw new IllegalArgumentException("owner must be authenticated: anonymous");
        tell(new LogRecord.OwnerEnded(owner));
    }

    @Override
    public void addTopic(SessionId session, Topic.Key key) {
        tell(new LogRecord.TopicAdded(session, key));
    }

    @Override
    public void removeTopic(SessionId session, Topic.Key key) {
        tell(new LogRecord.TopicRemoved(session, key));
    }

    private void tell(LogRecord entry) {
        publisher.offer(UUID.randomUUID().toString(), entry).await();
    }

    @Override
    public BroadcasterStats stats() {
        return readers.stats();
    }

    /// Whether notifications of other connections do not reach this replica, so that it reads the log several times a second: most
    /// likely its listening connection goes through a pooler. Noticed within 10 s, at any time, and no longer true once one arrives.
    ///
    /// @return false also until the database has been reached for the first time
    public boolean isPolling() {
        return listener.isDeaf();
    }

    /// Ends every subscription at once. What waits to be published is published, unless that takes longer than 2 s.
    @Override
    public void close() {
        closed = true;
        readers.close();
        feed.close();
        publisher.close();
        listener.close();
        retention.close();
    }
}
