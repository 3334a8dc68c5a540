package dev.mcpsession.memory;

import dev.mcpsession.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Which sessions an authenticated owner has, expired ones included. Safe for use by many threads: each owner has a lock,
/// which is its place in the map. Owners without sessions take no memory.
///
/// Anonymous sessions are not indexed: nothing is limited or removed by that owner, and all of them would share one lock.
/// A set for each owner was rejected, because most owners have one session and an empty `HashSet` is larger than that is;
/// so each session knows its slot in its owner's list, and the last one fills a slot that becomes free.
final class OwnerIndex {

    private final ConcurrentHashMap<Owner, ArrayList<SessionEntry>> sessionsOf = new ConcurrentHashMap<>();

    /// Does something while nobody else adds or removes a session of this owner.
    ///
    /// @param step is given the owner's sessions; must be short, and use nothing else of this index than [#add]
    /// @return what the step returned
    <T> T locked(Owner owner, Function<List<SessionEntry>, T> step) {
        if (owner.isAnonymous()) return step.apply(new ArrayList<>(1));
        var answer = new Object() { T value; };
        sessionsOf.compute(owner, (_, sessions) -> {
            var owned = sessions == null ? new ArrayList<SessionEntry>(1) : sessions;
            answer.value = step.apply(owned);
            return owned.isEmpty() ? null : owned;
        });
        return answer.value;
    }

    /// Adds a session to its owner's; within [#locked].
    static void add(List<SessionEntry> owned, SessionEntry session) {
        session.ownerSlot = owned.size();
        owned.add(session);
    }

    void remove(SessionEntry session) {
        if (session.owner().isAnonymous()) return;
        sessionsOf.computeIfPresent(session.owner(), (_, owned) -> {
            remove(owned, session);
            return owned.isEmpty() ? null : owned;
        });
    }

    /// Takes all sessions of an owner out of the index, in one step.
    ///
    /// @return a list that nobody else uses
    List<SessionEntry> removeAll(Owner owner) {
        var owned = sessionsOf.remove(owner);
        return owned == null ? List.of() : owned;
    }

    /// How many owners have sessions.
    int ownerCount() {
        return sessionsOf.size();
    }

    // After removeAll this may be a newer list, which the session never was in.
    private static void remove(List<SessionEntry> owned, SessionEntry session) {
        var slot = session.ownerSlot;
        if (slot >= owned.size() || owned.get(slot) != session) return;
        var last = owned.removeLast();
        if (last == session) return;
        owned.set(slot, last);
        last.ownerSlot = slot;
    }
}
