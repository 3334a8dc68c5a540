package dev.mcpsession.memory;

import dev.mcpsession.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The sessions of each authenticated owner, expired ones included. Thread-safe: each owner has a lock, its bin of the map. Owners
/// without sessions take no memory.
final class OwnerIndex {

    // Anonymous sessions are not indexed: they are neither limited nor removed by owner, and all of them would share one lock. Rejected: a
    // set per owner, because most owners have one session, which is smaller than an empty HashSet. Instead each session knows its slot
    // in its owner's list, and the last session moves to a slot that becomes free.

    private final ConcurrentHashMap<Owner, ArrayList<SessionEntry>> sessionsOf = new ConcurrentHashMap<>();

    /// Performs a step while no other thread adds or removes a session of this owner.
    ///
    /// @param step receives the owner's sessions; must be short, and must not call this index except for [#add]
    /// @return the step's result
    <T> T locked(Owner owner, Function<List<SessionEntry>, T> step) {
        if (owner.isAnonymous()) return step.apply(new ArrayList<>(1));
        var result = new Object() { T value; };
        sessionsOf.compute(owner, (_, sessions) -> {
            var owned = sessions == null ? new ArrayList<SessionEntry>(1) : sessions;
            result.value = step.apply(owned);
            return owned.isEmpty() ? null : owned;
        });
        return result.value;
    }

    /// Adds a session to its owner's list, within [#locked].
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

    /// {@return all sessions of an owner, removed in one step; the caller owns the list}
    List<SessionEntry> removeAll(Owner owner) {
        var owned = sessionsOf.remove(owner);
        return owned == null ? List.of() : owned;
    }

    int ownerCount() {
        return sessionsOf.size();
    }

    // After removeAll this may be a newer list, which never held the session.
    private static void remove(List<SessionEntry> owned, SessionEntry session) {
        var slot = session.ownerSlot;
        if (slot >= owned.size() || owned.get(slot) != session) return;
        var last = owned.removeLast();
        if (last == session) return;
        owned.set(slot, last);
        last.ownerSlot = slot;
    }
}
