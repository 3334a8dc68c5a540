package dev.mcpsession.postgres;

import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.contract.SessionStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.parallel.Execution;

/// The contract on connections as odd as pools of applications hand them out, or on those of `-Dpg.pool=hikari`, `tomcat` or `dbcp`.
@Execution(SAME_THREAD) // its threads race for the processors
class OddSessionStoreTest implements SessionStoreContract, PostgresStoreFixture {

    @AutoClose
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final Duration LIMIT = Duration.ofSeconds(30); // on a busy machine
    private static final Database.Source POOL = Pools.ofContract(DATABASE.database(), DATABASE.pool());
    private static final Database PATIENT = new Database(POOL, LIMIT, LIMIT, LIMIT);

    @AfterAll
    static void assertGivenBackAsTheyCame() {
        if (POOL instanceof OddSource odd) odd.assertGivenBackAsTheyCame();
    }

    @Override
    public SessionStore open(SessionPolicy policy) {
        return open(SessionStore.SESSIONS, policy);
    }

    @Override
    public SessionStore open(String kind, SessionPolicy policy) {
        return new PostgresSessionStore(PATIENT, policy, kind, () -> {});
    }

    @Override
    public TestDatabase database() {
        return DATABASE;
    }

    @Override
    public int rounds() {
        return 10; // of races, which are not about connections
    }
}
