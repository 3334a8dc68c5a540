package dev.mcpsession.postgres;

import dev.mcpsession.contract.BroadcasterContract;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterOptions;
import org.junit.jupiter.api.AutoClose;

class PostgresBroadcasterTest implements BroadcasterContract {

    /// What was pushed out of memory is gone for the contract, so it is not looked for in the table.
    private static final PostgresBroadcasterOptions OPTIONS = PostgresBroadcasterOptions.DEFAULT.withMaxReplayed(0);

    @AutoClose
    private static final EventDatabase DATABASE = EventDatabase.create();

    @Override
    public Broadcaster open(BroadcasterOptions options) {
        DATABASE.clear();
        return DATABASE.open(options, OPTIONS);
    }

    @Override
    public int flood() {
        return 2_000;
    }
}
