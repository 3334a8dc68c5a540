package dev.mcpsession.benchmarks.store;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import java.time.InstantSource;

/// This library's store, with anonymous sessions and room for all of them.
final class McpSessionStore implements Store {

    private static final Client CLIENT = new Client("2025-11-25", "benchmark", Json.obj());
    private static final SessionPolicy POLICY = SessionPolicy.builder()
            .ttl(TTL).provisionalTtl(UNUSED).maxAge(Duration.ofDays(365)).maxSessions(Integer.MAX_VALUE).build();

    private final SessionStore store;

    McpSessionStore(InstantSource clock) {
        store = new InMemorySessionStore(POLICY, clock);
    }

    @Override
    public void create(SessionId id) {
        store.create(id, Owner.anonymous(), CLIENT);
    }

    @Override
    public long find(SessionId id) {
        return store.find(id).map(session -> session.expiresAt().toEpochMilli()).orElse(-1L);
    }

    @Override
    public boolean touch(SessionId id) {
        return store.touch(id);
    }

    @Override
    public boolean delete(SessionId id) {
        return store.delete(id);
    }

    @Override
    public void sweep() {
        store.deleteExpired();
    }

    @Override
    public long size() {
        return store.heldCount();
    }
}
