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

/// The sessions that were marked since they were last taken, and those that are held. Safe for use by many threads. To mark
/// one is a look into the map and at the clock; to hold one is that and a compare-and-set, unless it is the first time since the
/// last take. The time of a session's last use is kept until the second take after it.
final class SessionHolds {

    // To be in here is the mark. A take need not notice a mark that is set while it is under way, if it has met the session:
    // what the caller does with it comes later than the mark.
    private final ConcurrentHashMap<SessionId, Use> uses = new ConcurrentHashMap<>();
    private volatile Map<SessionId, Long> takenLast = Map.of(); // and when each was used, by System.nanoTime()

    /// The number of holds on one session, or retired: then it is about to leave the map, and cannot be held.
    static final class Use {

        private static final int RETIRED = -1;

        private final AtomicInteger holds = new AtomicInteger();
        private volatile long usedAt = System.nanoTime();

        private void used() {
            usedAt = System.nanoTime();
        }

        boolean hold() {
            return holds.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1) != RETIRED;
        }

        void release() {
            used();
            holds.decrementAndGet();
        }

        private boolean isHeld() {
            return holds.get() > 0;
        }

        private boolean retire() {
            return holds.compareAndSet(0, RETIRED);
        }
    }

    void mark(SessionId id) {
        useOf(id).used();
    }

    /// Marks sessions again that were taken, after their touch failed.
    void putBack(Collection<SessionId> taken) {
        for (var id : taken) useOf(id);
    }

    Use hold(SessionId id) {
        var use = useOf(id);
        for (; !use.hold(); use = useOf(id)) uses.remove(id, use);
        return use;
    }

    boolean isHeld(SessionId id) {
        var use = uses.get(id);
        return use != null && use.isHeld();
    }

    /// How long ago a session was used or released; empty if that was before the last take but one.
    Optional<Duration> unusedFor(SessionId id) {
        var use = uses.get(id);
        var usedAt = use != null ? Long.valueOf(use.usedAt) : takenLast.get(id);
        return Optional.ofNullable(usedAt).map(at -> Duration.ofNanos(System.nanoTime() - at));
    }

    /// Takes all marks away, or none if it fails. A session that was released stays marked until then.
    ///
    /// @return the sessions that were marked or are held
    List<SessionId> take() {
        var taken = new ArrayList<SessionId>();
        var retired = new HashMap<SessionId, Long>();
        try {
            uses.forEach((id, use) -> {
                taken.add(id);
                retired.put(id, use.usedAt);
                if (use.retire()) uses.remove(id, use);
            });
        } catch (Error e) {
            putBack(taken);
            throw e;
        }
        takenLast = retired;
        return taken;
    }

    int count() {
        return uses.size();
    }

    private Use useOf(SessionId id) {
        var use = uses.get(id);
        return use != null ? use : uses.computeIfAbsent(id, _ -> new Use());
    }
}
