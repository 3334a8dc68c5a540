package dev.mcpsession.broadcast;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.Stripe.Waiter;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Topic;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Finds the subscriptions of a session, of an owner and of a thing without visiting the others.
///
/// Subscriptions are added and changed under the broadcaster's lock, so that the position from which each receives events is exact.
/// They may be removed at any time.
final class SubscriptionIndex {

    private final Map<SessionId, Waiter> bySession = new ConcurrentHashMap<>();
    private final Map<Owner, Set<Waiter>> byOwner = new ConcurrentHashMap<>();
    private final Map<Topic.Key, Set<Waiter>> byTopic = new ConcurrentHashMap<>();
    private final AtomicInteger ofAllTopics = new AtomicInteger(); // the number of readers that want events about any thing

    Collection<Waiter> of(Audience audience) {
        return switch (audience) {
            case Audience.Everyone() -> List.of();
            case Audience.OneSession(var session) -> of(session);
            case Audience.SessionsOf(var owner) -> byOwner.getOrDefault(owner, Set.of());
        };
    }

    Collection<Waiter> of(SessionId session) {
        var reader = bySession.get(session);
        return reader == null ? List.of() : List.of(reader);
    }

    Collection<Waiter> of(Topic.Key key) {
        return byTopic.getOrDefault(key, Set.of());
    }

    /// Whether any reader wants the events about all things.
    boolean hasReadersOfAllTopics() {
        return ofAllTopics.get() > 0;
    }

    /// Adds a reader. An older one of the same session ends at this position, which is that of the ordinal or later. If this fails,
    /// nothing was added, and no reader ends.
    void add(Waiter reader, long position, long ordinal) {
        try {
            addToIndexes(reader);
            reader.filter().session().map(session -> bySession.put(session, reader)).ifPresent(older -> {
                older.endAfter(position, ordinal, Delivery.Cause.TAKEN_OVER);
                remove(older); // now and not when it is closed: it would receive events that it never delivers
            });
        } catch (RuntimeException | Error e) {
            removeFromIndexes(reader);
            throw e;
        }
    }

    private void addToIndexes(Waiter reader) {
        var owner = reader.filter().owner();
        reader.filter().namedTopics().ifPresentOrElse(keys -> keys.forEach(key -> put(byTopic, key, reader)),
                ofAllTopics::incrementAndGet);
        if (!owner.isAnonymous()) put(byOwner, owner, reader);
    }

    /// Adds a thing to those that a session's reader names.
    void addTopic(SessionId session, Topic.Key key) {
        for (var reader : of(session)) {
            var keys = new HashSet<>(reader.filter().namedTopics().orElse(Set.of()));
            if (!keys.add(key)) continue;
            put(byTopic, key, reader); // first, since it may fail; a reader that is found but does not name the thing is harmless
            change(reader, reader.filter().withTopics(keys));
        }
    }

    /// Removes a thing from those that a session's reader names.
    void removeTopic(SessionId session, Topic.Key key) {
        for (var reader : of(session)) {
            var keys = new HashSet<>(reader.filter().namedTopics().orElse(Set.of()));
            if (!keys.remove(key)) continue;
            change(reader, reader.filter().withTopics(keys));
            remove(byTopic, key, reader);
        }
    }

    /// The reader may have been closed meanwhile, and then nothing else would remove it.
    private void change(Waiter reader, EventFilter filter) {
        reader.changeFilter(filter);
        if (reader.isClosed()) remove(reader);
    }

    void remove(Waiter reader) {
        reader.filter().session().ifPresent(session -> bySession.remove(session, reader));
        removeFromIndexes(reader);
    }

    private void removeFromIndexes(Waiter reader) {
        remove(byOwner, reader.filter().owner(), reader);
        reader.filter().namedTopics().ifPresentOrElse(keys -> keys.forEach(key -> remove(byTopic, key, reader)),
                ofAllTopics::decrementAndGet);
    }

    private static <K> void put(Map<K, Set<Waiter>> index, K key, Waiter reader) {
        index.compute(key, (_, readers) -> {
            var all = readers == null ? ConcurrentHashMap.<Waiter>newKeySet(1) : readers;
            all.add(reader);
            return all;
        });
    }

    private static <K> void remove(Map<K, Set<Waiter>> index, K key, Waiter reader) {
        index.computeIfPresent(key, (_, readers) -> {
            readers.remove(reader);
            return readers.isEmpty() ? null : readers;
        });
    }

    boolean isEmpty() {
        return bySession.isEmpty() && byOwner.isEmpty() && byTopic.isEmpty() && ofAllTopics.get() == 0;
    }
}
