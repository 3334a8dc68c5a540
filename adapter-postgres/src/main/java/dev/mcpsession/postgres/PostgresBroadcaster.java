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
import dev.mcpsession.event.ControlObserver;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Gatherers;
import javax.sql.DataSource;

/// A broadcaster whose order of events is a table in Postgres, so that all replicas have the same one.
///
/// An event is published when its transaction has committed; from then on it reaches every stream on every replica, or the
/// stream reports a loss. Records that end a stream or take it over stand in the same log, so they take effect at the same place
/// everywhere. Subscriptions are those of a [StripedBroadcaster] in memory. A client that comes back late reads what it missed from the
/// table, on any replica; other readers never query the database.
///
/// While the database is away, streams stay open, and `publish` and `subscribe` wait for it for a bounded time. Once the start of a
/// session's stream is in the log, opening the stream no longer fails: it is silent until this replica can read the log.
///
/// Safe for use by many threads. The tables are those of `schema.sql`.
public final class PostgresBroadcaster implements Broadcaster {

    private static final int ENDS_PER_RECORD = 1_000;

    private final PostgresOptions options;
    private final StripedBroadcaster readers;
    private final LogFeed log;
    private final LogApplier applier;
    private final LogWriter writer;
    private final EventHistory history;
    private final Hearing hearing = new Hearing();
    private final Duration heartbeat;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>(); // the newest first
    private volatile boolean closed;

    /// Opens a broadcaster with the default options.
    ///
    /// @param statements the source of connections for single statements, such as a pool; up to four at a time are used, one of
    ///                   them for clients that come back
    /// @param listening  the source of the one connection that listens; it must be a direct one, not from a pool
    /// @throws BroadcasterException if the log cannot be read
    public PostgresBroadcaster(DataSource statements, DataSource listening) {
        this(statements, listening, BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT);
    }

    /// Opens a broadcaster.
    ///
    /// @param statements the source of connections for single statements, such as a pool; up to four at a time are used, one of
    ///                   them for clients that come back
    /// @param listening  the source of the one connection that listens; it must be a direct one, not from a pool
    /// @param bounds     the bounds of what is kept in memory
    /// @param options    how long to wait for the database, and how much of the log it keeps
    /// @throws BroadcasterException if the log cannot be read
    public PostgresBroadcaster(DataSource statements, DataSource listening, BroadcasterOptions bounds, PostgresOptions options) {
        this(statements::getConnection, listening::getConnection, bounds, options);
    }

    PostgresBroadcaster(Database.Source statements, Database.Source listening, BroadcasterOptions bounds, PostgresOptions options) {
        this.options = options;
        heartbeat = bounds.heartbeat();
        var database = Database.within(options.answerTimeout(), statements);
        history = new EventHistory(database, options, heartbeat);
        try {
            var tailer = new LogTailer(database, hearing, options);
            var start = tailer.open(bounds.ringEntries());
            opened.push(readers = new StripedBroadcaster(bounds, start));
            log = new LogFeed(readers);
            applier = new LogApplier(readers, log, start);
            opened.push(tailer);
            tailer.start(applier, bounds);
            opened.push(writer = new LogWriter(database, options, applier::acknowledge, tailer::wake));
            var keeper = new LogKeeper(database, options, hearing, tailer, applier, writer);
            var listener = new LogListener(Database.within(options.answerTimeout(), listening), hearing, tailer, keeper);
            opened.push(listener);
            listener.start();
            opened.push(keeper);
            keeper.start();
        } catch (SQLException e) {
            closeAll(); // an opening that fails leaves nothing
            throw SqlFailure.unreadable(e);
        } catch (RuntimeException | Error e) {
            closeAll();
            throw e;
        }
    }

    private void closeAll() {
        while (opened.poll() instanceof AutoCloseable next) {
            try {
                next.close();
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
        return writer.offer(StripedBroadcaster.requireKey(key), new LogRecord.Published(event)).await();
    }

    // A subscription must not see what this replica has already reported as published.
    @Override
    public Subscription subscribe(EventFilter filter, Start start) {
        if (filter.session().isPresent() && !(start instanceof Start.Recent)) return takeOver(filter, start);
        requireRead(applier.acknowledged());
        if (!(start instanceof Start.After(var after))) return readers.subscribe(filter, start);
        if (isAhead(after)) requireRead(after);
        return isReplayed(filter, start) ? log.resume(filter, after, history.of(filter)) : readers.subscribe(filter, start);
    }

    // The subscription begins where a record of its own stands in the log: that is the seam with an older one on any replica. A
    // position that is ahead of this replica has been read when the record comes.
    private Subscription takeOver(EventFilter filter, Start start) {
        var session = filter.session().orElseThrow();
        var deadline = System.nanoTime() + options.subscribeTimeout().toNanos();
        var key = UUID.randomUUID().toString();
        var subscription = new PendingSubscription(
                Draft.keyOf(key), filter, start, isReplayed(filter, start) ? history.of(filter) : null);
        applier.expect(subscription);
        try {
            var record = writer.offer(key, new LogRecord.TakenOver(session), Duration.ofNanos(deadline - System.nanoTime()));
            record.outcome().whenComplete((at, failure) -> {
                if (failure == null) subscription.written().complete(at);
                else applier.giveUp(subscription, failure);
            });
            return await(subscription, record, deadline);
        } catch (BroadcasterClosedException _) {
            return readers.subscribe(filter, Start.now());
        } catch (RuntimeException | Error e) {
            applier.giveUp(subscription, e);
            throw e;
        }
    }

    /// Whether what followed this position is still in memory, or in the table and not too much.
    private boolean isReplayed(EventFilter filter, Start start) {
        return start instanceof Start.After(var after) && !closed && (log.remembers(after) || history.holds(filter, after));
    }

    private Subscription await(PendingSubscription subscription, PendingPublish record, long deadline) {
        try {
            return subscription.placed().get(deadline - System.nanoTime(), NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BroadcasterException failure ? failure : new BroadcasterException("not subscribed", e);
        } catch (TimeoutException e) {
            return silentOrGivenUp(subscription, record, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return silentOrGivenUp(subscription, record, e);
        }
    }

    // Once the record is in the log, it has ended an older reader elsewhere, so this one must not fail.
    private Subscription silentOrGivenUp(PendingSubscription subscription, PendingPublish record, Exception why) {
        record.giveUp();
        if (!record.outcome().isCompletedExceptionally()) return subscription.awaited(heartbeat);
        var failure = behind(why);
        if (applier.giveUp(subscription, failure) || subscription.placed().isCompletedExceptionally()) throw failure;
        return subscription.placed().join(); // at the last moment
    }

    /// Whether this replica lags behind what a reader has seen elsewhere. A number that was never issued is not ahead, but nonsense.
    private boolean isAhead(EventId after) {
        return !closed && after.isAfter(applier.fed()) && after.sequence() <= history.last();
    }

    private void requireRead(EventId id) {
        try {
            if (!applier.await(id, options.subscribeTimeout())) throw behind(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw behind(e);
        }
    }

    private BroadcasterException behind(Exception cause) {
        return new BroadcasterException(
                "not subscribed: the log of events could not be read up to now within " + options.subscribeTimeout(), cause);
    }

    /// Each call writes the ends to the log, also a repeated one: a session that had ended may have been revived on another replica.
    @Override
    public void endSessions(Collection<SessionId> sessions) {
        try {
            sessions.stream().gather(Gatherers.windowFixed(ENDS_PER_RECORD))
                    .map(LogRecord.SessionsEnded::new).forEach(writer::offer);
        } catch (BroadcasterClosedException _) {
            readers.endSessions(sessions); // with all others, in a moment
        }
    }

    @Override
    public void endOwner(Owner owner) {
        if (owner.isAnonymous()) throw new IllegalArgumentException("owner must be authenticated: anonymous");
        append(new LogRecord.OwnerEnded(owner));
    }

    @Override
    public void addTopic(SessionId session, Topic.Key key) {
        append(new LogRecord.TopicAdded(session, key));
    }

    @Override
    public void removeTopic(SessionId session, Topic.Key key) {
        append(new LogRecord.TopicRemoved(session, key));
    }

    @Override
    public void relay(SessionId session, Json.Obj message) {
        append(new LogRecord.Relayed(session, message));
    }

    @Override
    public ControlObserver.Observation observe(ControlObserver observer) {
        return readers.observe(observer);
    }

    private void append(LogRecord record) {
        writer.offer(UUID.randomUUID().toString(), record).await();
    }

    @Override
    public BroadcasterStats stats() {
        return readers.stats();
    }

    /// Whether notifications of other connections do not reach this replica, so that it reads the log several times a second: most
    /// likely its listening connection goes through a pooler. Detected within 10 s, at any time; ends when a notification arrives.
    ///
    /// @return false also until the database has been reached for the first time
    public boolean isPolling() {
        return hearing.isPolling();
    }

    /// Ends every subscription at once. What waits to be published is published, unless that takes longer than 2 s.
    @Override
    public void close() {
        closed = true;
        readers.close();
        applier.close();
        writer.close();
        closeAll();
    }
}
