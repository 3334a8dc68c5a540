package dev.mcpsession.postgres;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.contract.SessionStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresSessionStoreTest implements SessionStoreContract {

    private static TestDatabase database;

    @BeforeAll
    static void createDatabase() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void clear() {
        database.clear();
    }

    @Override
    public SessionStore open(SessionPolicy policy) {
        return database.store(policy);
    }

    @Override
    public void elapse(Duration time) {
        database.elapse(time);
    }

    @Override
    public int rounds() {
        return Integer.getInteger("pg.rounds", 200);
    }
}
