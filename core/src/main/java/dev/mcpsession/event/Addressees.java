package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which subscriptions an addressed event is for, found without looking at the others.
///
/// Subscriptions are added under the log's lock, so that each knows exactly from which position on it is told. They may be
/// removed at any time.
final class Addressees {

    private final Map<SessionId, StripedSubscription> bySession = new ConcurrentHashMap<>();
    private final Map<Owner, Set<StripedSubscription>> byOwner = new ConcurrentHashMap<>();

    Collection<StripedSubscription> of(Audience audience) {
        return switch (audience) {
            case Audience.Everyone() -> List.of();
            case Audience.OneSession(var session) -> of(session);
            case Audience.SessionsOf(var owner) -> byOwner.getOrDefault(owner, Set.of());
        };
    }

    Collection<StripedSubscription> of(SessionId session) {
        var reader = bySession.get(session);
        return reader == null ? List.of() : List.of(reader);
    }

    /// Adds a reader; an older one of the same session ends at this position, which is that of the ordinal or later.
    void add(StripedSubscription reader, long position, long ordinal) {
        reader.filter().session().ifPresent(session -> {
            var older = bySession.put(session, reader);
            if (older == null) return;
            older.endAfter(position, ordinal, Delivery.Cause.TAKEN_OVER);
            remove(older); // not only when its reader closes it: until then it would be told what it will never deliver
        });
        var owner = reader.filter().owner();
        if (!owner.isAnonymous()) {
            byOwner.compute(owner, (_, readers) -> {
                var all = readers == null ? ConcurrentHashMap.<StripedSubscription>newKeySet() : readers;
                all.add(reader);
                return all;
            });
        }
    }

    void remove(StripedSubscription reader) {
        reader.filter().session().ifPresent(session -> bySession.remove(session, reader));
        byOwner.computeIfPresent(reader.filter().owner(), (_, readers) -> {
            readers.remove(reader);
            return readers.isEmpty() ? null : readers;
        });
    }

    boolean isEmpty() {
        return bySession.isEmpty() && byOwner.isEmpty();
    }
}
