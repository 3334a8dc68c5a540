package dev.mcpsession.postgres;

import dev.mcpsession.contract.BroadcasterContract;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresBroadcasterTest implements BroadcasterContract {

    /// What was pushed out of memory is gone for the contract, so it is not looked for in the table.
    private static final PostgresBroadcasterOptions OPTIONS = PostgresBroadcasterOptions.DEFAULT.withMaxReplayed(0);

    private static EventDatabase database;

    @BeforeAll
    static void create() {
        database = EventDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Override
    public Broadcaster open(BroadcasterOptions options) {
        database.clear();
        return database.open(options, OPTIONS);
    }

    @Override
    public int flood() {
        return 2_000;
    }
}
