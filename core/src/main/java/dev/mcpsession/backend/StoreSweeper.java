package dev.mcpsession.backend;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;

/// Sweeps the stores that no endpoint sweeps, in one background thread. Thread-safe.
///
/// A handle is never revived, so it is deleted as soon as it has expired; the store would keep it for its revival window.
final class StoreSweeper implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(StoreSweeper.class.getName());
    private static final long MINUTE = SECONDS.toNanos(60);
    private static final int LONGEST_CLOSE = 2; // seconds

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofVirtual().name("mcp-session-sweeper").factory(), new DiscardPolicy()); // after close, add() does nothing
    private long nextWarning = System.nanoTime(); // used by the thread only

    /// Sweeps a store once per touch interval until this is closed.
    void add(SessionStore store) {
        var interval = store.policy().touchInterval().toNanos();
        var handles = new HashSet<SessionId>();
        thread.scheduleWithFixedDelay(() -> sweep(store, handles), interval, interval, NANOSECONDS);
    }

    /// @param handles expired handles that are not deleted yet; kept between sweeps, because the store reports each only once
    private void sweep(SessionStore store, Set<SessionId> handles) {
        try {
            deleteAll(store, handles); // first, so that at most one report accumulates while the store fails
            store.deleteExpired().stream().filter(id -> !id.isRandom()).forEach(handles::add);
            deleteAll(store, handles);
        } catch (RuntimeException | Error e) { // the executor would drop all further sweeps of this store
            warn(e);
        }
    }

    private static void deleteAll(SessionStore store, Set<SessionId> handles) {
        for (var next = handles.iterator(); next.hasNext(); next.remove()) store.delete(next.next());
    }

    private void warn(Throwable failure) {
        if (thread.isShutdown() || System.nanoTime() - nextWarning < 0) return;
        nextWarning = System.nanoTime() + MINUTE;
        try {
            LOG.log(WARNING, () -> "removal of what has expired failed; trying again", failure);
        } catch (RuntimeException | Error _) {
            // the logger's failure must not end the sweeps either
        }
    }

    /// Waits up to 2 s for a sweep in progress.
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(LONGEST_CLOSE, SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
