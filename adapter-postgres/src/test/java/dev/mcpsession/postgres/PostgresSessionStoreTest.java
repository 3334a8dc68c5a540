package dev.mcpsession.postgres;

import dev.mcpsession.contract.SessionStoreContract;
import org.junit.jupiter.api.AutoClose;

class PostgresSessionStoreTest implements SessionStoreContract, PostgresStoreFixture {

    @AutoClose
    private static final TestDatabase DATABASE = TestDatabase.create();

    @Override
    public TestDatabase database() {
        return DATABASE;
    }

    @Override
    public int rounds() {
        return Integer.getInteger("pg.rounds", 200);
    }
}
