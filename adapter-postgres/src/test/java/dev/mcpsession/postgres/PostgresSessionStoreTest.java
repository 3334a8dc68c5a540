package dev.mcpsession.postgres;

import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.contract.SessionStoreContract;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.parallel.Execution;

@Execution(SAME_THREAD) // its threads race for the processors
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
