package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/// A session that a sweep reported as ended stays dead, and a touched one is not reported. Protects `ExpirySweep.endedBy`, which
/// checks the session's life and not its bucket.
@JCStressTest
@Outcome(id = "true, false, true", expect = ACCEPTABLE, desc = "Touched in time.")
@Outcome(id = "false, true, false", expect = ACCEPTABLE, desc = "Expired before.")
@Outcome(expect = FORBIDDEN, desc = "Came back after its end was told, or was touched in vain.")
@State
public class TouchDuringSweep {

    private final OneSession one = new OneSession().aging();

    @Actor
    public void touch(ZZZ_Result r) {
        r.r1 = one.store.touch(OneSession.ID);
    }

    @Actor
    public void sweep(ZZZ_Result r) {
        one.clock.advance(OneSession.MINUTE);
        r.r2 = one.store.deleteExpired().contains(OneSession.ID);
    }

    @Arbiter
    public void find(ZZZ_Result r) {
        r.r3 = one.isAlive();
    }
}
