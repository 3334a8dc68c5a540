package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/// A session revived in its last moment is either alive or gone, and counted accordingly. Protects the compare-and-set in
/// `SessionTable.removeExpired`.
@JCStressTest
@Outcome(id = "true, true, 2", expect = ACCEPTABLE, desc = "Revived in time.")
@Outcome(id = "false, false, 0", expect = ACCEPTABLE, desc = "Gone.")
@Outcome(expect = FORBIDDEN, desc = "Revived in vain, or counted wrongly.")
@State
public class ReviveDuringRemoval {

    private final OneSession one = new OneSession().expired();

    public ReviveDuringRemoval() {
        one.clock.advance(OneSession.POLICY.revivalWindow().minus(OneSession.MINUTE));
    }

    @Actor
    public void revive(ZZJ_Result r) {
        r.r1 = one.isRevived();
    }

    @Actor
    public void sweep() {
        one.clock.advance(OneSession.MINUTE);
        one.store.deleteExpired();
    }

    @Arbiter
    public void count(ZZJ_Result r) {
        r.r2 = one.isAlive();
        r.r3 = one.store.liveCount() + one.store.heldCount();
    }
}
