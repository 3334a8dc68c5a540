package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.EventId;
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
import javax.sql.DataSource;

/// Writes what this replica publishes into the log: one virtual thread, and one transaction for all that waits. Safe for use by
/// many threads.
///
/// Commits that notify wait for each other in all of the cluster, so one of many events costs as much as one of one. The
/// order is that in which they were offered. When the answer to a commit is lost, the same keys are written again, which
/// finds what is there already: so nothing is published twice, and nobody is told a place that is not the event's.
final class BatchPublisher implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PostgresBroadcaster.class.getName());
    private static final int MAX_BATCH = 256;
    private static final long MAX_BATCH_SIZE = 4 << 20;
    private static final long MAX_WAITING_SIZE = 64 << 20;
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    private final DataSource source;
    private final PostgresBroadcasterOptions options;
    private final Patience patience;
    private final Consumer<EventId> onPublished;
    private final Queue<PendingPublish> waiting = new ArrayDeque<>(); // guarded by this
    private long waitingSize;
    private boolean closing;
    private volatile boolean stopped;
    private boolean failing; // the thread's own
    private final Thread thread;

    /// @param onPublished is told each place, before the publisher is
    BatchPublisher(DataSource source, PostgresBroadcasterOptions options, Consumer<EventId> onPublished) {
        this.source = source;
        this.options = options;
        this.onPublished = onPublished;
        patience = new Patience(options.answerTimeout());
        thread = Thread.ofVirtual().name("mcp-postgres-publisher").unstarted(this::run);
        thread.start();
    }

    /// Under which key a name is written: 128 bits of its hash.
    static UUID keyOf(String name) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_16BE));
            var key = ByteBuffer.wrap(hash);
            return new UUID(key.getLong(), key.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /// Lets something be published behind all that waits already.
    ///
    /// @throws BroadcasterClosedException if the publisher is closed
    /// @throws BroadcasterException       if too much waits
    PendingPublish offer(String key, LogRecord entry) {
        var draft = new EventTable.Draft(keyOf(key), LogRecord.Columns.of(entry));
        var pending = new PendingPublish(key, draft, options.publishTimeout());
        synchronized (this) {
            if (closing) throw new BroadcasterClosedException();
            requireRoom(draft.columns().size());
            waiting.add(pending);
            waitingSize += draft.columns().size();
            notifyAll();
        }
        return pending;
    }

    private void requireRoom(int size) {
        if (waiting.size() >= options.maxWaiting()) {
            throw new BroadcasterException("not published: at most " + options.maxWaiting() + " may wait to be published", null);
        }
        if (waitingSize > 0 && waitingSize + size > MAX_WAITING_SIZE) {
            throw new BroadcasterException("not published: at most " + MAX_WAITING_SIZE + " characters may wait to be published", null);
        }
    }

    private void run() {
        try {
            for (var batch = take(); !batch.isEmpty(); batch = take()) publishSafely(batch);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        } finally {
            abandonAll();
        }
    }

    /// What goes next, as much as one transaction should have; nothing when there is nothing more to come.
    private synchronized List<PendingPublish> take() throws InterruptedException {
        while (waiting.isEmpty() && !closing) wait();
        var batch = new ArrayList<PendingPublish>();
        for (var size = 0L; !waiting.isEmpty() && batch.size() < MAX_BATCH; ) {
            size += waiting.peek().draft().columns().size();
            if (!batch.isEmpty() && size > MAX_BATCH_SIZE) break;
            waitingSize -= waiting.peek().draft().columns().size();
            batch.add(waiting.remove());
        }
        return batch;
    }

    /// Must not end the thread, whatever happens: nothing would be published any more.
    private void publishSafely(List<PendingPublish> batch) throws InterruptedException {
        try {
            publish(batch);
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, "publishing failed for a reason that is a bug; going on with what comes next", e);
        }
    }

    private void publish(List<PendingPublish> batch) throws InterruptedException {
        var backOff = new BackOff(Duration.ofMillis(20), Duration.ofSeconds(1));
        try {
            while (!stopped) {
                batch.removeIf(PendingPublish::isOver);
                if (batch.isEmpty() || attempt(batch)) return;
                Thread.sleep(backOff.next());
            }
        } finally {
            batch.forEach(PendingPublish::giveUp);
        }
    }

    /// @return whether the batch is over, in one way or the other
    private boolean attempt(List<PendingPublish> batch) {
        try {
            var ids = patience.call(source, connection -> {
                batch.removeIf(pending -> !pending.begin()); // only now: who has waited for a connection alone is not in doubt
                return batch.isEmpty() ? Map.<UUID, EventId>of() : EventTable.append(connection, drafts(batch));
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

    /// One for each key, also when several callers try the same at once.
    private static List<EventTable.Draft> drafts(List<PendingPublish> batch) {
        var drafts = new LinkedHashMap<UUID, EventTable.Draft>();
        batch.forEach(pending -> drafts.putIfAbsent(pending.draft().key(), pending.draft()));
        return List.copyOf(drafts.values());
    }

    private void warn(SqlFailure failure) {
        if (!failing) LOG.log(WARNING, () -> "events cannot be published: " + failure.reason(), failure.cause());
        failing = true;
    }

    private synchronized void abandonAll() {
        closing = true;
        waiting.forEach(PendingPublish::giveUp);
        waiting.clear();
    }

    /// Takes nothing more, and ends when what waits is published, but within 2 s. Idempotent.
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        try {
            if (thread.join(LONGEST_CLOSE)) return;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        stopped = true;
        thread.interrupt();
    }
}
