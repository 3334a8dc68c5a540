package dev.mcpsession.broadcast;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Topic;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Which subscriptions an event is for that is addressed or about one thing, found without looking at the others.
///
/// Subscriptions are added under the log's lock, so that each knows exactly from which position on it is told. They may be
/// removed at any time.
final class SubscriptionIndex {

    private final Map<SessionId, Reader> bySession = new ConcurrentHashMap<>();
    private final Map<Owner, Set<Reader>> byOwner = new ConcurrentHashMap<>();
    private final Map<Topic.Key, Set<Reader>> byTopic = new ConcurrentHashMap<>();
    private final AtomicInteger ofAllTopics = new AtomicInteger(); // readers that never leave before they are closed

    Collection<Reader> of(Audience audience) {
        return switch (audience) {
            case Audience.Everyone() -> List.of();
            case Audience.OneSession(var session) -> of(session);
            case Audience.SessionsOf(var owner) -> byOwner.getOrDefault(owner, Set.of());
        };
    }

    Collection<Reader> of(SessionId session) {
        var reader = bySession.get(session);
        return reader == null ? List.of() : List.of(reader);
    }

    /// Adds a reader; an older one of the same session ends at this position, which is that of the ordinal or later. If it fails,
    /// nothing was added and nobody ends.
    void add(Reader reader, long position, long ordinal) {
        try {
            addToIndexes(reader);
            reader.filter().session().map(session -> bySession.put(session, reader)).ifPresent(older -> {
                older.endAfter(position, ordinal, Delivery.Cause.TAKEN_OVER);
                remove(older); // not only when its reader closes it: until then it would be told what it will never deliver
            });
        } catch (RuntimeException | Error e) {
            removeFromIndexes(reader);
            throw e;
        }
    }

    private void addToIndexes(Reader reader) {
        var owner = reader.filter().owner();
        reader.filter().namedTopics().ifPresentOrElse(keys -> keys.forEach(key -> put(byTopic, key, reader)),
                ofAllTopics::incrementAndGet);
        if (!owner.isAnonymous()) put(byOwner, owner, reader);
    }

    /// Lets a reader have another filter, which differs in its topics alone. It may be closed meanwhile, and then nobody else
    /// would remove it.
    void change(Reader reader, EventFilter filter) {
        var before = reader.filter().namedTopics().orElseThrow();
        var after = filter.namedTopics().orElseThrow();
        after.forEach(key -> put(byTopic, key, reader)); // first, for it may fail: then it is found in vain
        reader.change(filter);
        before.stream().filter(key -> !after.contains(key)).forEach(key -> remove(byTopic, key, reader));
        if (reader.isClosed()) remove(reader);
    }

    /// Whether a reader wants the events about all things.
    boolean areOfAllTopics() {
        return ofAllTopics.get() > 0;
    }

    Collection<Reader> of(Topic.Key key) {
        return byTopic.getOrDefault(key, Set.of());
    }

    void remove(Reader reader) {
        reader.filter().session().ifPresent(session -> bySession.remove(session, reader));
        removeFromIndexes(reader);
    }

    private void removeFromIndexes(Reader reader) {
        remove(byOwner, reader.filter().owner(), reader);
        reader.filter().namedTopics().ifPresentOrElse(keys -> keys.forEach(key -> remove(byTopic, key, reader)),
                ofAllTopics::decrementAndGet);
    }

    private static <K> void put(Map<K, Set<Reader>> index, K key, Reader reader) {
        index.compute(key, (_, readers) -> {
            var all = readers == null ? ConcurrentHashMap.<Reader>newKeySet(1) : readers;
            all.add(reader);
            return all;
        });
    }

    private static <K> void remove(Map<K, Set<Reader>> index, K key, Reader reader) {
        index.computeIfPresent(key, (_, readers) -> {
            readers.remove(reader);
            return readers.isEmpty() ? null : readers;
        });
    }

    boolean isEmpty() {
        return bySession.isEmpty() && byOwner.isEmpty() && byTopic.isEmpty() && ofAllTopics.get() == 0;
    }
}
