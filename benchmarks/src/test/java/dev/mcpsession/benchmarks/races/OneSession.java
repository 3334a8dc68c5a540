package dev.mcpsession.benchmarks.races;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.benchmarks.store.HandClock;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;

/// A store with a clock that is set by hand, and one session in it: used, and Alice's.
final class OneSession {

    static final SessionId ID = new SessionId("session");
    static final Owner ALICE = Owner.principal("alice");
    static final Duration TTL = Duration.ofMinutes(30);
    static final Duration MINUTE = Duration.ofMinutes(1);
    static final SessionPolicy POLICY = SessionPolicy.builder()
            .ttl(TTL).revivalWindow(Duration.ofHours(1)).maxAge(Duration.ofDays(1)).build();

    private static final Client CLIENT = new Client("2025-11-25", "race", Json.obj());

    final HandClock clock = new HandClock();
    final InMemorySessionStore store;

    OneSession() {
        this(POLICY);
    }

    OneSession(SessionPolicy policy) {
        store = new InMemorySessionStore(policy, clock);
        add(ID);
    }

    void add(SessionId id) {
        store.create(id, ALICE, CLIENT);
        store.touch(id);
    }

    /// Makes it expire.
    OneSession expired() {
        clock.advance(TTL);
        return this;
    }

    /// Keeps it alive for one more minute.
    OneSession aging() {
        clock.advance(TTL.minus(MINUTE));
        return this;
    }

    boolean isAlive() {
        return store.find(ID).isPresent();
    }

    boolean isRevived() {
        return store.revive(ID, ALICE).isPresent();
    }
}
