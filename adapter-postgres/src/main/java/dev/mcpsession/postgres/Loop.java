package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.ERROR;

import java.time.Duration;

/// A virtual thread that takes one step after another until it is closed. After a step that fails for any reason, it pauses and
/// continues: otherwise a replica would run on without its thread, unnoticed.
final class Loop implements AutoCloseable {

    /// The logger of everything about the log of events, under the name that an operator knows.
    static final System.Logger LOG = System.getLogger("dev.mcpsession.postgres.PostgresBroadcaster");

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    private final BackOff backOff = new BackOff(Duration.ofMillis(20), Duration.ofSeconds(1));
    private final Step step;
    private final Thread thread;
    private boolean failing; // the thread's own, as is the back-off
    private volatile boolean closed;

    /// One turn of the loop.
    interface Step {

        /// @return whether there is a next step
        /// @throws InterruptedException when the loop is closed
        boolean take() throws InterruptedException;
    }

    /// Creates a loop that is not yet running.
    Loop(String name, Step step) {
        this.step = step;
        thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                if (!step.take()) return;
                if (failing) backOff.reset();
                failing = false;
            } catch (InterruptedException _) {
                // closed: nothing else interrupts it
            } catch (RuntimeException | Error e) {
                recover(e);
            }
        }
    }

    /// Even this may fail where memory is short.
    private void recover(Throwable failure) {
        try {
            if (!failing) LOG.log(ERROR, () -> thread.getName() + " failed for a reason that is a bug; going on", failure);
            failing = true;
            Thread.sleep(backOff.next());
        } catch (InterruptedException | RuntimeException | Error _) {
            Thread.yield();
        }
    }

    /// Waits for a loop that ends by itself.
    ///
    /// @return false after 2 s, or if the caller is interrupted
    boolean ends() {
        try {
            return thread.join(LONGEST_CLOSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    boolean isClosed() {
        return closed;
    }

    /// Interrupts the step and waits for it, but no longer than 2 s. Idempotent; also for a loop that was never started.
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) return;
        thread.interrupt();
        if (Thread.currentThread() != thread) ends();
    }
}
