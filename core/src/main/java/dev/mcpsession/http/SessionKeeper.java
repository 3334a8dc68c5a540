package dev.mcpsession.http;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.http.HandlerStats.SessionEnd;
import dev.mcpsession.http.HandlerStats.StoreTask;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Gatherers;

/// The one ticker of a store: keeps the sessions in use alive, finds those that have ended, and counts the rest. Thread-safe.
final class SessionKeeper implements AutoCloseable {

    // Requests do not touch their sessions; they hold them, and so do open streams. Once per touch interval a virtual thread passes all
    // sessions that were held since the last tick to keepAlive, calls deleteExpired, and reports the sessions that are not alive.
    //
    // Touching needs neither a clock nor a time per session, only marks that each tick removes. So memory is bounded by the sessions
    // in use within two ticks, and the clocks of replicas need not agree. The price: a session that is used between two ticks
    // is touched at the second one, so it may expire up to one interval early. A session whose life is not much longer than an
    // interval, such as a provisional one, has to be touched directly instead.
    //
    // A failing store stops nothing: the sessions that it did not touch are put back for the next tick. Rejected: remembering when
    // each session was touched, and touching it in a request's thread if that is long ago. It would be unclear when to forget a
    // session, and requests would wait for the store.

    private static final System.Logger LOG = System.getLogger(SessionKeeper.class.getName());
    private static final int BATCH = 1_000;
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

    private final SessionStore store;
    private final Consumer<Set<SessionId>> ended;
    private final Duration interval;
    private final SessionHolds holds;
    private final FailureLog failures = new FailureLog(LOG, WARNING);
    private final Counts<StoreTask> failed = new Counts<>(StoreTask.class);
    private final LongAdder expired = new LongAdder();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile Counted counted; // null: the store has not answered yet
    private volatile boolean answers;

    private record Counted(long live, long held, long at) {}

    /// Counts the store's sessions, and starts the ticker.
    ///
    /// @param store the store whose sessions are kept
    /// @param ended receives, in the keeper's thread, the sessions that are not alive: those that expired, and those in use that
    ///              were deleted, possibly by another replica. A session that is still held is reported again in each tick. If
    ///              this throws, the next tick reports the same sessions again, except those that were revived
    SessionKeeper(SessionStore store, Consumer<Set<SessionId>> ended) {
        this(store, ended, new SessionHolds());
    }

    SessionKeeper(SessionStore store, Consumer<Set<SessionId>> ended, SessionHolds holds) {
        this.holds = holds;
        this.store = store;
        this.ended = Objects.requireNonNull(ended, "ended");
        interval = store.policy().touchInterval();
        count();
        thread = Thread.ofVirtual().name("mcp-session-keeper").unstarted(this::run);
        thread.start(); // when all fields are set
    }

    /// Keeps a session alive until the hold is closed, for a call in flight or an open stream.
    ///
    /// @param id the session's id; need not exist
    SessionHolds.Hold hold(SessionId id) {
        return isClosing() ? SessionHolds.Hold.NONE : holds.hold(id);
    }

    /// {@return whether a call or a stream of this process holds a session}
    boolean isHeld(SessionId id) {
        return holds.isHeld(id);
    }

    /// {@return how long ago the last call or stream of a session ended in this process; empty if that was before the last tick but one}
    Optional<Duration> unusedFor(SessionId id) {
        return holds.unusedFor(id);
    }

    /// {@return how many sessions a call or a stream holds, or has held since the last tick}
    int inUse() {
        return holds.count();
    }

    /// {@return how many sessions this keeper has found expired}
    long expired() {
        return expired.sum();
    }

    /// {@return how many sessions the store had when it last answered a tick}
    Optional<HandlerStats.StoreCounts> counts() {
        return Optional.ofNullable(counted).map(last ->
                new HandlerStats.StoreCounts(last.live, last.held, Duration.ofNanos(System.nanoTime() - last.at)));
    }

    /// {@return whether the store answered the last tick}
    boolean answers() {
        return answers;
    }

    /// {@return how often the store failed, also in requests}
    Counts<StoreTask> failed() {
        return failed;
    }

    /// Ends the thread after a last attempt to touch the sessions in use. Waits up to 2 s for it. Idempotent.
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
        while (!closesWithin(pause())) attempt(StoreTask.OTHER, "a tick", this::tick);
        attempt(StoreTask.KEEP_ALIVE, "the last touches", this::touchAll);
    }

    // While the store is away, an endpoint is not ready, and should be soon after the store is back.
    private Duration pause() {
        return answers || interval.compareTo(LONGEST_RETRY) < 0 ? interval : LONGEST_RETRY;
    }

    private boolean closesWithin(Duration time) {
        try {
            return closing.await(time.toNanos(), NANOSECONDS);
        } catch (InterruptedException _) {
            return isClosing(); // only close() may end this thread: without it all sessions would expire
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /// {@return whether the sessions that are not alive were reported}
    boolean tick() {
        var dead = new LinkedHashSet<SessionId>();
        for (var batch : batches()) keepAlive(batch, dead);
        attempt(StoreTask.SWEEP, "deleteExpired", () -> dead.addAll(expire()));
        count();
        var reported = attempt(StoreTask.OTHER, "the listener for ended sessions", () -> report(dead)).isPresent();
        if (!reported) holds.putBack(dead);
        return reported;
    }

    private Set<SessionId> expire() {
        var ids = store.deleteExpired();
        expired.add(ids.size());
        for (var id : ids) JfrEvents.ended(id, null, SessionEnd.EXPIRED, null);
        return ids;
    }

    private void count() {
        var now = attempt(StoreTask.COUNT, "counting sessions", () -> new Counted(store.liveCount(), store.heldCount(), System.nanoTime()));
        now.ifPresent(it -> counted = it);
        answers = now.isPresent();
    }

    // Stops at the first failure of the store: closing must not wait for it again.
    private boolean touchAll() {
        return batches().stream().allMatch(batch -> keepAlive(batch, new HashSet<>()));
    }

    private List<List<SessionId>> batches() {
        var taken = attempt(StoreTask.OTHER, "the list of sessions in use", holds::take).orElse(List.of());
        return taken.stream().gather(Gatherers.windowFixed(BATCH)).toList();
    }

    /// Touches sessions, or puts them back if that fails.
    ///
    /// @param dead receives those that are not alive
    /// @return whether the store answered
    private boolean keepAlive(List<SessionId> batch, Set<SessionId> dead) {
        var answered = attempt(StoreTask.KEEP_ALIVE, "keepAlive of " + batch.size() + " sessions", () -> {
            var alive = store.keepAlive(batch);
            batch.stream().filter(id -> !alive.contains(id)).forEach(dead::add);
            return true;
        });
        if (answered.isEmpty()) holds.putBack(batch);
        return answered.isPresent();
    }

    // If the listener keeps failing, it gets at most as many sessions as a store can hold: those that ended last.
    private boolean report(LinkedHashSet<SessionId> dead) {
        while (dead.size() > store.policy().maxSessions()) dead.removeFirst();
        if (!dead.isEmpty()) ended.accept(Set.copyOf(dead));
        return true;
    }

    // No Error may end the thread, not even one of the logger: that would go unnoticed until all sessions have expired.
    private <T> Optional<T> attempt(StoreTask task, String what, Supplier<T> step) {
        try {
            return Optional.of(step.get());
        } catch (RuntimeException | Error e) {
            failed.add(task);
            failures.addQuietly(_ -> what + " failed; trying again soon", e);
            return Optional.empty();
        }
    }
}
