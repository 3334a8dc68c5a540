package dev.mcpsession.broadcast;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Many short rounds find more than one long one: what goes wrong, goes wrong when readers come, lag, wait and leave.
/// `-Dstress.seconds=` makes it longer, `-Dstress.seed=` begins with the round that failed.
class BroadcasterStressTest {

    private static final long SECONDS = Long.getLong("stress.seconds", 5);

    @Test
    void rounds_anyInterleaving_conserveEveryEvent() throws Exception {
        var start = System.nanoTime();
        var seed = Long.getLong("stress.seed", start);
        for (var round = seed; round == seed || System.nanoTime() - start < TimeUnit.SECONDS.toNanos(SECONDS); round++) {
            try {
                new StressRound(round).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("round with seed " + round + " failed", e);
            }
        }
    }
}
