package dev.mcpsession.httpserver;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/// Frees threads that wait for a client that neither reads nor sends. The JDK's server can only limit the time of a whole request or
/// answer, and an answer may be an event stream. Only an interrupt, which closes the connection, frees such a thread. Thread-safe.
///
/// ```text
///            enter                      late: interrupt
///      ┌───────────────▶ BUSY ──────────────────────▶ KILLED ◀─────── IDLE, BUSY
///    IDLE             since, thread                     │        cut
///      ◀───────────────┘                                │ leave clears the interrupt and throws;
///            leave                                      ▼ every later enter throws too
/// ```
///
/// Every change happens under the watch's lock, including the interrupt. A thread cannot leave between the decision to interrupt it and the
/// interrupt, so the interrupt never hits what the thread does next. Rejected: changing the state by compare-and-set, which needs another
/// state and a thread that spins until its interrupt has arrived.
///
/// Each operation is timed separately, so a client that reads slowly but steadily is left alone.
final class Watchdog {

    static final Duration DEFAULT_WRITE_TIMEOUT = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());
    private static final Duration LONGEST_WRITE_TIMEOUT = Duration.ofDays(1);
    private static final long LONGEST_PAUSE_MILLIS = 250;
    private static final int SWEEPS_PER_LIMIT = 4;

    private final Duration limit;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final LongAdder freed = new LongAdder();

    /// @param limit how long one operation may take
    /// @throws IllegalArgumentException if it is not a valid [write timeout][#requireWriteTimeout]
    Watchdog(Duration limit) {
        this.limit = requireWriteTimeout(limit);
    }

    /// Checks a write timeout. More than a day protects nothing, and much more does not fit into nanoseconds.
    ///
    /// @throws IllegalArgumentException if it is not positive, or longer than a day
    static Duration requireWriteTimeout(Duration timeout) {
        if (!timeout.isPositive() || timeout.compareTo(LONGEST_WRITE_TIMEOUT) > 0) {
            throw new IllegalArgumentException("write timeout must be positive and at most 1 day: " + timeout);
        }
        return timeout;
    }

    Watch watch() {
        var watch = new Watch();
        watches.add(watch);
        if (sweeping.compareAndSet(false, true)) startSweeping(watch);
        return watch;
    }

    private void startSweeping(Watch first) {
        try {
            Thread.ofVirtual().name("mcp-http-watchdog").start(this::run);
        } catch (RuntimeException | Error e) {
            watches.remove(first);
            sweeping.set(false);
            throw e;
        }
    }

    /// The number of watches.
    int watched() {
        return watches.size();
    }

    /// The number of threads freed so far.
    long freed() {
        return freed.sum();
    }

    /// Sweeps while there are watches, so that a watchdog need not be closed.
    private void run() {
        var pause = Math.clamp(limit.toMillis() / SWEEPS_PER_LIMIT, 1, LONGEST_PAUSE_MILLIS);
        do sweep(pause); while (hasMoreToDo());
    }

    /// No failure may end the thread that frees the others.
    private void sweep(long pause) {
        try {
            sleep(pause);
            var now = System.nanoTime();
            watches.forEach(watch -> kill(watch, now));
        } catch (RuntimeException | Error e) {
            report("stuck threads could not be looked for; trying again", e);
        }
    }

    private static void kill(Watch watch, long now) {
        try {
            watch.killIfLate(now);
        } catch (RuntimeException | Error e) {
            report("a thread that is stuck with its client could not be freed; going on with the others", e);
        }
    }

    private static void report(String what, Throwable cause) {
        try {
            LOG.log(ERROR, () -> what, cause);
        } catch (RuntimeException | Error _) {
            // out of memory, perhaps, and logging needs some too
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            // ignored: without this thread nothing would be freed
        }
    }

    /// A watch that is added after the first step starts another thread; one that was added before is seen by the second step.
    private boolean hasMoreToDo() {
        sweeping.set(false);
        return !watches.isEmpty() && sweeping.compareAndSet(false, true);
    }

    /// A read or a write.
    @FunctionalInterface
    interface Operation {

        void run() throws IOException;
    }

    /// Watches one exchange.
    final class Watch implements AutoCloseable {

        private final int hash = ThreadLocalRandom.current().nextInt();
        private Thread busy;
        private long since;
        private boolean killed;

        private Watch() {}

        /// Runs an operation, and interrupts it when it takes too long. A nested operation counts as part of the outer one.
        ///
        /// @throws SocketTimeoutException if this or an earlier operation was interrupted
        void run(Operation operation) throws IOException {
            if (!enter()) {
                operation.run();
                return;
            }
            try {
                operation.run();
            } finally {
                leave();
            }
        }

        /// Fails every later operation.
        synchronized void cut() {
            killed = true;
        }

        private synchronized boolean enter() throws SocketTimeoutException {
            if (busy != null) return false;
            requireAlive();
            busy = Thread.currentThread();
            since = System.nanoTime();
            return true;
        }

        private synchronized void leave() throws SocketTimeoutException {
            busy = null;
            if (killed) Thread.interrupted();
            requireAlive();
        }

        /// Ends the watch, and its running operation before that operation returns.
        ///
        /// @throws SocketTimeoutException if the operation was interrupted
        void leaveAndClose() throws SocketTimeoutException {
            close();
            leave();
        }

        private synchronized void killIfLate(long now) {
            if (busy == null || killed || now - since <= limit.toNanos()) return;
            killed = true;
            freed.increment();
            busy.interrupt();
        }

        private void requireAlive() throws SocketTimeoutException {
            if (killed) throw new SocketTimeoutException("client did not go on within " + limit);
        }

        /// A random number. Computing the identity hash code would take as long as the rest of a watch's work.
        @Override
        public int hashCode() {
            return hash;
        }

        /// Ends the watch; idempotent.
        @Override
        public void close() {
            watches.remove(this);
        }
    }
}
