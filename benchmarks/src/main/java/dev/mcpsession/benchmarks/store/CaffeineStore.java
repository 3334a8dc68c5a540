package dev.mcpsession.benchmarks.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.mcpsession.SessionId;
import java.time.Duration;
import java.time.InstantSource;

/// Caffeine with an expiry for each entry, because sessions do not all live equally long. A touch recomputes the value: no other operation
/// both slides the expiry and returns whether there was an entry.
final class CaffeineStore implements Store {

    private record Entry(long createdAt) {}

    private final InstantSource clock;
    private final Cache<SessionId, Entry> cache;

    CaffeineStore(InstantSource clock) {
        this.clock = clock;
        cache = Caffeine.newBuilder()
                .expireAfter(new Slide())
                .ticker(() -> Duration.ofMillis(clock.millis()).toNanos())
                .build();
    }

    @Override
    public void create(SessionId id) {
        cache.put(id, new Entry(clock.millis()));
    }

    @Override
    public long find(SessionId id) {
        var entry = cache.getIfPresent(id);
        return entry == null ? -1 : entry.createdAt;
    }

    @Override
    public boolean touch(SessionId id) {
        return cache.asMap().computeIfPresent(id, (_, entry) -> entry) != null;
    }

    @Override
    public boolean delete(SessionId id) {
        return cache.asMap().remove(id) != null;
    }

    @Override
    public void sweep() {
        cache.cleanUp();
    }

    @Override
    public long size() {
        return cache.estimatedSize();
    }

    private static final class Slide implements Expiry<SessionId, Entry> {

        @Override
        public long expireAfterCreate(SessionId id, Entry entry, long now) {
            return UNUSED.toNanos();
        }

        @Override
        public long expireAfterUpdate(SessionId id, Entry entry, long now, long current) {
            return TTL.toNanos();
        }

        @Override
        public long expireAfterRead(SessionId id, Entry entry, long now, long current) {
            return current;
        }
    }
}
