package dev.mcpsession.http;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Gatherers;

/// The one ticker of a store: keeps alive the sessions that are in use, and finds out which have ended. Safe for use by
/// many threads.
///
/// Requests do not touch the store, they leave a mark. Once in [SessionPolicy#touchInterval() a virtual thread hands all
/// marked sessions to [SessionStore#keepAlive], and with them those that are held by calls in flight and open streams. Then
/// it calls [SessionStore#deleteExpired] and tells a listener who is not alive any more.
///
/// There is no clock in here and no time for each session, only marks that every tick takes away. So memory is bounded by
/// the sessions in use within one tick, and it does not matter whether the clocks of replicas agree. The price: a session
/// that is used between two ticks is touched at the second one, so it may expire up to one interval early. One whose life
/// is not much longer than an interval, such as a provisional session, has to be touched directly instead.
///
/// A failing store stops nothing: what it did not take stays marked for the next tick. Rejected: to remember when each
/// session was touched, and to touch it in a request's thread when that is long ago. Nobody would know when to forget, and
/// requests would wait for the store.
public final class SessionKeeper implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SessionKeeper.class.getName());
    private static final int BATCH = 1_000;
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    private final SessionStore store;
    private final Consumer<Set<SessionId>> ended;
    private final Duration interval;
    private final SessionHolds inUse;
    private final AtomicLong failures = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final LinkedHashSet<SessionId> untold = new LinkedHashSet<>(); // this and what follows are the ticking thread's own
    private long ticks;
    private long nextWarning;

    /// Starts to tick.
    ///
    /// @param store the store whose sessions are kept
    /// @param ended is told, in the keeper's thread, which sessions are found not to be alive: those that expired, and those
    ///              in use that were deleted, perhaps by another replica. As long as a call or a stream holds such a
    ///              session, each tick tells it again. If it throws, the next tick reports the same sessions again,
    ///              except those that were revived.
    public SessionKeeper(SessionStore store, Consumer<Set<SessionId>> ended) {
        this(store, ended, new SessionHolds());
    }

    SessionKeeper(SessionStore store, Consumer<Set<SessionId>> ended, SessionHolds inUse) {
        this.inUse = inUse;
        this.store = store;
        this.ended = Objects.requireNonNull(ended, "ended");
        interval = store.policy().touchInterval();
        thread = Thread.ofVirtual().name("mcp-session-keeper").unstarted(this::run);
        thread.start(); // when all fields are set
    }

    /// Marks a session as used, so that the next tick touches it.
    ///
    /// @param id the session's id; need not exist
    public void touched(SessionId id) {
        if (!isClosing()) inUse.mark(id);
    }

    /// Keeps a session alive until the hold is closed: for a call in flight, or an open stream.
    ///
    /// @param id the session's id; need not exist
    /// @return a hold of its own for each caller
    public Hold hold(SessionId id) {
        return new Hold(isClosing() ? new SessionHolds.Use() : inUse.hold(id));
    }

    /// Whether a call or a stream of this process holds a session.
    ///
    /// @param id the session's id
    /// @return false also for a session that is not known
    public boolean isHeld(SessionId id) {
        return inUse.isHeld(id);
    }

    /// How long ago a session was used in this process: since its last call or stream ended, or since it was marked.
    ///
    /// @param id the session's id
    /// @return empty if that was before the last tick but one, or never
    public Optional<Duration> unusedFor(SessionId id) {
        return inUse.unusedFor(id);
    }

    /// How often the store or the listener failed since the start.
    ///
    /// @return a gauge
    public long failures() {
        return failures.get();
    }

    /// Ends the thread after a last attempt to touch what is marked or held. Waits for it, but no longer than 2 s.
    /// Idempotent.
    @Override
    public void close() {
        closing.countDown();
        if (Thread.currentThread() == thread) return;
        try {
            thread.join(LONGEST_CLOSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closesWithin(interval)) attempt("a tick", this::ticked);
        attempt("the last touches", this::touchAll);
    }

    private boolean closesWithin(Duration time) {
        try {
            return closing.await(time.toNanos(), NANOSECONDS);
        } catch (InterruptedException _) {
            return isClosing(); // nothing else ends this thread: without it all sessions would expire
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    void tick() {
        ticks++;
        var dead = new HashSet<SessionId>();
        for (var batch : batches()) keepAlive(batch, dead);
        attempt("deleteExpired", () -> dead.addAll(store.deleteExpired()));
        attempt("the listener for ended sessions", () -> told(dead));
    }

    private boolean ticked() {
        tick();
        return true;
    }

    /// The last touches, up to the first failure of the store: closing must not wait for it again.
    private boolean touchAll() {
        return batches().stream().allMatch(batch -> keepAlive(batch, new HashSet<>()));
    }

    private List<List<SessionId>> batches() {
        var taken = attempt("the list of sessions in use", inUse::take).orElse(List.of());
        return taken.stream().gather(Gatherers.windowFixed(BATCH)).toList();
    }

    /// Touches sessions, or marks them again for the next tick if that fails.
    ///
    /// @param dead gets those that are not alive
    /// @return whether the store answered
    private boolean keepAlive(List<SessionId> batch, Set<SessionId> dead) {
        var asked = attempt("keepAlive of " + batch.size() + " sessions", () -> {
            var alive = store.keepAlive(batch);
            batch.stream().filter(id -> !alive.contains(id)).forEach(dead::add);
            return true;
        });
        if (asked.isEmpty()) inUse.putBack(batch);
        return asked.isPresent();
    }

    /// Reports the sessions that have ended, and those of the last tick if the listener failed then and they were not revived.
    private boolean told(Set<SessionId> dead) {
        untold.addAll(dead);
        untold.removeIf(id -> !dead.contains(id) && store.find(id).isPresent());
        while (untold.size() > store.policy().maxSessions()) untold.removeFirst();
        if (!untold.isEmpty()) ended.accept(Set.copyOf(untold));
        untold.clear();
        return true;
    }

    // No Error may end the thread, not even one from the logger: it would go unnoticed until all sessions have expired.
    private <T> Optional<T> attempt(String what, Supplier<T> step) {
        try {
            return Optional.of(step.get());
        } catch (RuntimeException | Error e) {
            failures.incrementAndGet();
            warn(what, e);
            return Optional.empty();
        }
    }

    private void warn(String what, Throwable failure) {
        if (ticks < nextWarning) return;
        nextWarning = ticks + BETWEEN_WARNINGS.dividedBy(interval);
        try {
            LOG.log(WARNING, () -> what + " failed; next attempt in " + interval, failure);
        } catch (RuntimeException | Error _) {
            // it is counted
        }
    }

    /// One reason to keep a session alive. Safe for use by many threads.
    public static final class Hold implements AutoCloseable {

        private SessionHolds.Use use;

        private Hold(SessionHolds.Use use) {
            this.use = use;
        }

        /// Releases the session, which was used until now. Idempotent.
        @Override
        public synchronized void close() {
            if (use != null) use.release();
            use = null;
        }
    }
}
