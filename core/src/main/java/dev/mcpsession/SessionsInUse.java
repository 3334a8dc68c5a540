package dev.mcpsession;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The sessions that were marked since they were last taken, and those that are held. Safe for use by many threads. To mark
/// one is a look into the map, to hold one is that and a compare-and-set, unless it is the first time since the last take.
final class SessionsInUse {

    // To be in here is the mark. A take need not notice a mark that is set while it is under way, if it has met the session:
    // what the caller does with it comes later than the mark.
    private final ConcurrentHashMap<SessionId, Use> uses = new ConcurrentHashMap<>();

    /// The number of holds on one session, or retired: then it is about to leave the map, and cannot be held.
    static final class Use {

        private static final int RETIRED = -1;

        private final AtomicInteger holds = new AtomicInteger();

        boolean hold() {
            return holds.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1) != RETIRED;
        }

        void release() {
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
        useOf(id);
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

    /// Takes all marks away. Who is released is marked until then.
    ///
    /// @return the sessions that were marked or are held
    List<SessionId> take() {
        var taken = new ArrayList<SessionId>();
        uses.forEach((id, use) -> {
            taken.add(id);
            if (use.retire()) uses.remove(id, use);
        });
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
