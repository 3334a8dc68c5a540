package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Which subscriptions an event is for that is addressed or about one resource, found without looking at the others.
///
/// Subscriptions are added under the log's lock, so that each knows exactly from which position on it is told. They may be
/// removed at any time.
final class Addressees {

    private final Map<SessionId, StripedSubscription> bySession = new ConcurrentHashMap<>();
    private final Map<Owner, Set<StripedSubscription>> byOwner = new ConcurrentHashMap<>();
    private final Map<String, Set<StripedSubscription>> byResource = new ConcurrentHashMap<>();
    private final AtomicInteger ofAllResources = new AtomicInteger(); // readers that never leave before they are closed

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

    /// Adds a reader; an older one of the same session ends at this position, which is that of the ordinal or later. If it fails,
    /// nothing was added and nobody ends.
    void add(StripedSubscription reader, long position, long ordinal) {
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

    private void addToIndexes(StripedSubscription reader) {
        var owner = reader.filter().owner();
        reader.filter().resources().ifPresentOrElse(uris -> uris.forEach(uri -> put(byResource, uri, reader)),
                ofAllResources::incrementAndGet);
        if (!owner.isAnonymous()) put(byOwner, owner, reader);
    }

    /// Lets a reader have another filter, which differs in its resources alone. It may be closed meanwhile, and then nobody else
    /// would remove it.
    void change(StripedSubscription reader, EventFilter filter) {
        var before = reader.filter().resources().orElseThrow();
        var after = filter.resources().orElseThrow();
        after.forEach(uri -> put(byResource, uri, reader)); // first, for it may fail: then it is found in vain
        reader.change(filter);
        before.stream().filter(uri -> !after.contains(uri)).forEach(uri -> remove(byResource, uri, reader));
        if (reader.isClosed()) remove(reader);
    }

    /// Whether somebody wants the updates of whatever resource.
    boolean areOfAllResources() {
        return ofAllResources.get() > 0;
    }

    Collection<StripedSubscription> ofResource(String uri) {
        return byResource.getOrDefault(uri, Set.of());
    }

    void remove(StripedSubscription reader) {
        reader.filter().session().ifPresent(session -> bySession.remove(session, reader));
        removeFromIndexes(reader);
    }

    private void removeFromIndexes(StripedSubscription reader) {
        remove(byOwner, reader.filter().owner(), reader);
        reader.filter().resources().ifPresentOrElse(uris -> uris.forEach(uri -> remove(byResource, uri, reader)),
                ofAllResources::decrementAndGet);
    }

    private static <K> void put(Map<K, Set<StripedSubscription>> index, K key, StripedSubscription reader) {
        index.compute(key, (_, readers) -> {
            var all = readers == null ? ConcurrentHashMap.<StripedSubscription>newKeySet(1) : readers;
            all.add(reader);
            return all;
        });
    }

    private static <K> void remove(Map<K, Set<StripedSubscription>> index, K key, StripedSubscription reader) {
        index.computeIfPresent(key, (_, readers) -> {
            readers.remove(reader);
            return readers.isEmpty() ? null : readers;
        });
    }

    boolean isEmpty() {
        return bySession.isEmpty() && byOwner.isEmpty() && byResource.isEmpty() && ofAllResources.get() == 0;
    }
}
