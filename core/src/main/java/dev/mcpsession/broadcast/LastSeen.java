package dev.mcpsession.broadcast;

import dev.mcpsession.event.Audience;
import java.util.concurrent.ThreadLocalRandom;

/// The place where each of many keys was last seen. A 64-bit hash stands for each key. Bounded; the keys that were seen longest ago are
/// dropped first. Guarded by the broadcaster's lock.
///
/// It distinguishes a reader that lost nothing from one that may have lost something. So a dropped key has the place of the newest
/// dropped key, and keys with equal hashes count as one.
///
/// @param <P> a place; each place that is added is at or after those before it
final class LastSeen<P> {

    private static final long SEED = ThreadLocalRandom.current().nextLong();

    private final BoundedMap<Long, P> places;
    private P dropped; // null: none was

    LastSeen(int max) {
        places = new BoundedMap<>(max) {
            private static final long serialVersionUID = 1L;

            @Override
            void dropping(P place) {
                dropped = place;
            }
        };
    }

    void add(long key, P place) {
        places.putLast(key, place);
    }

    /// The place where a key was last seen, or a later one; null if it never was.
    P of(long key) {
        return places.getOrDefault(key, dropped);
    }

    static long hash(SignalKey key) {
        var hash = hash(hash(SEED, key.method()), key.thing() == null ? "" : key.thing());
        return key.audience() instanceof Audience.Everyone ? hash : hash ^ hash(key.audience());
    }

    static long hash(String text) {
        return hash(SEED, text);
    }

    /// Hashes an audience other than everyone.
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
