package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/// A session ends once, deleted either alive or expired, and then takes no place. Protects that `SessionEntry.end` returns the
/// previous life to one caller only, by which `SessionTable.remove` counts.
@JCStressTest
@Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "Deleted alive.")
@Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Reported as expired, then deleted.")
@Outcome(id = "false, false, 0", expect = ACCEPTABLE, desc = "Deleted after it expired and before anybody noticed.")
@Outcome(expect = FORBIDDEN, desc = "Ended twice, or still counted.")
@State
public class DeleteDuringSweep {

    private final OneSession one = new OneSession().aging();

    @Actor
    public void delete(ZZJ_Result r) {
        r.r1 = one.store.delete(OneSession.ID);
    }

    @Actor
    public void sweep(ZZJ_Result r) {
        one.clock.advance(OneSession.MINUTE);
        r.r2 = one.store.deleteExpired().contains(OneSession.ID);
    }

    @Arbiter
    public void count(ZZJ_Result r) {
        r.r3 = one.store.liveCount() + one.store.heldCount();
    }
}
