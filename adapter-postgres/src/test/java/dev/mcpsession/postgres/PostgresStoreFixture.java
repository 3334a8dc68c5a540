package dev.mcpsession.postgres;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.contract.SessionStoreFixture;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;

/// Stores in the test class's database, which has no sessions before each test.
interface PostgresStoreFixture extends SessionStoreFixture {

    TestDatabase database();

    @BeforeEach
    default void clear() {
        database().clear();
    }

    @Override
    default SessionStore open(SessionPolicy policy) {
        return database().store(policy);
    }

    @Override
    default SessionStore open(String kind, SessionPolicy policy) {
        return database().store(kind, policy);
    }

    @Override
    default int overshoot(int concurrent) {
        return concurrent - 1;
    }

    @Override
    default void elapse(Duration time) {
        database().elapse(time);
    }
}
