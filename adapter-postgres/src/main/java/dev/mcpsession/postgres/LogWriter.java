package dev.mcpsession.postgres;

import static dev.mcpsession.postgres.Loop.LOG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.function.Consumer;

/// Writes what this replica publishes into the log: one virtual thread, and one transaction for everything that waits. Safe for use by
/// many threads.
///
/// Commits that notify wait for each other across the cluster, so a commit of many events costs as much as a commit of one. Events
/// keep the order in which they were offered. When the answer to a commit is lost, the same keys are written again, which
/// finds what is already there: so nothing is published twice, and every caller gets the place of its own event.
final class LogWriter implements AutoCloseable {

    private static final int MAX_BATCH = 256;
    private static final long MAX_BATCH_SIZE = 4 << 20;
    private static final long MAX_WAITING_SIZE = 64 << 20;
    private static final int MAX_WAITING_ENDS = 100_000;
    private static final Duration ENDS_WAIT = Duration.ofMinutes(1); // no caller waits for them

    private final Database database;
    private final PostgresOptions options;
    private final Consumer<EventId> onPublished;
    private final Queue<PendingPublish> waiting = new ArrayDeque<>(); // guarded by this, as is what follows
    private long waitingSize;
    private int waitingEvents;
    private int waitingEnds;
    private boolean closing;
    private final List<PendingPublish> batch = new ArrayList<>(MAX_BATCH); // the thread's own, as is what follows
    private boolean failing;
    private final Loop loop = new Loop("mcp-postgres-publisher", this::publishNext);

    /// @param onPublished receives each place before the publisher does
    LogWriter(Database database, PostgresOptions options, Consumer<EventId> onPublished) {
        this.database = database;
        this.options = options;
        this.onPublished = onPublished;
        loop.start();
    }

    /// {@return the key under which a publisher's key is written: 128 bits of its hash}
    static UUID keyOf(String name) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_16BE));
            var key = ByteBuffer.wrap(hash);
            return new UUID(key.getLong(), key.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /// Queues a record after everything that waits already.
    ///
    /// @throws BroadcasterClosedException if the publisher is closed
    /// @throws BroadcasterException       if too much waits
    PendingPublish offer(String key, LogRecord entry) {
        return offer(key, entry, options.publishTimeout());
    }

    /// Does the same with another limit.
    PendingPublish offer(String key, LogRecord entry, Duration atMost) {
        return add(new PendingPublish(key, new LogTable.Draft(keyOf(key), RecordColumns.of(entry)), 0, atMost));
    }

    /// Queues the ends of sessions after everything that waits already. They have room of their own: no event is refused because many
    /// sessions end.
    ///
    /// @throws BroadcasterClosedException if the publisher is closed
    /// @throws BroadcasterException       if too many of them wait
    void offer(LogRecord.SessionsEnded ends) {
        var key = UUID.randomUUID();
        add(new PendingPublish(key.toString(), new LogTable.Draft(key, RecordColumns.of(ends)), ends.sessions().size(), ENDS_WAIT));
    }

    private synchronized PendingPublish add(PendingPublish pending) {
        if (closing) throw new BroadcasterClosedException();
        if (pending.ends() > 0) requireRoomForEnds(pending.ends());
        else requireRoom(pending.draft().columns().size());
        waiting.add(pending);
        count(pending, 1);
        notifyAll();
        return pending;
    }

    private void count(PendingPublish pending, int sign) {
        if (pending.ends() > 0) {
            waitingEnds += sign * pending.ends();
        } else {
            waitingEvents += sign;
            waitingSize += (long) sign * pending.draft().columns().size();
        }
    }

    private void requireRoomForEnds(int more) {
        if (waitingEnds > 0 && waitingEnds + more > MAX_WAITING_ENDS) {
            throw new BroadcasterException("not published: at most " + MAX_WAITING_ENDS + " ends may wait to be published");
        }
    }

    private void requireRoom(int size) {
        if (waitingEvents >= options.maxWaiting()) {
            throw new BroadcasterException("not published: at most " + options.maxWaiting() + " may wait to be published");
        }
        if (waitingSize > 0 && waitingSize + size > MAX_WAITING_SIZE) {
            throw new BroadcasterException("not published: at most " + MAX_WAITING_SIZE + " characters may wait to be published");
        }
    }

    /// Publishes one batch. Whether it succeeds or fails, each waiting caller gets an answer.
    private boolean publishNext() throws InterruptedException {
        try {
            if (!take()) return false;
            publish();
            return true;
        } finally {
            batch.forEach(PendingPublish::giveUp);
            batch.clear();
        }
    }

    /// Takes the next batch, as much as one transaction should have.
    ///
    /// @return false if no more will come
    private synchronized boolean take() throws InterruptedException {
        while (waiting.isEmpty() && !closing) wait();
        for (var size = 0L; !waiting.isEmpty() && batch.size() < MAX_BATCH; ) {
            size += waiting.peek().draft().columns().size();
            if (!batch.isEmpty() && size > MAX_BATCH_SIZE) break;
            count(waiting.peek(), -1);
            batch.add(waiting.remove());
        }
        return !batch.isEmpty();
    }

    private void publish() throws InterruptedException {
        var backOff = new BackOff(Duration.ofMillis(20), Duration.ofSeconds(1));
        while (!loop.isClosed()) {
            batch.removeIf(PendingPublish::isOver);
            if (batch.isEmpty() || attempt()) return;
            Thread.sleep(backOff.next());
        }
    }

    /// @return whether the batch is over, published or not
    private boolean attempt() {
        try {
            var ids = database.call(on -> {
                batch.removeIf(pending -> !pending.begin()); // only now: what has only waited for a connection is not in doubt
                return batch.isEmpty() ? Map.<UUID, EventId>of() : LogTable.append(on.atMost(leastLeft()), drafts());
            });
            ids.values().forEach(onPublished);
            batch.forEach(pending -> pending.published(ids.get(pending.draft().key())));
            if (failing) LOG.log(INFO, "events are published again");
            failing = false;
            return true;
        } catch (SQLException e) {
            var failure = SqlFailure.of(e);
            batch.forEach(pending -> pending.failed(failure));
            if (!failure.isTooLate()) warn(failure);
            return !failure.isPassing();
        }
    }

    /// {@return the shortest time that any caller in the batch still waits} The server gives up before that, so what a caller has given
    /// up is not published later.
    private Duration leastLeft() {
        return batch.stream().map(PendingPublish::left).min(Duration::compareTo).orElseThrow();
    }

    /// {@return one draft per key, also when several callers publish the same at once}
    private List<LogTable.Draft> drafts() {
        var drafts = new LinkedHashMap<UUID, LogTable.Draft>();
        batch.forEach(pending -> drafts.putIfAbsent(pending.draft().key(), pending.draft()));
        return List.copyOf(drafts.values());
    }

    private void warn(SqlFailure failure) {
        if (!failing) LOG.log(WARNING, () -> "events cannot be published: " + failure.reason(), failure.cause());
        failing = true;
    }

    /// Accepts no more, and ends when everything that waits is published, within 2 s. Idempotent.
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        if (!loop.ends()) loop.close();
        synchronized (this) {
            waiting.forEach(PendingPublish::giveUp);
            waiting.clear();
        }
    }
}
