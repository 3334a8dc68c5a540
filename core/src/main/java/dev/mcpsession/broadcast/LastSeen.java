package dev.mcpsession.broadcast;

import dev.mcpsession.event.Audience;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Where each of many keys was seen last, without the keys: 64 bits of a hash stand for one. Bounded; the keys that were seen
/// longest ago are dropped first. Guarded by the log's lock.
///
/// It tells a reader that did not lose anything from one that may have, so the answer for a key that was dropped is that of
/// the newest one that was. Two keys with one hash count as one, which is cautious, too.
///
/// @param <P> a place; each that is added stands at or behind those before it
final class LastSeen<P> {

    private static final long SEED = ThreadLocalRandom.current().nextLong();

    private final LinkedHashMap<Long, P> places;
    private P dropped; // null: none was

    LastSeen(int max) {
        places = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, P> eldest) {
                if (size() <= max) return false;
                dropped = eldest.getValue();
                return true;
            }
        };
    }

    void add(long key, P place) {
        places.putLast(key, place);
    }

    /// Where a key was seen last, at the latest; null if it never was.
    P of(long key) {
        return places.getOrDefault(key, dropped);
    }

    Collection<P> all() {
        return places.values();
    }

    static long hash(SignalKey key) {
        var hash = hash(hash(SEED, key.method()), key.key() == null ? "" : key.key());
        return key.audience() instanceof Audience.Everyone ? hash : hash ^ hash(key.audience());
    }

    static long hash(String text) {
        return hash(SEED, text);
    }

    /// Of an audience that is not everyone.
    static long hash(Audience audience) {
        return switch (audience) {
            case Audience.Everyone() -> 0;
            case Audience.OneSession(var session) -> hash(SEED + 1, session.value());
            case Audience.SessionsOf(var owner) -> hash(SEED + 2, owner.value());
        };
    }

    private static long hash(long seed, String text) {
        var hash = seed;
        for (var i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (hash ^ text.length()) * 0x9E3779B97F4A7C15L;
    }
}
