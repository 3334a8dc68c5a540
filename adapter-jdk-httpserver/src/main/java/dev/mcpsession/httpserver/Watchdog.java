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

/// Frees threads that are stuck with a client that neither reads nor sends: the JDK's server has no timeout for either, and
/// only an interrupt, which closes the connection, gets a thread out. Safe for use by many threads.
///
/// ```text
///            enter                      late: interrupt
///      ┌───────────────▶ BUSY ──────────────────────▶ KILLED ◀─────── IDLE, BUSY
///    IDLE             since, thread                     │        cut
///      ◀───────────────┘                                │ leave takes the interrupt back and throws;
///            leave                                      ▼ every enter from now on throws, too
/// ```
///
/// Every change is made under the watch's lock, the interrupt included: a thread cannot leave between the decision to
/// interrupt it and the interrupt, so none ever hits what it does next. Rejected: to change the state by compare-and-set,
/// which needs one more state, and a thread that spins until its interrupt has come.
///
/// What is watched is each single operation, so a client that reads slowly but reads is left alone.
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

    /// @param limit how long one operation may take, unless a watch says something else
    /// @throws IllegalArgumentException if it is no [write timeout][#requireWriteTimeout]
    Watchdog(Duration limit) {
        this.limit = requireWriteTimeout(limit);
    }

    /// Checks a write timeout: what is longer than a day guards nothing, and at last does not fit into nanoseconds.
    ///
    /// @return the same
    /// @throws IllegalArgumentException if it is not positive, or longer than a day
    static Duration requireWriteTimeout(Duration timeout) {
        if (!timeout.isPositive() || timeout.compareTo(LONGEST_WRITE_TIMEOUT) > 0) {
            throw new IllegalArgumentException("write timeout must be positive and at most 1 day: " + timeout);
        }
        return timeout;
    }

    Watch watch() {
        return watch(limit);
    }

    Watch watch(Duration limit) {
        var watch = new Watch(limit.toNanos());
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

    /// How many exchanges are watched.
    int watched() {
        return watches.size();
    }

    /// How many threads were freed.
    long freed() {
        return freed.sum();
    }

    /// Sweeps as long as there is anything to watch, so that nobody has to close a watchdog.
    private void run() {
        var pause = Math.clamp(limit.toMillis() / SWEEPS_PER_LIMIT, 1, LONGEST_PAUSE_MILLIS);
        do sweep(pause); while (goesOn());
    }

    /// No failure, of one watch or of all, may end the thread that frees the others.
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
            // where there is no memory, there may be none for this
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            // nobody has a reason to; without this thread nothing would be freed
        }
    }

    /// Whoever comes after the first step starts a thread of his own, and is seen by the second if he came before.
    private boolean goesOn() {
        sweeping.set(false);
        return !watches.isEmpty() && sweeping.compareAndSet(false, true);
    }

    /// Something that reads or writes.
    @FunctionalInterface
    interface Operation {

        void run() throws IOException;
    }

    /// Watches one exchange.
    final class Watch implements AutoCloseable {

        private final long limitNanos;
        private final int hash = ThreadLocalRandom.current().nextInt();
        private Thread busy;
        private long since;
        private boolean killed;

        private Watch(long limitNanos) {
            this.limitNanos = limitNanos;
        }

        /// Runs an operation, and interrupts it when it takes too long. Within another one it belongs to that.
        ///
        /// @throws SocketTimeoutException if it was interrupted, or an earlier one
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

        /// Lets nothing through any more.
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

        /// Ends the operation that is running before it returns, and the watch.
        ///
        /// @throws SocketTimeoutException if it was interrupted
        void leaveAndClose() throws SocketTimeoutException {
            close();
            leave();
        }

        private synchronized void killIfLate(long now) {
            if (busy == null || killed || now - since <= limitNanos) return;
            killed = true;
            freed.increment();
            busy.interrupt();
        }

        private void requireAlive() throws SocketTimeoutException {
            if (killed) throw new SocketTimeoutException("client did not go on within " + Duration.ofNanos(limitNanos));
        }

        /// A number of its own: the one that the JVM would make up on demand takes as long as all else that a watch does.
        @Override
        public int hashCode() {
            return hash;
        }

        /// Ends the watch. Idempotent.
        @Override
        public void close() {
            watches.remove(this);
        }
    }
}
