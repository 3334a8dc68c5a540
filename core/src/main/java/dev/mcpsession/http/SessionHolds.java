package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The sessions that a call or a stream holds, or has held since the last take. The time of a session's last use is known until the
/// second take after it. Thread-safe, but only one thread takes and puts back.
///
/// A hold costs a look-up and a compare-and-set, unless it is the first one since the last take.
final class SessionHolds {

    // Membership in this map is the mark. A take may miss a mark that is set while it runs, if it has already taken the session: the
    // session is touched after that.
    private final ConcurrentHashMap<SessionId, Use> uses = new ConcurrentHashMap<>();
    private volatile Map<SessionId, Long> takenLast = Map.of(); // the last use of each, by System.nanoTime()

    /// The number of holds of a session, and its last use. Once retired, a use cannot be held, because it is about to leave the map.
    private static final class Use {

        private static final int RETIRED = -1;

        private final AtomicInteger holds = new AtomicInteger();
        private volatile long usedAt;

        Use(long usedAt) {
            this.usedAt = usedAt;
        }

        boolean hold() {
            return holds.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1) != RETIRED;
        }

        void release() {
            usedAt = System.nanoTime();
            holds.decrementAndGet();
        }

        boolean retire() {
            return holds.compareAndSet(0, RETIRED);
        }
    }

    /// One reason to keep a session alive. Thread-safe.
    static final class Hold implements AutoCloseable {

        /// Holds nothing.
        static final Hold NONE = new Hold(null);

        private Use use;

        private Hold(Use use) {
            this.use = use;
        }

        /// Releases the session, which was in use until now. Idempotent.
        @Override
        public synchronized void close() {
            if (use != null) use.release();
            use = null;
        }
    }

    Hold hold(SessionId id) {
        while (true) {
            var use = useOf(id, System.nanoTime());
            if (use.hold()) return new Hold(use);
            uses.remove(id, use);
        }
    }

    boolean isHeld(SessionId id) {
        var use = uses.get(id);
        return use != null && use.holds.get() > 0;
    }

    /// {@return how long ago a session was last used; empty if that was before the last take but one}
    Optional<Duration> unusedFor(SessionId id) {
        var use = uses.get(id);
        var usedAt = use != null ? Long.valueOf(use.usedAt) : takenLast.get(id);
        return Optional.ofNullable(usedAt).map(at -> Duration.ofNanos(System.nanoTime() - at));
    }

    /// Takes all sessions, or none if it fails. Those that are still held stay in the map as well.
    List<SessionId> take() {
        var taken = new ArrayList<SessionId>();
        var usedAt = new HashMap<SessionId, Long>();
        try {
            uses.forEach((id, use) -> {
                taken.add(id);
                usedAt.put(id, use.usedAt);
                if (use.retire()) uses.remove(id, use);
            });
        } catch (Error e) {
            putBack(taken, usedAt);
            throw e;
        }
        takenLast = usedAt;
        return taken;
    }

    /// Puts sessions back, so that the next take returns them again. Those that were taken keep the time of their last use.
    void putBack(Collection<SessionId> taken) {
        putBack(taken, takenLast);
    }

    private void putBack(Collection<SessionId> taken, Map<SessionId, Long> usedAt) {
        for (var id : taken) useOf(id, usedAt.getOrDefault(id, System.nanoTime()));
    }

    int count() {
        return uses.size();
    }

    private Use useOf(SessionId id, long usedAt) {
        var use = uses.get(id);
        return use != null ? use : uses.computeIfAbsent(id, _ -> new Use(usedAt));
    }
}
