package dev.mcpsession.postgres;

import static dev.mcpsession.postgres.Loop.LOG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Writes what this replica publishes into the log: one virtual thread, and one transaction for everything that waits. Safe for use by
/// many threads.
///
/// Commits that notify wait for each other across the cluster, so a commit of many events costs as much as a commit of one. Publishers
/// that were in one batch tend to come back together, so the next batch waits for as many, for a fraction of a commit. Under a
/// steady flow only one commit in a few milliseconds notifies, and the last event of a flow is announced by itself.
///
/// Events keep the order in which they were offered. When the answer to a commit is lost, the same keys are written again, which
/// finds what is already there: so nothing is published twice, and every caller gets the place of its own event.
final class LogWriter implements AutoCloseable {

    private static final int MAX_BATCH = 256;
    private static final long MAX_BATCH_SIZE = 4 << 20;
    private static final long MAX_WAITING_SIZE = 64 << 20;
    private static final int MAX_WAITING_ENDS = 100_000;
    private static final Duration ENDS_WAIT = Duration.ofMinutes(1); // no caller waits for them
    private static final long BETWEEN_NOTICES = Duration.ofMillis(5).toNanos();
    private static final long NOTICE_AGAIN = Duration.ofSeconds(1).toNanos(); // after one that failed
    private static final long LONGEST_GATHERING = Duration.ofMillis(1).toNanos();

    private final Database database;
    private final PostgresOptions options;
    private final Consumer<EventId> onPublished;
    private final Runnable onCommit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition offered = lock.newCondition();
    private final Queue<PendingPublish> waiting = new ArrayDeque<>(); // guarded by the lock, as is what follows
    private long waitingSize;
    private int waitingEvents;
    private int waitingEnds;
    private boolean closing;
    private final List<PendingPublish> batch = new ArrayList<>(MAX_BATCH); // the thread's own, as is what follows
    private final BackOff backOff = new BackOff(Duration.ofMillis(20), Duration.ofSeconds(1));
    private boolean failing;
    private long noticeAt = System.nanoTime(); // not before then
    private boolean isUnannounced;
    private int expected; // how many publishers may come together
    private long commitNanos;
    private final Loop loop = new Loop("mcp-postgres-publisher", this::publish);

    /// @param onPublished receives each place before the publisher does
    /// @param onCommit    runs after each commit
    LogWriter(Database database, PostgresOptions options, Consumer<EventId> onPublished, Runnable onCommit) {
        this.database = database;
        this.options = options;
        this.onPublished = onPublished;
        this.onCommit = onCommit;
        loop.start();
    }

    /// Queues a record after everything that waits already.
    ///
    /// @throws BroadcasterClosedException if the publisher is closed
    /// @throws BroadcasterException       if too much waits
    PendingPublish offer(String key, LogRecord entry) {
        return offer(key, entry, options.publishTimeout());
    }

    PendingPublish offer(String key, LogRecord entry, Duration limit) {
        return add(new PendingPublish(key, new Draft(Draft.keyOf(key), RecordColumns.of(entry)), 0, limit));
    }

    /// Queues ends of sessions, for which no caller waits.
    void offer(LogRecord.SessionsEnded ends) {
        var key = UUID.randomUUID();
        add(new PendingPublish(key.toString(), new Draft(key, RecordColumns.of(ends)), ends.sessions().size(), ENDS_WAIT));
    }

    /// Writes a record of a loss, once, however many replicas do.
    void reportLoss(String key) {
        add(new PendingPublish(key, new Draft(Draft.keyOf(key), RecordColumns.LOSS), 0, options.publishTimeout())).await();
    }

    private PendingPublish add(PendingPublish pending) {
        lock.lock();
        try {
            if (closing) throw new BroadcasterClosedException();
            requireRoom(pending);
            waiting.add(pending);
            count(pending, 1);
            offered.signal();
            return pending;
        } finally {
            lock.unlock();
        }
    }

    /// Ends of sessions have room of their own, so that they keep no event from being published.
    private void requireRoom(PendingPublish next) {
        var ends = next.ends();
        if (ends > 0) {
            requireRoom(waitingEnds == 0 || waitingEnds + ends <= MAX_WAITING_ENDS, MAX_WAITING_ENDS + " ends");
        } else {
            requireRoom(waitingEvents < options.maxWaiting(), options.maxWaiting() + "");
            requireRoom(waitingSize == 0 || waitingSize + next.size() <= MAX_WAITING_SIZE, MAX_WAITING_SIZE + " characters");
        }
    }

    private static void requireRoom(boolean isThere, String most) {
        if (!isThere) throw new BroadcasterException("not published: at most " + most + " may wait to be published");
    }

    private void count(PendingPublish pending, int sign) {
        waitingEnds += sign * pending.ends();
        if (pending.ends() > 0) return;
        waitingEvents += sign;
        waitingSize += (long) sign * pending.size();
    }

    /// Publishes on one connection as long as something comes. Whether a batch succeeds or fails, each waiting caller gets an answer.
    private boolean publish() throws InterruptedException {
        if (batch.isEmpty() && !take(1, isUnannounced ? noticeAt - System.nanoTime() : Long.MAX_VALUE) && !isUnannounced) return false;
        var isOver = true;
        try {
            database.call(this::publishAll);
        } catch (SQLException e) {
            isOver = !mayTryAgain(SqlFailure.of(e));
        } finally {
            batch.removeIf(PendingPublish::isOver);
            if (isOver || loop.isClosed()) giveUpBatch();
        }
        if (!batch.isEmpty()) Thread.sleep(backOff.next());
        return true;
    }

    private Void publishAll(Statements on) throws SQLException {
        do {
            append(on);
        } while (takeNext(on));
        return null;
    }

    private void append(Statements on) throws SQLException {
        batch.removeIf(pending -> !pending.begin()); // only now: what has only waited for a connection is not in doubt
        if (batch.isEmpty()) return;
        var since = System.nanoTime();
        var announces = since - noticeAt >= 0;
        var ids = LogTable.append(on.atMost(leastLeft()), drafts(), announces);
        commitNanos = System.nanoTime() - since;
        expected = batch.size();
        noticed(announces);
        ids.values().forEach(onPublished);
        onCommit.run();
        batch.forEach(pending -> pending.published(ids.get(pending.draft().key())));
        batch.clear();
        backOff.reset();
        if (failing) LOG.log(INFO, "events are published again");
        failing = false;
    }

    private void noticed(boolean announces) {
        isUnannounced = !announces;
        if (announces) noticeAt = System.nanoTime() + BETWEEN_NOTICES;
    }

    private boolean takeNext(Statements on) throws SQLException {
        try {
            if (take(expected, expected > 1 ? Math.min(commitNanos / 4, LONGEST_GATHERING) : 0)) return true;
            if (!isUnannounced) return false;
            if (take(1, noticeAt - System.nanoTime())) return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
        LogTable.announce(on);
        noticed(true);
        return false;
    }

    /// Takes the next batch, as much as one transaction should have.
    ///
    /// @param most  how many to wait for
    /// @param nanos how long to wait for them
    /// @return false if nothing waits
    private boolean take(int most, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (var left = nanos; waiting.size() < most && left > 0 && !closing; ) left = offered.awaitNanos(left);
            for (var size = 0L; !waiting.isEmpty() && batch.size() < MAX_BATCH; ) {
                size += waiting.peek().size();
                if (!batch.isEmpty() && size > MAX_BATCH_SIZE) break;
                count(waiting.peek(), -1);
                batch.add(waiting.remove());
            }
            return !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private boolean mayTryAgain(SqlFailure failure) {
        var announced = System.nanoTime() - noticeAt >= 0;
        if (batch.isEmpty() || announced && failure.isQueueFull()) {
            noticeAt = System.nanoTime() + NOTICE_AGAIN; // until then it is published without a notice
            return true;
        }
        batch.forEach(pending -> pending.failed(failure));
        if (!failure.isTooLate()) warn(failure);
        return failure.isPassing();
    }

    /// {@return the shortest time that any caller in the batch still waits} The server gives up before that, so what a caller has given
    /// up is not published later.
    private Duration leastLeft() {
        return batch.stream().map(PendingPublish::left).min(Duration::compareTo).orElseThrow();
    }

    /// {@return one draft per key, also when several callers publish the same at once}
    private List<Draft> drafts() {
        var drafts = new LinkedHashMap<UUID, Draft>();
        batch.forEach(pending -> drafts.putIfAbsent(pending.draft().key(), pending.draft()));
        return List.copyOf(drafts.values());
    }

    private void warn(SqlFailure failure) {
        if (!failing) LOG.log(WARNING, () -> "events cannot be published: " + failure.reason(), failure.cause());
        failing = true;
    }

    private void giveUpBatch() {
        batch.forEach(PendingPublish::giveUp);
        batch.clear();
    }

    /// Accepts no more, and ends when everything that waits is published, within 2 s. Idempotent.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            offered.signalAll();
        } finally {
            lock.unlock();
        }
        if (!loop.ends()) loop.close();
        lock.lock();
        try {
            waiting.forEach(PendingPublish::giveUp);
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }
}
